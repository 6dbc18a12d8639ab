"""Answers of the forum over REST."""

from controllers.forum_cursors import after_answer, answer_position
from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.auth import EmptyBodySchema
from controllers.schemas.forum import (
    AnsweredSchema,
    AnswerPageSchema,
    AnswerQuestionSchema,
    AnswerReplySchema,
    AnswersQuery,
    BodySchema,
    PostPath,
    PostVersionsSchema,
    QuestionReplySchema,
)
from services.answers import Answers

TAG = "forum"
ALL, ONE, ACCEPT = "/api/questions/{id}/answers", "/api/answers/{id}", "/api/answers/{id}/accept"


class AnswerEndpoints:
    def __init__(self, *, answers: Answers) -> None:
        self._answers = answers

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                ALL,
                self.list,
                "Answers, the accepted one and those with the best votes first",
                TAG,
                parameters=PostPath,
                query=AnswersQuery,
                replies={200: AnswerPageSchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "POST",
                ALL,
                self.post,
                "Answer a question; 200 when this clientMessageId was sent before",
                TAG,
                limit="post",
                parameters=PostPath,
                body=AnswerQuestionSchema,
                replies={201: AnsweredSchema, 200: AnsweredSchema},
                errors=("NOT_FOUND", "FORBIDDEN", "CONFLICT"),
            ),
            *self._of_one(),
            *self._choices(),
        ]

    def _of_one(self) -> list[Endpoint]:
        return [
            Endpoint(
                "PATCH",
                ONE,
                self.edit,
                "Change one's own answer; earlier texts are kept",
                TAG,
                limit="request",
                parameters=PostPath,
                body=BodySchema,
                replies={200: AnswerReplySchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "DELETE",
                ONE,
                self.remove,
                "Remove one's own answer",
                TAG,
                limit="request",
                parameters=PostPath,
                replies={204: None},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "GET",
                "/api/answers/{id}/versions",
                self.versions,
                "Earlier texts, latest first; for who answered and for administrators",
                TAG,
                parameters=PostPath,
                replies={200: PostVersionsSchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
        ]

    def _choices(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                ACCEPT,
                self.accept,
                "The asker's choice, instead of an earlier one",
                TAG,
                limit="request",
                parameters=PostPath,
                body=EmptyBodySchema,
                replies={200: QuestionReplySchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "DELETE",
                ACCEPT,
                self.take_back,
                "Take the choice back",
                TAG,
                limit="request",
                parameters=PostPath,
                replies={200: QuestionReplySchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
        ]

    async def list(self, call: Call) -> Reply:
        query, sort = call.query, call.query["sort"]
        page = await self._answers.page(
            call.user,
            question_id=call.path["id"],
            sort=sort,
            before=answer_position(query.get("before"), sort),
            limit=query["limit"],
        )
        following = after_answer(page.items[-1].row, sort) if page.more else None
        return Reply({"items": page.items, "has_more": page.more, "next": following})

    async def post(self, call: Call) -> Reply:
        posted = await self._answers.post(
            call.user,
            question_id=call.path["id"],
            body=call.body["body"],
            client_message_id=call.body.get("client_message_id"),
        )
        return Reply(posted, status=200 if posted.duplicate else 201)

    async def edit(self, call: Call) -> Reply:
        return Reply({"answer": await self._answers.edit(call.user, answer_id=call.path["id"], body=call.body["body"])})

    async def remove(self, call: Call) -> Reply:
        await self._answers.remove(call.user, answer_id=call.path["id"])
        return Reply(status=204)

    async def versions(self, call: Call) -> Reply:
        return Reply({"items": await self._answers.versions(call.user, answer_id=call.path["id"])})

    async def accept(self, call: Call) -> Reply:
        return Reply({"question": await self._answers.accept(call.user, answer_id=call.path["id"])})

    async def take_back(self, call: Call) -> Reply:
        return Reply({"question": await self._answers.take_back(call.user, answer_id=call.path["id"])})
