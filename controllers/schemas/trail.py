"""The access log and the glass."""

from marshmallow import fields

from controllers.schemas.base import Id, QueryCount, ReplySchema, RequestSchema, Seq, Text, Timestamp, page_of


class AccessSchema(ReplySchema):
    """Of a repositories.trail.AccessRow. `reason`: what an administrator gave as one."""

    id = Id(required=True)
    at = Timestamp(required=True)
    user_id = Id(data_key="userId", allow_none=True, required=True)
    user_name = fields.String(data_key="userName", allow_none=True, required=True)
    user_role = fields.String(data_key="userRole", allow_none=True, required=True)
    on_behalf_of = Id(data_key="onBehalfOf", allow_none=True, required=True)
    action = fields.String(required=True)
    reason = fields.String(allow_none=True, required=True)
    times = Seq(required=True)


AccessPageSchema = page_of(AccessSchema)


class BreakGlassSchema(RequestSchema):
    reason = Text(min=10, max=500, required=True)


class BrokenGlassSchema(ReplySchema):
    """Of a services.break_glass.BrokenGlass."""

    conversation_id = Id(data_key="conversationId", required=True)
    reason = fields.String(required=True)
    until = Timestamp(required=True)


class EmergencyQuery(RequestSchema):
    limit = QueryCount(min=1, max=200, load_default=50)
    before_seq = QueryCount(data_key="beforeSeq", max=2**63 - 1)


class ConversationOpenedSchema(ReplySchema):
    conversation_id = Id(data_key="conversationId", required=True)
    user_id = Id(data_key="userId", required=True)
    user_name = fields.String(data_key="userName", required=True)
    user_role = fields.String(data_key="userRole", required=True)
    action = fields.String(required=True)
    reason = fields.String(allow_none=True, required=True)
    opened_at = Timestamp(data_key="openedAt", required=True)
