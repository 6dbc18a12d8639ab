"""Conversations, as each participant sees them."""

from typing import Any

from marshmallow import fields, validate

from controllers.schemas.base import (
    Flag,
    Id,
    PageQuery,
    PathId,
    QueryBool,
    ReplySchema,
    RequestSchema,
    Seq,
    Text,
    Timestamp,
    page_of,
)
from controllers.schemas.messages import ContextSchema, SystemContentSchema

KINDS = ("care", "contextual", "mentoring")
STATUSES = ("active", "archived", "closed")
SORTS = ("activity", "urgent")
FILE_KINDS = ("image", "voice", "file")
OBSTACLES = ("link_ended", "context_closed", "conversation_closed", "participant_left")


class ConversationPath(RequestSchema):
    conversation_id = PathId(data_key="id", required=True)


class ConversationQuery(PageQuery):
    status = fields.String(validate=validate.OneOf((*STATUSES, "all")), load_default="all")
    kind = fields.String(validate=validate.OneOf(KINDS))
    q = Text(max=100, min=0)
    urgent = QueryBool(load_default=False)
    awaiting_reply = QueryBool(data_key="awaitingReply", load_default=False)
    sort = fields.String(validate=validate.OneOf(SORTS))


class PresentContextSchema(ContextSchema):
    """As it is now; messages of an older version are about what was changed since."""

    title = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("active", "closed")))


class ContextReferenceSchema(RequestSchema):
    type = Text(max=50, required=True)
    id = Text(max=255, required=True)


class OpenConversationSchema(RequestSchema):
    participant_id = Id(data_key="participantId", required=True)
    context = fields.Nested(ContextReferenceSchema, allow_none=True)


class SettleConversationSchema(RequestSchema):
    status = fields.String(validate=validate.OneOf(STATUSES))
    muted = Flag()
    pinned = Flag()
    marked_unread = Flag(data_key="markedUnread")


class ParticipantInfoSchema(ReplySchema):
    id = Id(attribute="row.other_id", required=True)
    username = fields.String(attribute="row.other_username", required=True)
    first_name = fields.String(data_key="firstName", attribute="row.other_first_name", required=True)
    last_name = fields.String(data_key="lastName", attribute="row.other_last_name", required=True)
    role = fields.String(attribute="row.other_role", required=True)
    email = fields.String(attribute="row.other_email", allow_none=True)
    online = fields.Boolean(required=True)


class LastFilesSchema(ReplySchema):
    count = Seq(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(FILE_KINDS))


class LastMessageSchema(ReplySchema):
    """`attachments`: null when it has none, or was deleted."""

    content = fields.String(attribute="snippet", required=True)
    attachments = fields.Nested(LastFilesSchema, attribute="last_files", allow_none=True, required=True)
    type = fields.String(attribute="row.last_type", required=True)
    system = fields.Nested(SystemContentSchema, allow_none=True)
    sender_id = Id(data_key="senderId", attribute="row.last_sender_id", allow_none=True)
    sent_at = Timestamp(data_key="sentAt", attribute="row.last_sent_at", required=True)


class ConversationSchema(ReplySchema):
    """Of a services.conversation_view.ConversationView."""

    id = Id(attribute="row.id", required=True)
    kind = fields.String(attribute="row.kind", required=True, validate=validate.OneOf(KINDS))
    status = fields.String(attribute="row.status", required=True, validate=validate.OneOf(STATUSES))
    context = fields.Nested(PresentContextSchema, allow_none=True)
    participant_info = fields.Nested(
        ParticipantInfoSchema, data_key="participantInfo", attribute="itself", required=True
    )
    last_message = fields.Nested(LastMessageSchema, data_key="lastMessage", attribute="last_message", allow_none=True)
    last_message_time = Timestamp(data_key="lastMessageTime", attribute="row.activity_at", required=True)
    unread_count = Seq(data_key="unreadCount", attribute="row.unread", required=True)
    urgent_count = Seq(data_key="urgentCount", attribute="row.urgent_count", required=True)
    awaiting_reply = fields.Boolean(data_key="awaitingReply", attribute="row.awaiting_reply", required=True)
    message_count = Seq(data_key="messageCount", attribute="row.message_count", required=True)
    last_seq = Seq(data_key="lastSeq", attribute="row.last_seq", required=True)
    last_change = Seq(data_key="lastChange", attribute="row.last_change", required=True)
    muted = fields.Boolean(attribute="row.muted", required=True)
    pinned = fields.Boolean(attribute="row.pinned", required=True)
    marked_unread = fields.Boolean(data_key="markedUnread", attribute="row.marked_unread", required=True)
    created_at = Timestamp(data_key="createdAt", attribute="row.created_at", required=True)
    updated_at = Timestamp(data_key="updatedAt", attribute="row.updated_at", required=True)
    can_reply = fields.Boolean(data_key="canReply", required=True)
    can_reply_reason = fields.String(
        data_key="canReplyReason", attribute="row.obstacle", allow_none=True, validate=validate.OneOf(OBSTACLES)
    )


class ParticipantSchema(ReplySchema):
    """Of a repositories.conversations.ParticipantRow."""

    user_id = Id(data_key="userId", required=True)
    username = fields.String(required=True)
    first_name = fields.String(data_key="firstName", required=True)
    last_name = fields.String(data_key="lastName", required=True)
    role = fields.String(required=True)
    read_seq = Seq(data_key="readSeq", required=True)
    delivered_seq = Seq(data_key="deliveredSeq", required=True)
    unread_count = Seq(data_key="unreadCount", attribute="unread", required=True)


class DetailedConversationSchema(ConversationSchema):
    """Of a services.conversations.ConversationDetail: the conversation's own keys, and its participants beside them."""

    participants = fields.List(fields.Nested(ParticipantSchema), required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return obj.participants if attr == "participants" else super().get_attribute(obj.view, attr, default)


class ConversationDetailSchema(ReplySchema):
    conversation = fields.Nested(DetailedConversationSchema, required=True)


class AttentionSchema(ReplySchema):
    """Of a repositories.conversations.Attention."""

    urgent_count = Seq(data_key="urgentCount", attribute="urgent", required=True)
    awaiting_reply_count = Seq(data_key="awaitingReplyCount", attribute="awaiting_reply", required=True)


class OpenedSchema(ReplySchema):
    conversation = fields.Nested(ConversationSchema, attribute="view", required=True)
    created = fields.Boolean(required=True)


class AdminParticipantSchema(ParticipantSchema):
    joined_at = Timestamp(data_key="joinedAt", required=True)
    left_at = Timestamp(data_key="leftAt", allow_none=True, required=True)


class AdminParticipantsSchema(ReplySchema):
    participants = fields.List(fields.Nested(AdminParticipantSchema), required=True)


class AdminParticipantPath(ConversationPath):
    user_id = PathId(data_key="userId", required=True)


ConversationPageSchema = page_of(ConversationSchema)
