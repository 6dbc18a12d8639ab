"""Notifications: what a person is told, how they want it, and the browsers they want it in."""

import datetime
import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from controllers.schemas.base import (
    LARGEST_PAGE,
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
    page_of,
)
from services.notifications import KINDS
from services.principal import ROLES

LANGUAGES = ("fr", "en")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


class Clock(fields.Field[datetime.time]):
    """A time of day as `22:00`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}, **kwargs)

    def _serialize(self, value: datetime.time | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.strftime("%H:%M")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime.time:
        if not isinstance(value, str) or not _CLOCK.fullmatch(value):
            raise ValidationError("not_clock")
        return datetime.time.fromisoformat(value)


class SubjectSchema(ReplySchema):
    type = fields.String(attribute="subject_type", required=True)
    id = fields.String(attribute="subject_id", required=True)


class ActorSchema(ReplySchema):
    id = Id(attribute="actor_id", required=True)
    name = fields.String(attribute="actor_name", required=True)


class NotificationSchema(ReplySchema):
    """Of a repositories.notifications.NotificationRow. Content never: its reader opens the conversation for that."""

    id = Id(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)))
    conversation_id = Id(data_key="conversationId", allow_none=True, required=True)
    subject = fields.Nested(SubjectSchema, allow_none=True, required=True)
    actor = fields.Nested(ActorSchema, allow_none=True, required=True)
    count = Seq(required=True)
    since = Timestamp(required=True)
    created_at = Timestamp(data_key="createdAt", required=True)
    read = fields.Boolean(required=True)
    read_at = Timestamp(data_key="readAt", allow_none=True, required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        if attr == "subject":
            return None if obj.subject_type is None else obj
        if attr == "actor":
            return None if obj.actor_id is None else obj
        return super().get_attribute(obj, attr, default)


NotificationPageSchema = page_of(NotificationSchema)


class NotificationEventSchema(ReplySchema):
    notification = fields.Nested(NotificationSchema, required=True)


class NotificationOwnerPath(RequestSchema):
    role = fields.String(data_key="userType", required=True, validate=validate.OneOf(ROLES))
    user_id = PathId(data_key="userId", required=True)


class NotificationPath(RequestSchema):
    notification_id = PathId(data_key="id", required=True)


class NotificationQuery(RequestSchema):
    """`before` is the id that ended the page before."""

    limit = QueryCount(min=1, max=LARGEST_PAGE, load_default=50)
    before = QueryCount(min=1, max=2**63 - 1)
    unread = QueryBool(load_default=False)


class PushSubscriptionPath(RequestSchema):
    subscription_id = PathId(data_key="id", required=True)


class NotificationReadSchema(RequestSchema):
    read = Flag(required=True)


class QuietHoursSchema(RequestSchema):
    quiet_from = Clock(data_key="from", required=True)
    quiet_to = Clock(data_key="to", required=True)
    time_zone = Text(data_key="timeZone", max=64, required=True)


class ChangePreferencesSchema(RequestSchema):
    push = Flag()
    email = Flag()
    silent_kinds = fields.List(
        fields.String(validate=validate.OneOf(tuple(KINDS))),
        data_key="silentKinds",
        validate=validate.Length(max=len(KINDS)),
    )
    urgent_always = Flag(data_key="urgentAlways")
    quiet_hours = fields.Nested(QuietHoursSchema, data_key="quietHours", allow_none=True)
    language = fields.String(allow_none=True, validate=validate.OneOf(LANGUAGES))


class QuietHoursReplySchema(ReplySchema):
    quiet_from = Clock(data_key="from", required=True)
    quiet_to = Clock(data_key="to", required=True)
    time_zone = fields.String(data_key="timeZone", required=True)


class PreferencesSchema(ReplySchema):
    """Of a repositories.notifications.PreferencesRow."""

    push = fields.Boolean(required=True)
    email = fields.Boolean(required=True)
    silent_kinds = fields.List(fields.String(), data_key="silentKinds", required=True)
    urgent_always = fields.Boolean(data_key="urgentAlways", required=True)
    quiet_hours = fields.Nested(QuietHoursReplySchema, data_key="quietHours", allow_none=True, required=True)
    language = fields.String(allow_none=True, required=True, validate=validate.OneOf(LANGUAGES))

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        if attr == "quiet_hours":
            return None if obj.quiet_from is None else obj
        return super().get_attribute(obj, attr, default)


class PushKeysSchema(RequestSchema):
    p256dh = Text(max=200, required=True)
    auth = Text(max=100, required=True)


class SubscribeSchema(RequestSchema):
    """What `PushSubscription.toJSON()` gives in a browser."""

    endpoint = Text(max=2000, required=True)
    keys = fields.Nested(PushKeysSchema, required=True)
    expiration_time = fields.Integer(
        data_key="expirationTime", allow_none=True, strict=True, validate=validate.Range(min=0, max=2**53)
    )


class SubscribedSchema(ReplySchema):
    id = Id(required=True)


class PushKeySchema(ReplySchema):
    public_key = fields.String(data_key="publicKey", allow_none=True, required=True)
