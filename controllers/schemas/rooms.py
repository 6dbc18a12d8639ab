"""Joining, leaving and coming back."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from controllers.schemas.base import Id, ReplySchema, RequestSchema, Seq, Text
from controllers.schemas.conversations import ConversationSchema
from controllers.schemas.messages import MessageSchema

MAX_POSITIONS = 1000


class RoomSchema(RequestSchema):
    conversation_id = Id(data_key="conversationId", required=True)


class JoinRoomSchema(RoomSchema):
    after_seq = Seq(data_key="afterSeq", allow_none=True)
    after_change = Seq(data_key="afterChange", allow_none=True)
    epoch = Text(max=100, allow_none=True)


class PositionSchema(RequestSchema):
    seq = Seq(required=True)
    change = Seq(required=True)


class ReachedSchema(ReplySchema):
    seq = Seq(required=True)
    change = Seq(required=True)


def _not_too_many(positions: Mapping[str, Any]) -> None:
    if len(positions) > MAX_POSITIONS:
        raise ValidationError(f"too_long:{MAX_POSITIONS}")


class SyncSchema(RequestSchema):
    epoch = Text(max=100, allow_none=True)
    positions = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"^[1-9][0-9]{0,17}$", error="not_pattern")),
        values=fields.Nested(PositionSchema),
        required=True,
        validate=_not_too_many,
        metadata={"maxProperties": MAX_POSITIONS},
    )


class ParticipantStateSchema(ReplySchema):
    """Of a services.resume.ParticipantState."""

    user_id = Id(data_key="userId", attribute="row.user_id", required=True)
    role = fields.String(attribute="row.role", required=True)
    read_seq = Seq(data_key="readSeq", attribute="row.read_seq", required=True)
    delivered_seq = Seq(data_key="deliveredSeq", attribute="row.delivered_seq", required=True)
    online = fields.Boolean(required=True)


class UpdateSchema(ReplySchema):
    """Of a services.resume.Update: what a client missed of one conversation."""

    conversation_id = Id(data_key="conversationId", required=True)
    last_seq = Seq(data_key="lastSeq", required=True)
    last_change = Seq(data_key="lastChange", required=True)
    messages = fields.List(fields.Nested(MessageSchema), required=True)
    changes = fields.List(fields.Nested(MessageSchema), required=True)
    position = fields.Nested(ReachedSchema, required=True)
    has_more = fields.Boolean(data_key="hasMore", required=True)
    resync = fields.Boolean(required=True)
    participants = fields.List(fields.Nested(ParticipantStateSchema), required=True)


class SyncResultSchema(ReplySchema):
    conversations = fields.Dict(keys=fields.String(), values=fields.Nested(UpdateSchema), required=True)
    gone = fields.List(Id(), required=True)
    others = fields.List(fields.Nested(ConversationSchema), required=True)
    has_more = fields.Boolean(data_key="hasMore", required=True)


class RoomJoinedSchema(ReplySchema):
    conversation_id = Id(data_key="conversationId", required=True)
    last_seq = Seq(data_key="lastSeq", required=True)


class RoomLeftSchema(ReplySchema):
    conversation_id = Id(data_key="conversationId", required=True)
    reason = fields.String(required=True, validate=validate.OneOf(("left", "removed")))


class LeftSchema(ReplySchema):
    conversation_id = Id(data_key="conversationId", required=True)
