"""Statistics of one person."""

from marshmallow import fields, validate

from controllers.schemas.base import Id, PathId, QueryCount, ReplySchema, RequestSchema, Seq, Timestamp
from services.principal import ROLES

LONGEST_PERIOD = 366


class UserStatsPath(RequestSchema):
    role = fields.String(data_key="userType", required=True, validate=validate.OneOf(ROLES))
    user_id = PathId(data_key="userId", required=True)


class UserStatsQuery(RequestSchema):
    days = QueryCount(min=1, max=LONGEST_PERIOD, load_default=30)


class MessageCountsSchema(ReplySchema):
    sent = Seq(required=True)
    received = Seq(required=True)


class ReplyTimesSchema(ReplySchema):
    """Of a services.activity.ReplyTimes."""

    replies = Seq(required=True)
    median = fields.Float(data_key="medianSeconds", required=True, allow_none=True)
    p90 = fields.Float(data_key="p90Seconds", required=True, allow_none=True)


class ConversationCountsSchema(ReplySchema):
    active = Seq(required=True)
    archived = Seq(required=True)
    closed = Seq(required=True)
    unread = Seq(required=True)


class UserStatsSchema(ReplySchema):
    """Of a services.activity.UserActivity."""

    user_id = Id(data_key="userId", required=True)
    role = fields.String(data_key="userType", required=True)
    first_day = fields.Date(data_key="from", required=True)
    last_day = fields.Date(data_key="to", required=True)
    messages = fields.Nested(MessageCountsSchema, required=True)
    reply_times = fields.Nested(ReplyTimesSchema, data_key="responseTimes", required=True)
    conversations = fields.Nested(ConversationCountsSchema, required=True)
    counted_until = Timestamp(data_key="countedUntil", required=True, allow_none=True)
