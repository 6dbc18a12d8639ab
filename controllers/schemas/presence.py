"""Presence of people one shares a conversation with, and typing."""

from marshmallow import fields, validate

from controllers.schemas.base import Id, ReplySchema, RequestSchema, Timestamp

MOST_USERS = 200


class GetPresenceSchema(RequestSchema):
    user_ids = fields.List(Id(), data_key="userIds", required=True, validate=validate.Length(min=1, max=MOST_USERS))


class PresenceStateSchema(ReplySchema):
    """Of a services.presence.PresenceState."""

    user_id = Id(data_key="userId", required=True)
    online = fields.Boolean(required=True)
    last_seen_at = Timestamp(data_key="lastSeenAt", allow_none=True, required=True)


class PresenceReplySchema(ReplySchema):
    presence = fields.List(fields.Nested(PresenceStateSchema), required=True)


class TypingRequestSchema(RequestSchema):
    conversation_id = Id(data_key="conversationId", required=True)


class TypingReplySchema(ReplySchema):
    """Nothing but the word that it was relayed."""
