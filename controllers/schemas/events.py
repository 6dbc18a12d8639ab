"""The events that the server sends: name, what is in it, what it says. Broadcaster, AsyncAPI and tests share this table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from controllers.compiled_dump import compiled
from controllers.schemas.base import Id, ReplySchema, Seq, Timestamp
from controllers.schemas.conversations import ConversationSchema
from controllers.schemas.exports import ExportProgressSchema
from controllers.schemas.forum_events import FORUM_EVENTS
from controllers.schemas.marks import MessagesDeliveredSchema, MessagesReadSchema, UnreadCountSchema
from controllers.schemas.messages import MessageSchema
from controllers.schemas.notifications import NotificationEventSchema
from controllers.schemas.person_data import ArchiveProgressSchema
from controllers.schemas.rooms import RoomJoinedSchema, RoomLeftSchema
from controllers.schemas.stats import StatsSchema
from controllers.schemas.trail import ConversationOpenedSchema


class LimitsSchema(ReplySchema):
    source_is_immutable = True
    max_content_length = Seq(data_key="maxContentLength")
    max_attachments = Seq(data_key="maxAttachments")
    max_attachment_bytes = Seq(data_key="maxAttachmentBytes")
    max_frame_bytes = Seq(data_key="maxFrameBytes")
    message_rate = Seq(data_key="messageRate")
    message_burst = Seq(data_key="messageBurst")
    event_rate = Seq(data_key="eventRate")
    idle_minutes = Seq(data_key="idleMinutes")
    reply_hours = Seq(data_key="replyHours")


class FeaturesSchema(ReplySchema):
    """What this installation has switched on, so that clients show nothing else."""

    source_is_immutable = True
    forum = fields.Boolean(required=True)


class ConnectionEstablishedSchema(ReplySchema):
    user_id = Id(data_key="userId", required=True)
    user_role = fields.String(data_key="userRole", required=True)
    server_time = Timestamp(data_key="serverTime", required=True)
    unread_count = Seq(data_key="unreadCount", required=True)
    limits = fields.Nested(LimitsSchema, required=True)
    features = fields.Nested(FeaturesSchema, required=True)
    epoch = fields.String(required=True)


class NewMessageSchema(ReplySchema):
    message = fields.Nested(MessageSchema, required=True)
    conversation_id = Id(data_key="conversationId", required=True)


class MessageChangedSchema(NewMessageSchema):
    change = Seq(required=True)


class TypingSchema(ReplySchema):
    conversation_id = Id(data_key="conversationId", required=True)
    user_id = Id(data_key="userId", required=True)


class ConversationEventSchema(ReplySchema):
    conversation = fields.Nested(ConversationSchema, required=True)


class PresenceChangedSchema(ReplySchema):
    user_id = Id(data_key="userId", required=True)
    online = fields.Boolean(required=True)
    last_seen_at = Timestamp(data_key="lastSeenAt", allow_none=True, required=True)


class ConnectionStatsSchema(ReplySchema):
    stats = fields.Nested(StatsSchema, required=True)


class TokenExpiringSchema(ReplySchema):
    expires_in = Seq(data_key="expiresIn", required=True)


class SessionExpiredSchema(ReplySchema):
    code = fields.String(required=True, validate=validate.OneOf(("SESSION_EXPIRED", "TOO_MANY_SOCKETS")))


class ErrorEventSchema(ReplySchema):
    message = fields.String(required=True)
    code = fields.String(required=True)
    event = fields.String(required=True)
    conversation_id = Id(data_key="conversationId")


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One row of the table server → client."""

    name: str
    schema: type[ReplySchema]
    summary: str


SERVER_EVENTS = {
    event.name: event
    for event in (
        ServerEvent(
            "connection_established", ConnectionEstablishedSchema, "The token was accepted; first event of all"
        ),
        ServerEvent("room_joined", RoomJoinedSchema, "The room was entered"),
        ServerEvent("room_left", RoomLeftSchema, "The room was left, or the person removed from the conversation"),
        ServerEvent(
            "new_message",
            NewMessageSchema,
            "A message was stored; the sender gets it too. Resume from its `seq` only when it follows the last one you have:"
            " what lies between comes with the pages of `sync`",
        ),
        ServerEvent("message_updated", MessageChangedSchema, "A message was edited"),
        ServerEvent("message_deleted", MessageChangedSchema, "A message became a tombstone"),
        ServerEvent("reactions_changed", MessageChangedSchema, "Somebody reacted to a message, or took that back"),
        ServerEvent("messages_read", MessagesReadSchema, "A participant's read watermark moved"),
        ServerEvent("messages_delivered", MessagesDeliveredSchema, "A participant's delivered watermark moved"),
        ServerEvent("typing_start", TypingSchema, "Somebody is typing; ends by itself"),
        ServerEvent("typing_stop", TypingSchema, "Somebody stopped typing"),
        ServerEvent("conversation_created", ConversationEventSchema, "A conversation with this person was opened"),
        ServerEvent("conversation_updated", ConversationEventSchema, "Something in this person's list changed"),
        ServerEvent(
            "conversation_opened", ConversationOpenedSchema, "To patients and mentees: somebody looked into this"
        ),
        ServerEvent("unread_count", UnreadCountSchema, "This person's unread messages, over all conversations"),
        ServerEvent("presence_changed", PresenceChangedSchema, "Somebody came or, ten seconds ago, went"),
        ServerEvent(
            "connection_stats", ConnectionStatsSchema, "For administrators who subscribed; at most one a second"
        ),
        ServerEvent(
            "export_progress", ExportProgressSchema, "An export that this person asked for got on, is ready or failed"
        ),
        ServerEvent(
            "archive_progress", ArchiveProgressSchema, "The archive of all one's data got on, is ready or is no more"
        ),
        ServerEvent(
            "notification", NotificationEventSchema, "Something this person should know, or that one of them was read"
        ),
        *(ServerEvent(*row) for row in FORUM_EVENTS),
        ServerEvent("token_expiring", TokenExpiringSchema, "Send refresh_token soon to keep this connection"),
        ServerEvent("session_expired", SessionExpiredSchema, "The server is about to close this connection"),
        ServerEvent("error", ErrorEventSchema, "An event without ack was refused"),
    )
}
_DUMPERS = {name: compiled(event.schema) for name, event in SERVER_EVENTS.items()}


def present(event: str, payload: object) -> Mapping[str, Any]:
    """What goes over the wire for `event`."""
    dumped: Mapping[str, Any] = _DUMPERS[event](payload)
    return dumped
