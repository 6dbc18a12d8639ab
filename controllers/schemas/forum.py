"""Questions and answers of the forum."""

from marshmallow import fields, validate

from controllers.schemas.base import (
    LARGEST_PAGE,
    ClientMessageId,
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
from controllers.schemas.forum_text import LONGEST_TITLE, Line, Tag, body_field, tags_field, title_field
from controllers.schemas.search import ExcerptPartSchema
from repositories.answers import ANSWER_SORTS
from repositories.questions import SORTS

LARGEST_FOUND_PAGE = 50


def _client_message_id() -> ClientMessageId:
    """Sent again with the same one, a post is stored once. It goes out to nobody."""
    return ClientMessageId(data_key="clientMessageId", allow_none=True)


class PostPath(RequestSchema):
    id = PathId(required=True)


class AskSchema(RequestSchema):
    title = title_field(required=True)
    body = body_field(required=True)
    tags = tags_field(required=True)
    pseudonym = Line(min=3, max=40, allow_none=True)
    client_message_id = _client_message_id()


class EditQuestionSchema(RequestSchema):
    title = title_field()
    body = body_field()
    tags = tags_field()


class BodySchema(RequestSchema):
    """Of an answer that is edited, or of a preview."""

    body = body_field(required=True)


class AnswerQuestionSchema(BodySchema):
    client_message_id = _client_message_id()


class QuestionFilterQuery(RequestSchema):
    """`unanswered`: without an answer. `mine`: asked by the caller."""

    tag = Tag()
    unanswered = QueryBool(load_default=False)
    mine = QueryBool(load_default=False)
    before = Text(max=500)


class QuestionsQuery(QuestionFilterQuery):
    sort = fields.String(validate=validate.OneOf(SORTS), load_default="activity")
    limit = QueryCount(min=1, max=LARGEST_PAGE, load_default=50)


class QuestionSearchQuery(QuestionFilterQuery):
    q = Text(min=2, max=200, required=True)
    limit = QueryCount(min=1, max=LARGEST_FOUND_PAGE, load_default=20)


class SimilarQuery(RequestSchema):
    title = Text(min=3, max=LONGEST_TITLE, required=True)
    limit = QueryCount(min=1, max=20, load_default=5)


class AnswersQuery(RequestSchema):
    sort = fields.String(validate=validate.OneOf(ANSWER_SORTS), load_default="votes")
    limit = QueryCount(min=1, max=LARGEST_PAGE, load_default=50)
    before = Text(max=500)


class TagsQuery(RequestSchema):
    """`q`: how the tags begin."""

    q = Text(max=30, min=0, load_default="")
    limit = QueryCount(min=1, max=100, load_default=20)


class AuthorSchema(ReplySchema):
    """`id` and `role` are null under a pseudonym."""

    id = Id(allow_none=True, required=True)
    name = fields.String(required=True)
    role = fields.String(allow_none=True, required=True)
    pseudonym = fields.Boolean(required=True)


class VoteCountsSchema(ReplySchema):
    score = fields.Integer(attribute="row.score", required=True)
    up_count = Seq(data_key="upCount", attribute="row.up_count", required=True)
    down_count = Seq(data_key="downCount", attribute="row.down_count", required=True)


class QuestionFactsSchema(VoteCountsSchema):
    """What lists and events have in common. Of a services.forum_view.QuestionView."""

    id = Id(attribute="row.id", required=True)
    title = fields.String(required=True)
    tags = fields.List(fields.String(), attribute="row.tags", required=True)
    author = fields.Nested(AuthorSchema, required=True)
    answer_count = Seq(data_key="answerCount", attribute="row.answer_count", required=True)
    accepted_answer_id = Id(
        data_key="acceptedAnswerId", attribute="row.accepted_answer_id", allow_none=True, required=True
    )
    change = Seq(attribute="row.change", required=True)
    created_at = Timestamp(data_key="createdAt", attribute="row.created_at", required=True)
    edited_at = Timestamp(data_key="editedAt", attribute="row.edited_at", allow_none=True, required=True)
    activity_at = Timestamp(data_key="activityAt", attribute="row.activity_at", required=True)


class QuestionHeadSchema(QuestionFactsSchema):
    """A line of the list, the same for everybody."""

    excerpt = fields.String(required=True)


class MineSchema(ReplySchema):
    """What depends on who looks."""

    my_vote = fields.Integer(
        data_key="myVote", attribute="row.my_vote", required=True, validate=validate.OneOf((-1, 0, 1))
    )
    is_mine = fields.Boolean(data_key="isMine", required=True)


class QuestionItemSchema(QuestionHeadSchema, MineSchema):
    """A line of the list."""


class QuestionTextSchema(QuestionFactsSchema):
    """A question, the same for everybody. `bodyHtml` is safe to be put into a page; `body` is what was written."""

    body = fields.String(required=True)
    body_html = fields.String(data_key="bodyHtml", required=True)
    version = Seq(attribute="row.version", required=True)
    deleted_at = Timestamp(data_key="deletedAt", attribute="row.deleted_at", allow_none=True, required=True)


class QuestionSchema(QuestionTextSchema, MineSchema):
    can_edit = fields.Boolean(data_key="canEdit", required=True)
    can_delete = fields.Boolean(data_key="canDelete", required=True)
    can_accept = fields.Boolean(data_key="canAccept", required=True)
    can_vote = fields.Boolean(data_key="canVote", required=True)


class AnswerTextSchema(VoteCountsSchema):
    """An answer, the same for everybody. Of a services.forum_view.AnswerView."""

    id = Id(attribute="row.id", required=True)
    question_id = Id(data_key="questionId", attribute="row.question_id", required=True)
    body = fields.String(required=True)
    body_html = fields.String(data_key="bodyHtml", required=True)
    author = fields.Nested(AuthorSchema, required=True)
    is_accepted = fields.Boolean(data_key="isAccepted", attribute="row.accepted", required=True)
    version = Seq(attribute="row.version", required=True)
    change = Seq(attribute="row.change", required=True)
    created_at = Timestamp(data_key="createdAt", attribute="row.created_at", required=True)
    edited_at = Timestamp(data_key="editedAt", attribute="row.edited_at", allow_none=True, required=True)
    deleted_at = Timestamp(data_key="deletedAt", attribute="row.deleted_at", allow_none=True, required=True)


class AnswerSchema(AnswerTextSchema, MineSchema):
    can_edit = fields.Boolean(data_key="canEdit", required=True)
    can_delete = fields.Boolean(data_key="canDelete", required=True)
    can_vote = fields.Boolean(data_key="canVote", required=True)


class QuestionReplySchema(ReplySchema):
    question = fields.Nested(QuestionSchema, required=True)


class AnswerReplySchema(ReplySchema):
    answer = fields.Nested(AnswerSchema, required=True)


class AskedSchema(QuestionReplySchema):
    """`duplicate`: this clientMessageId was sent before, and this is what became of it."""

    duplicate = fields.Boolean(required=True)


class AnsweredSchema(AnswerReplySchema):
    """`duplicate`: this clientMessageId was sent before, and this is what became of it."""

    duplicate = fields.Boolean(required=True)


class PreviewSchema(ReplySchema):
    body_html = fields.String(data_key="bodyHtml", required=True)


class PostVersionSchema(ReplySchema):
    """Of a repositories.questions.VersionRow. Answers have neither title nor tags."""

    version = Seq(required=True)
    title = fields.String(allow_none=True, required=True)
    body = fields.String(required=True)
    tags = fields.List(fields.String(), allow_none=True, required=True)
    replaced_at = Timestamp(data_key="replacedAt", required=True)


class PostVersionsSchema(ReplySchema):
    items = fields.List(fields.Nested(PostVersionSchema), required=True)


class FoundQuestionSchema(ReplySchema):
    """Of a services.forum_search.FoundQuestion."""

    question = fields.Nested(QuestionItemSchema, required=True)
    title = fields.List(fields.Nested(ExcerptPartSchema), required=True)
    excerpt = fields.List(fields.Nested(ExcerptPartSchema), required=True)
    answer_id = Id(data_key="answerId", allow_none=True, required=True)


class SimilarQuestionSchema(ReplySchema):
    id = Id(required=True)
    title = fields.String(required=True)
    score = fields.Integer(required=True)
    answer_count = Seq(data_key="answerCount", required=True)
    accepted_answer_id = Id(data_key="acceptedAnswerId", allow_none=True, required=True)


class SimilarQuestionsSchema(ReplySchema):
    items = fields.List(fields.Nested(SimilarQuestionSchema), required=True)


class TagCountSchema(ReplySchema):
    tag = fields.String(required=True)
    count = Seq(required=True)


class TagCountsSchema(ReplySchema):
    items = fields.List(fields.Nested(TagCountSchema), required=True)


QuestionPageSchema = page_of(QuestionItemSchema)
AnswerPageSchema = page_of(AnswerSchema)
FoundQuestionPageSchema = page_of(FoundQuestionSchema)
