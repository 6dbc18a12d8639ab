"""A field for one emoji, as a keyboard makes it."""

from typing import Any

import regex
from marshmallow import ValidationError, fields

# An emoji sequence by UTS #51, without a list of those that exist: pictographs of a later Unicode are known as such already,
# what is assigned and no emoji is not one. Digits need their keycap, letters of flags come in pairs.
_EMOJI = regex.compile(
    r"""(?xV1)
      \p{RI}\p{RI}
    | [0-9\#*]\uFE0F?\u20E3
    | (?P<one> [\p{Extended_Pictographic}--[\P{Emoji}--\p{Cn}]] (?: \p{Emoji_Modifier} | \uFE0F\u20E3? )?
               (?: [\U000E0020-\U000E007E]{1,16}\U000E007F )? )
      (?: \u200D (?&one) ){0,9}
    """
)


class Emoji(fields.String):
    """Exactly one, kept as it is."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if _EMOJI.fullmatch(value) is None:
            raise ValidationError("not_emoji")
        return value
