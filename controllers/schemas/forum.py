"""Questions and answers of the forum."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from marshmallow import ValidationError, fields, validate

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
from controllers.schemas.search import ExcerptPartSchema
from controllers.schemas.text import ABSURD
from repositories.answers import ANSWER_SORTS
from repositories.questions import SORTS

LONGEST_TITLE, SHORTEST_TITLE = 200, 10
MOST_TAGS = 5
LARGEST_FOUND_PAGE = 50
_BLANKS = re.compile(r"\s+")
# Scripts and emojis need them.
_JOINERS = "\u200c\u200d"
# The flags of England, Scotland and Wales are written with letters that nobody sees.
_FLAGS = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f")
_IN_TAGS = "_+#.-"


class Line(Text):
    """Text of one line: inner white space becomes single spaces, and nothing in it is invisible."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = _BLANKS.sub(" ", super()._deserialize(value, attr, data, **kwargs))
        # Format characters turn the direction of what follows, or make two names look like one.
        seen = _FLAGS.sub("", text)
        if any(unicodedata.category(letter) in ("Cc", "Cf", "Co") and letter not in _JOINERS for letter in seen):
            raise ValidationError("not_text")
        return text


class Tag(Text):
    """Letters with what is written above and below them, digits and `_ + # . -`, in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=30, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        tag = unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **kwargs)).lower()
        if tag and not (tag[0].isalnum() and all(map(_fits_a_tag, tag))):
            raise ValidationError("not_pattern")
        return tag


def _fits_a_tag(letter: str) -> bool:
    return letter.isalnum() or letter in _IN_TAGS or unicodedata.category(letter).startswith("M")


def _no_doubles(tags: Sequence[str]) -> None:
    if len(set(tags)) < len(tags):
        raise ValidationError("given_twice")


def _tags(**kwargs: Any) -> Any:
    return fields.List(Tag(), validate=[validate.Length(min=1, max=MOST_TAGS), _no_doubles], **kwargs)


def _title(**kwargs: Any) -> Line:
    return Line(min=SHORTEST_TITLE, max=LONGEST_TITLE, **kwargs)


def _body(**kwargs: Any) -> Text:
    """How long it may be is a setting, which the service judges."""
    return Text(max=ABSURD, **kwargs)


def _client_message_id() -> ClientMessageId:
    """Sent again with the same one, a post is stored once. It goes out to nobody."""
    return ClientMessageId(data_key="clientMessageId", allow_none=True)


class PostPath(RequestSchema):
    id = PathId(required=True)


class AskSchema(RequestSchema):
    title = _title(required=True)
    body = _body(required=True)
    tags = _tags(required=True)
    pseudonym = Line(min=3, max=40, allow_none=True)
    client_message_id = _client_message_id()


class EditQuestionSchema(RequestSchema):
    title = _title()
    body = _body()
    tags = _tags()


class BodySchema(RequestSchema):
    """Of an answer that is edited, or of a preview."""

    body = _body(required=True)


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
