"""What is told live of the forum, and what its rooms are asked."""

from marshmallow import fields

from controllers.schemas.base import Id, ReplySchema, RequestSchema, Seq, Timestamp
from controllers.schemas.forum import AnswerTextSchema, QuestionHeadSchema, QuestionTextSchema
from controllers.schemas.forum_votes import ScoreSchema


class QuestionRoomSchema(RequestSchema):
    question_id = Id(data_key="questionId", required=True)


class ListRoomSchema(RequestSchema):
    """Nothing: there is one list."""


class JoinedQuestionSchema(ReplySchema):
    """`change`: how far the question has come. `readers`: sockets in its room, on this node."""

    question_id = Id(data_key="questionId", required=True)
    change = Seq(required=True)
    readers = Seq(required=True)


class LeftQuestionSchema(ReplySchema):
    question_id = Id(data_key="questionId", required=True)


class DoneSchema(ReplySchema):
    """Nothing but ok."""


class QuestionCreatedSchema(ReplySchema):
    question = fields.Nested(QuestionHeadSchema, required=True)


class QuestionUpdatedSchema(ReplySchema):
    question_id = Id(data_key="questionId", required=True)
    change = Seq(required=True)
    question = fields.Nested(QuestionTextSchema, required=True)


class QuestionCountsSchema(ReplySchema):
    """How a question stands. Of a repositories.questions.QuestionCountsRow."""

    id = Id(required=True)
    change = Seq(required=True)
    score = fields.Integer(required=True)
    up_count = Seq(data_key="upCount", required=True)
    down_count = Seq(data_key="downCount", required=True)
    answer_count = Seq(data_key="answerCount", required=True)
    accepted_answer_id = Id(data_key="acceptedAnswerId", allow_none=True, required=True)
    activity_at = Timestamp(data_key="activityAt", required=True)


class QuestionsCountedSchema(ReplySchema):
    questions = fields.List(fields.Nested(QuestionCountsSchema), required=True)


class AnswerEventSchema(ReplySchema):
    question_id = Id(data_key="questionId", required=True)
    change = Seq(required=True)
    answer = fields.Nested(AnswerTextSchema, required=True)


class AnswerAcceptedSchema(ReplySchema):
    question_id = Id(data_key="questionId", required=True)
    change = Seq(required=True)
    answer_id = Id(data_key="answerId", allow_none=True, required=True)


class AnswerTypingSchema(ReplySchema):
    """`userId` null: the asker, under a pseudonym."""

    question_id = Id(data_key="questionId", required=True)
    user_id = Id(data_key="userId", allow_none=True, required=True)


class VoteChangedSchema(ScoreSchema):
    """For everybody; one's own vote is one's own affair."""


# Name, schema and what it says, for the table in controllers.schemas.events.
FORUM_EVENTS: tuple[tuple[str, type[ReplySchema], str], ...] = (
    ("question_created", QuestionCreatedSchema, "To those who look at the list: somebody asked"),
    ("question_updated", QuestionUpdatedSchema, "A question was edited, removed (deletedAt) or restored"),
    (
        "questions_counted",
        QuestionsCountedSchema,
        "To those who look at the list: questions that got votes or answers, as they stand; once a second at most",
    ),
    ("answer_created", AnswerEventSchema, "A question got an answer"),
    ("answer_updated", AnswerEventSchema, "An answer was edited, removed (deletedAt) or restored"),
    ("vote_changed", VoteChangedSchema, "The votes of a question or of one of its answers"),
    ("answer_accepted", AnswerAcceptedSchema, "The asker chose an answer, or took the choice back (null)"),
    ("answer_typing_start", AnswerTypingSchema, "Somebody is writing an answer; ends by itself"),
    ("answer_typing_stop", AnswerTypingSchema, "Somebody stopped writing an answer"),
)
