"""What retention is about to do and has done lately."""

from marshmallow import fields, validate

from controllers.schemas.base import (
    LARGEST,
    LARGEST_PAGE,
    Id,
    QueryCount,
    ReplySchema,
    RequestSchema,
    Seq,
    Timestamp,
    page_of,
)
from services.retention_outlook import STATES


class RetentionQuery(RequestSchema):
    """`after` is what `next` of the answer before it said."""

    after = QueryCount(max=LARGEST, load_default=0)


class RetainedQuery(RetentionQuery):
    limit = QueryCount(min=1, max=LARGEST_PAGE, load_default=50)
    state = fields.String(validate=validate.OneOf(STATES), load_default=STATES[0])


class RetentionAmountSchema(ReplySchema):
    conversations = Seq(required=True)
    messages = Seq(required=True)


class RetentionOfKindSchema(ReplySchema):
    """Of a services.retention_outlook.KindOutlook."""

    kind = fields.String(required=True)
    days = Seq(required=True)
    due = fields.Nested(RetentionAmountSchema, required=True)
    held = fields.Nested(RetentionAmountSchema, required=True)
    soon = fields.Nested(RetentionAmountSchema, required=True)


class ShreddedOnDaySchema(ReplySchema):
    day = fields.Date(required=True)
    kind = fields.String(required=True)
    conversations = Seq(required=True)


class RetentionJobSchema(ReplySchema):
    """Of a repositories.jobs.JobRow."""

    running = fields.Boolean(required=True)
    started_at = Timestamp(data_key="startedAt", required=True, allow_none=True)
    finished_at = Timestamp(data_key="finishedAt", required=True, allow_none=True)
    due_at = Timestamp(data_key="dueAt", required=True)


class RetentionSchema(ReplySchema):
    """Of a services.retention_outlook.Outlook."""

    archive_days = Seq(data_key="archiveDays", required=True)
    around_days = Seq(data_key="aroundDays", required=True)
    runs_here = fields.Boolean(data_key="runsHere", attribute="duty.here", required=True)
    every_seconds = Seq(data_key="everySeconds", attribute="duty.every_seconds", required=True)
    job = fields.Nested(RetentionJobSchema, required=True, allow_none=True)
    kinds = fields.List(fields.Nested(RetentionOfKindSchema), required=True)
    shredded = fields.List(fields.Nested(ShreddedOnDaySchema), required=True)
    next = fields.String(required=True, allow_none=True)


class RetainedSchema(ReplySchema):
    """Of a repositories.retention.RetainedRow."""

    id = Id(data_key="conversationId", required=True)
    kind = fields.String(required=True)
    messages = Seq(attribute="message_count", required=True)
    silent_since = Timestamp(data_key="silentSince", required=True)
    ends_at = Timestamp(data_key="endsAt", required=True, allow_none=True)
    shredded_at = Timestamp(data_key="shreddedAt", required=True, allow_none=True)


RetainedPageSchema = page_of(RetainedSchema)
