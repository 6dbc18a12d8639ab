"""Legal holds: what must be kept whatever its retention says."""

from marshmallow import fields

from controllers.schemas.base import (
    LARGEST,
    Id,
    PathId,
    QueryBool,
    QueryCount,
    ReplySchema,
    RequestSchema,
    Text,
    Timestamp,
    page_of,
)


class HoldsQuery(RequestSchema):
    limit = QueryCount(min=1, max=200, load_default=50)
    before = QueryCount(min=1, max=LARGEST)
    with_released = QueryBool(data_key="all", load_default=False)


class PlaceHoldSchema(RequestSchema):
    """On one conversation, or on all of a person."""

    conversation_id = Id(data_key="conversationId")
    user_id = Id(data_key="userId")
    reason = Text(min=1, max=500, required=True)


class ReleaseHoldSchema(RequestSchema):
    reason = Text(min=1, max=500, required=True)


class HoldPath(RequestSchema):
    hold_id = PathId(data_key="id", required=True)


class HoldSchema(ReplySchema):
    """Of a repositories.legal_holds.HoldRow."""

    id = Id(required=True)
    conversation_id = Id(data_key="conversationId", allow_none=True, required=True)
    user_id = Id(data_key="userId", allow_none=True, required=True)
    reason = fields.String(required=True)
    placed_by = fields.String(data_key="placedBy", required=True)
    placed_at = Timestamp(data_key="placedAt", required=True)
    release_reason = fields.String(data_key="releaseReason", allow_none=True, required=True)
    released_by = fields.String(data_key="releasedBy", allow_none=True, required=True)
    released_at = Timestamp(data_key="releasedAt", allow_none=True, required=True)


HoldPageSchema = page_of(HoldSchema)
