"""Votes, points, reports and moderation."""

from marshmallow import fields, validate

from controllers.schemas.base import Flag, Id, QueryCount, ReplySchema, RequestSchema, Seq, Text, Timestamp, page_of
from controllers.schemas.users import IdPageQuery
from repositories.reports import DECISIONS, REASONS

KINDS = ("answer_upvoted", "question_upvoted", "answer_accepted", "accepting", "downvoted")


class VoteValue(fields.Integer):
    """1, -1, or 0 to take it back."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(strict=True, required=True, validate=validate.OneOf((1, 0, -1)))

    def _validated(self, value: object) -> int:
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return value


class VoteSchema(RequestSchema):
    value = VoteValue()


class ScoreSchema(ReplySchema):
    """`answerId` null: of the question itself. `change`: of the question, when this was so."""

    question_id = Id(data_key="questionId", required=True)
    answer_id = Id(data_key="answerId", allow_none=True, required=True)
    change = Seq(required=True)
    score = fields.Integer(required=True)
    up_count = Seq(data_key="upCount", required=True)
    down_count = Seq(data_key="downCount", required=True)


class VoteStateSchema(ScoreSchema):
    my_vote = fields.Integer(data_key="myVote", required=True)


class LeaderboardQuery(RequestSchema):
    """`month`: this one, by UTC."""

    period = fields.String(validate=validate.OneOf(("all", "month")), load_default="all")
    limit = QueryCount(min=1, max=100, load_default=20)
    before = Text(max=500)


class LeaderSchema(ReplySchema):
    rank = Seq(required=True)
    user_id = Id(data_key="userId", attribute="row.user_id", required=True)
    name = fields.String(attribute="row.name", required=True)
    role = fields.String(attribute="row.role", required=True)
    points = fields.Integer(attribute="row.points", required=True)


class MyRankSchema(ReplySchema):
    """`rank` null: without points, or too far behind to be counted."""

    rank = Seq(allow_none=True, required=True)
    points = fields.Integer(required=True)


class LeaderboardSchema(page_of(LeaderSchema)):  # type: ignore[misc]  # a schema that is made, as all pages are
    me = fields.Nested(MyRankSchema, required=True)


class PointSchema(ReplySchema):
    """A line of the ledger. What is taken back is a line of its own, of the opposite amount. `questionTitle` null: removed."""

    id = Id(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    amount = fields.Integer(required=True)
    question_id = Id(data_key="questionId", required=True)
    question_title = fields.String(data_key="questionTitle", allow_none=True, required=True)
    answer_id = Id(data_key="answerId", allow_none=True, required=True)
    at = Timestamp(required=True)


class LedgerSchema(page_of(PointSchema)):  # type: ignore[misc]  # a schema that is made, as all pages are
    points = fields.Integer(required=True)


class ReportSchema(RequestSchema):
    reason = fields.String(required=True, validate=validate.OneOf(REASONS))
    details = Text(max=500, allow_none=True)


class ReportedSchema(ReplySchema):
    report_id = Id(data_key="reportId", required=True)


class ReportsQuery(IdPageQuery):
    status = fields.String(validate=validate.OneOf(("open", "settled")), load_default="open")


class ReporterSchema(ReplySchema):
    id = Id(attribute="reporter_id", required=True)
    name = fields.String(attribute="reporter_name", required=True)


class AdminReportSchema(ReplySchema):
    """Of a repositories.reports.ReportRow: with the text as it stands now."""

    id = Id(required=True)
    question_id = Id(data_key="questionId", required=True)
    answer_id = Id(data_key="answerId", allow_none=True, required=True)
    reason = fields.String(required=True)
    details = fields.String(allow_none=True, required=True)
    reporter = fields.Nested(ReporterSchema, attribute="itself", required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    removed = fields.Boolean(required=True)
    created_at = Timestamp(data_key="createdAt", required=True)
    settled_at = Timestamp(data_key="settledAt", allow_none=True, required=True)
    decision = fields.String(allow_none=True, required=True)
    note = fields.String(allow_none=True, required=True)


AdminReportPageSchema = page_of(AdminReportSchema)


class AdminReportReplySchema(ReplySchema):
    report = fields.Nested(AdminReportSchema, required=True)


class SettleReportSchema(RequestSchema):
    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    note = Text(max=500, allow_none=True)


class ModerateSchema(RequestSchema):
    """Remove, or restore what was removed; why is kept."""

    removed = Flag(required=True)
    reason = Text(min=3, max=500, required=True)


class RealAuthorSchema(ReplySchema):
    """Of a repositories.users.UserRow."""

    id = Id(required=True)
    username = fields.String(required=True)
    first_name = fields.String(data_key="firstName", required=True)
    last_name = fields.String(data_key="lastName", required=True)
    role = fields.String(required=True)


class RealAuthorReplySchema(ReplySchema):
    author = fields.Nested(RealAuthorSchema, required=True)
