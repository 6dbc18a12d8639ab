"""Joining, leaving and coming back."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from controllers.schemas.base import LARGEST, Id, ReplySchema, RequestSchema, Seq, Text
from controllers.schemas.conversations import ConversationSchema
from controllers.schemas.messages import MessageSchema

MAX_POSITIONS = 1000
_ID = r"^[1-9][0-9]{0,17}$"
_is_id = re.compile(_ID.removesuffix("$"), re.ASCII).fullmatch
_POSITION = {"seq", "change"}


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


class Positions(fields.Dict):
    """By conversation. A schema of its own for each would cost the loop up to 50 ms: those that are in order are taken as they
    are, and the first one that is not is the last one looked at.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            keys=fields.String(validate=validate.Regexp(_ID, error="not_pattern")),
            values=fields.Nested(PositionSchema),
            metadata={"maxProperties": MAX_POSITIONS},
            **kwargs,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]  # the library types only what is public
        if len(value) > MAX_POSITIONS:
            raise ValidationError(f"too_long:{MAX_POSITIONS}")
        found: dict[str, Any] = {}
        for key, position in value.items():
            if _is_id(key) and _is_position(position):
                found[key] = position
            else:
                found |= super()._deserialize({key: position}, attr, data, **kwargs)  # type: ignore[no-untyped-call]  # the library types only what is public
        return found


def _is_position(value: Any) -> bool:
    """Not everything that PositionSchema takes need be one here, but nothing else may be."""
    return type(value) is dict and value.keys() == _POSITION and _is_seq(value["seq"]) and _is_seq(value["change"])


def _is_seq(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LARGEST


class SyncSchema(RequestSchema):
    epoch = Text(max=100, allow_none=True)
    positions = Positions(required=True)


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
