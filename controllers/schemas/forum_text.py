"""What may be written in the forum: titles, texts, tags."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from marshmallow import ValidationError, fields, validate

from controllers.schemas.base import Text
from controllers.schemas.text import ABSURD

LONGEST_TITLE, SHORTEST_TITLE = 200, 10
MOST_TAGS = 5
_BLANKS = re.compile(r"\s+")
# Scripts and emojis need them.
_JOINERS = "\u200c\u200d"
# The flags of England, Scotland and Wales are written with letters that nobody sees.
_FLAGS = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f")
_IN_TAGS = "_+#.-"


class Line(Text):
    """Text of one line: inner white space becomes single spaces, and nothing in it is invisible."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = _BLANKS.sub(" ", super()._deserialize(value, attr, data, **kwargs))
        # Format characters turn the direction of what follows, or make two names look like one.
        seen = _FLAGS.sub("", text)
        if any(unicodedata.category(letter) in ("Cc", "Cf", "Co") and letter not in _JOINERS for letter in seen):
            raise ValidationError("not_text")
        return text


class Tag(Text):
    """Letters with what is written above and below them, digits and `_ + # . -`, in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=30, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        tag = unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **kwargs)).lower()
        if tag and not (tag[0].isalnum() and all(map(_fits_a_tag, tag))):
            raise ValidationError("not_pattern")
        return tag


def _fits_a_tag(letter: str) -> bool:
    return letter.isalnum() or letter in _IN_TAGS or unicodedata.category(letter).startswith("M")


def _no_doubles(tags: Sequence[str]) -> None:
    if len(set(tags)) < len(tags):
        raise ValidationError("given_twice")


def tags_field(**kwargs: Any) -> Any:
    return fields.List(Tag(), validate=[validate.Length(min=1, max=MOST_TAGS), _no_doubles], **kwargs)


def title_field(**kwargs: Any) -> Line:
    return Line(min=SHORTEST_TITLE, max=LONGEST_TITLE, **kwargs)


def body_field(**kwargs: Any) -> Text:
    """How long it may be is a setting, which the service judges."""
    return Text(max=ABSURD, **kwargs)
