"""What all schemas are made of. Numbers are strict: JSON's `"7"`, `7.0` and `true` are no ids."""

import datetime
import re
import uuid
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from controllers.said_values import instant_text
from controllers.schemas.text import Content, ExternalId, Text

__all__ = [
    "CANONICAL_UUID",
    "ClientMessageId",
    "Content",
    "ExternalId",
    "Flag",
    "Id",
    "PageQuery",
    "PathId",
    "QueryBool",
    "QueryCount",
    "ReplySchema",
    "RequestSchema",
    "Seq",
    "Text",
    "Timestamp",
    "page_of",
]

LARGEST = 2**63 - 1
LARGEST_PAGE = 200
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
CANONICAL_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


class RequestSchema(Schema):
    """What comes in: an unknown key is a mistake worth telling."""

    class Meta:
        unknown = RAISE


class ReplySchema(Schema):
    """What goes out."""


class _Whole(fields.Integer):
    """An int between `min` and `max`."""

    def __init__(self, *, min: int, max: int, **kwargs: Any) -> None:
        metadata = {"format": "int64", **(kwargs.pop("metadata", None) or {})}
        super().__init__(strict=True, metadata=metadata, **kwargs)
        self.validators.append(validate.Range(min=min, max=max))

    def _validated(self, value: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return value


class Id(_Whole):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min=1, max=LARGEST, **kwargs)


class Seq(_Whole):
    """A position or a count: 0 or more."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min=0, max=LARGEST, **kwargs)


class _Decimal(_Whole):
    """A whole number as it stands in an address."""

    def _validated(self, value: Any) -> int:
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return int(value)


class PathId(_Decimal):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min=1, max=LARGEST, **kwargs)


class QueryCount(_Decimal):
    def __init__(self, *, max: int, min: int = 0, **kwargs: Any) -> None:
        super().__init__(min=min, max=max, **kwargs)


class QueryBool(fields.Boolean):
    """`true` or `false` in an address."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value not in ("true", "false"):
            raise self.make_error("invalid")
        return bool(value == "true")


class Flag(fields.Boolean):
    """JSON's true or false; not 1, not "yes"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Timestamp(fields.DateTime):
    """UTC with milliseconds and `Z`; what comes in needs a zone."""

    def _serialize(self, value: datetime.datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else instant_text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime.datetime:
        try:
            moment = datetime.datetime.fromisoformat(value)
            if moment.tzinfo is not None:
                return moment.astimezone(datetime.UTC)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValidationError("not_time") from error
        raise ValidationError("not_time")


class ClientMessageId(fields.UUID):
    """A UUID in its canonical form, in either case; goes out in lower case."""

    def _validated(self, value: Any) -> uuid.UUID:
        if not isinstance(value, str) or not CANONICAL_UUID.fullmatch(value):
            raise self.make_error("invalid_uuid")
        return uuid.UUID(value)


class PageQuery(RequestSchema):
    """`before` is what `next` of the page before it said."""

    limit = QueryCount(min=1, max=LARGEST_PAGE, load_default=50)
    before = Text(max=500)


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema `{items, hasMore, next}` of a keyset page."""
    return ReplySchema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "has_more": fields.Boolean(data_key="hasMore", required=True),
            "next": fields.String(required=True, allow_none=True),
        },
        name=item.__name__.removesuffix("Schema") + "PageSchema",
    )
