"""Messages, as they come in and as they go out, on both transports."""

from typing import Any

from marshmallow import fields, validate

from controllers.schemas.base import (
    ClientMessageId,
    Content,
    Flag,
    Id,
    PathId,
    QueryBool,
    QueryCount,
    ReplySchema,
    RequestSchema,
    Seq,
    Text,
    Timestamp,
)
from services.messages import NewMessage

TYPES = ("text", "image", "file", "voice")
MEDIA_TYPES = (
    "application/pdf",
    "image/jpeg",
    "image/png",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "audio/webm",
    "audio/ogg",
    "audio/mp4",
)
STATUSES = ("sent", "delivered", "read")


class ContextSchema(ReplySchema):
    """Of a message: `version` is the one that the context had then. The conversation says the present one."""

    type = fields.String(required=True)
    id = fields.String(required=True)
    version = fields.Integer(allow_none=True)


class SystemContentSchema(ReplySchema):
    code = fields.String(required=True)
    params = fields.Dict(required=True)


class MessageContent(fields.Field[Any]):
    """What a person wrote, or {code, params} of what the system says; goes out as it is."""

    def __init__(self, **kwargs: Any) -> None:
        said = {"type": "object", "required": ["code", "params"]}
        super().__init__(metadata={"oneOf": [{"type": "string"}, said]}, **kwargs)


class AttachmentSchema(ReplySchema):
    """A file; `name` is null when it cannot be read any more. `width` and `height` are those of a picture."""

    id = Id(required=True)
    name = fields.String(required=True, allow_none=True)
    media_type = fields.String(data_key="mediaType", required=True, validate=validate.OneOf(MEDIA_TYPES))
    size = Seq(required=True)
    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    has_thumbnail = fields.Boolean(data_key="hasThumbnail", required=True)


class ReactionSchema(ReplySchema):
    """One emoji and who used it, in the order in which they did."""

    emoji = fields.String(required=True)
    count = Seq(required=True)
    user_ids = fields.List(Id(), data_key="userIds", required=True)


class QuoteSchema(ReplySchema):
    """What a reply answers, as it was when this was fetched or sent. `excerpt`: empty for what has no words or was deleted."""

    id = Id(required=True)
    seq = Seq(required=True)
    sender_id = Id(data_key="senderId", allow_none=True, required=True)
    sender_name = fields.String(data_key="senderName", allow_none=True, required=True)
    type = fields.String(required=True, validate=validate.OneOf((*TYPES, "system")))
    excerpt = fields.String(required=True)
    deleted = fields.Boolean(required=True)


class MessageSchema(ReplySchema):
    """Of a services.message_view.Message."""

    source_is_immutable = True

    id = Id(required=True)
    conversation_id = Id(data_key="conversationId", required=True)
    seq = Seq(required=True)
    change = Seq(required=True)
    client_message_id = ClientMessageId(data_key="clientMessageId", allow_none=True)
    sender_id = Id(data_key="senderId", allow_none=True)
    sender_name = fields.String(data_key="senderName", allow_none=True)
    sender_role = fields.String(data_key="senderRole", allow_none=True)
    type = fields.String(required=True, validate=validate.OneOf((*TYPES, "system")))
    content = MessageContent(required=True)
    attachments = fields.List(fields.Nested(AttachmentSchema))
    is_urgent = fields.Boolean(data_key="isUrgent")
    requires_response = fields.Boolean(data_key="requiresResponse")
    action = fields.String(allow_none=True)
    context = fields.Nested(ContextSchema, allow_none=True)
    reply_to_id = Id(data_key="replyToId", allow_none=True)
    reply_to = fields.Nested(QuoteSchema, data_key="replyTo", allow_none=True)
    reactions = fields.List(fields.Nested(ReactionSchema))
    sent_at = Timestamp(data_key="sentAt", required=True)
    edited_at = Timestamp(data_key="editedAt", allow_none=True)
    deleted_at = Timestamp(data_key="deletedAt", allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    is_read = fields.Boolean(data_key="isRead")
    delivered_at = Timestamp(data_key="deliveredAt", allow_none=True)
    read_at = Timestamp(data_key="readAt", allow_none=True)


class OwnMessageSchema(MessageSchema):
    """A (message, is it mine) pair."""

    is_mine = fields.Boolean(data_key="isMine", required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        message, is_mine = obj
        return is_mine if attr == "is_mine" else super().get_attribute(message, attr, default)


class NewMessageFields(RequestSchema):
    """What both transports take; `content` is trimmed by its field, its length judged by the service."""

    content = Content(required=True)
    client_message_id = ClientMessageId(data_key="clientMessageId", allow_none=True)
    type = fields.String(validate=validate.OneOf(TYPES))
    attachment_ids = fields.List(Id(), data_key="attachmentIds", validate=validate.Length(max=100))
    is_urgent = Flag(data_key="isUrgent")
    requires_response = Flag(data_key="requiresResponse")
    action = Text(max=100, allow_none=True)
    reply_to_id = Id(data_key="replyToId", allow_none=True)


class SendMessageSchema(NewMessageFields):
    conversation_id = Id(data_key="conversationId", required=True)


class EditMessageSchema(RequestSchema):
    content = Content(required=True)


class SentSchema(ReplySchema):
    message = fields.Nested(MessageSchema, required=True)
    duplicate = fields.Boolean(required=True)


class ChangedMessageSchema(ReplySchema):
    message = fields.Nested(MessageSchema, required=True)


class HistoryQuery(RequestSchema):
    limit = QueryCount(min=1, max=200, load_default=50)
    before_seq = QueryCount(data_key="beforeSeq", max=2**63 - 1)
    after_seq = QueryCount(data_key="afterSeq", max=2**63 - 1)
    mark_read = QueryBool(data_key="markRead", load_default=False)


class HistorySchema(ReplySchema):
    items = fields.List(fields.Nested(OwnMessageSchema), required=True)
    has_more = fields.Boolean(data_key="hasMore", required=True)
    next = Seq(allow_none=True, required=True)


class MessagePath(RequestSchema):
    message_id = PathId(data_key="id", required=True)


def new_message(data: dict[str, Any]) -> NewMessage:
    """From the loaded fields of either transport."""
    if "attachment_ids" in data:
        data = {**data, "attachment_ids": tuple(data["attachment_ids"])}
    return NewMessage(**data)
