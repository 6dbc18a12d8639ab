"""Fields that hold text: trimmed, and free of what UTF-8 or PostgreSQL cannot keep."""

from typing import Any

from marshmallow import ValidationError, fields, validate

# The property White_Space of Unicode, which is not what str.strip() takes (that adds the separators U+001C to U+001F),
# and the byte order mark, which JavaScript's trim() takes too.
BLANK = "".join(
    map(
        chr,
        (
            *range(0x09, 0x0E),
            0x20,
            0x85,
            0xA0,
            0x1680,
            *range(0x2000, 0x200B),
            0x2028,
            0x2029,
            0x202F,
            0x205F,
            0x3000,
            0xFEFF,
        ),
    )
)
ABSURD = 1_000_000


class _Strict(fields.String):
    """A str and nothing else, without lone surrogates."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if not value.isascii() and _has_surrogate(value):
            raise ValidationError("not_text")
        return value.strip(BLANK)


class Content(_Strict):
    """Content of a message: trimmed and otherwise kept as it is, NUL too (bytes are stored, not text).

    How long it may be is a setting, which the service judges; here only the absurd is refused.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(validate.Length(max=ABSURD))


class Text(_Strict):
    """Any other string: trimmed, `min` to `max` code points, no NUL (PostgreSQL's text refuses it)."""

    def __init__(self, *, max: int, min: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if min:
            self.validators.append(validate.Length(min=min, error="empty" if min == 1 else f"too_short:{min}"))
        self.validators.append(validate.Length(max=max))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\0" in text:
            raise ValidationError("not_text")
        return text


class ExternalId(Text):
    """The host application's own key of a person, a link or a context."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=255, **kwargs)


def _has_surrogate(value: str) -> bool:
    """They are all that UTF-8 cannot say."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return True
    return False
