"""Questions of the forum over REST."""

from controllers.forum_cursors import after_question, question_position
from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.forum import (
    AskedSchema,
    AskSchema,
    BodySchema,
    EditQuestionSchema,
    PostPath,
    PostVersionsSchema,
    PreviewSchema,
    QuestionPageSchema,
    QuestionReplySchema,
    QuestionsQuery,
    TagCountsSchema,
    TagsQuery,
)
from repositories.questions import QuestionFilter, QuestionText
from services.questions import NewQuestion, QuestionChanges, Questions

TAG = "forum"
ALL, ONE = "/api/questions", "/api/questions/{id}"


class QuestionEndpoints:
    def __init__(self, *, questions: Questions) -> None:
        self._questions = questions

    def endpoints(self) -> list[Endpoint]:
        return [*self._reads(), *self._changes()]

    def _reads(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                ALL,
                self.list,
                "Questions by activity, age or votes; of a tag, without an answer, or one's own",
                TAG,
                query=QuestionsQuery,
                replies={200: QuestionPageSchema},
                errors=("FORBIDDEN",),
            ),
            Endpoint(
                "GET",
                ONE,
                self.get,
                "One question with its text",
                TAG,
                parameters=PostPath,
                replies={200: QuestionReplySchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "GET",
                "/api/questions/{id}/versions",
                self.versions,
                "Earlier texts, latest first; for who asked and for administrators",
                TAG,
                parameters=PostPath,
                replies={200: PostVersionsSchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "GET",
                "/api/tags",
                self.tags,
                "Tags with the number of their questions, most used first",
                TAG,
                query=TagsQuery,
                replies={200: TagCountsSchema},
                errors=("FORBIDDEN",),
            ),
        ]

    def _changes(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                ALL,
                self.ask,
                "Ask, under one's name or a pseudonym; 200 when this clientMessageId was sent before",
                TAG,
                limit="post",
                body=AskSchema,
                replies={201: AskedSchema, 200: AskedSchema},
                errors=("FORBIDDEN", "CONFLICT"),
            ),
            Endpoint(
                "POST",
                "/api/questions/preview",
                self.preview,
                "The HTML that a text would become",
                TAG,
                limit="request",
                body=BodySchema,
                replies={200: PreviewSchema},
                errors=("FORBIDDEN",),
            ),
            Endpoint(
                "PATCH",
                ONE,
                self.edit,
                "Change one's own question; earlier texts are kept",
                TAG,
                limit="request",
                parameters=PostPath,
                body=EditQuestionSchema,
                replies={200: QuestionReplySchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "DELETE",
                ONE,
                self.remove,
                "Remove one's own question, as long as nobody answered",
                TAG,
                limit="request",
                parameters=PostPath,
                replies={204: None},
                errors=("NOT_FOUND", "FORBIDDEN", "CONFLICT"),
            ),
        ]

    async def list(self, call: Call) -> Reply:
        query, sort = call.query, call.query["sort"]
        page = await self._questions.page(
            call.user,
            filters=filter_of(call),
            sort=sort,
            before=question_position(query.get("before"), sort),
            limit=query["limit"],
        )
        following = after_question(page.items[-1].row, sort) if page.more else None
        return Reply({"items": page.items, "has_more": page.more, "next": following})

    async def get(self, call: Call) -> Reply:
        return Reply({"question": await self._questions.get(call.user, question_id=call.path["id"])})

    async def versions(self, call: Call) -> Reply:
        return Reply({"items": await self._questions.versions(call.user, question_id=call.path["id"])})

    async def tags(self, call: Call) -> Reply:
        found = await self._questions.tags(beginning=call.query["q"].lower(), limit=call.query["limit"])
        return Reply({"items": found})

    async def ask(self, call: Call) -> Reply:
        text = QuestionText(call.body["title"], call.body["body"], call.body["tags"])
        new = NewQuestion(
            text=text, pseudonym=call.body.get("pseudonym"), client_message_id=call.body.get("client_message_id")
        )
        posted = await self._questions.ask(call.user, new)
        return Reply(posted, status=200 if posted.duplicate else 201)

    async def preview(self, call: Call) -> Reply:
        return Reply({"body_html": await self._questions.preview(body=call.body["body"])})

    async def edit(self, call: Call) -> Reply:
        changes = QuestionChanges(**call.body)
        return Reply({"question": await self._questions.edit(call.user, question_id=call.path["id"], changes=changes)})

    async def remove(self, call: Call) -> Reply:
        await self._questions.remove(call.user, question_id=call.path["id"])
        return Reply(status=204)


def filter_of(call: Call) -> QuestionFilter:
    """Of what a QuestionFilterQuery said."""
    return QuestionFilter(
        author_id=call.user.user_id if call.query["mine"] else None,
        tag=call.query.get("tag"),
        open_only=call.query["unanswered"],
    )
