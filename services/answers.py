"""Answering, and the asker's choice among the answers."""

from collections.abc import Sequence
from uuid import UUID

from repositories.answers import AnswerPosition
from repositories.questions import VersionRow
from repositories.repositories import Repositories
from services.errors import Conflict, Forbidden, NotFound
from services.events import AnswerAccepted, AnswerChanged, AnswerPosted
from services.forum import Forum, present_answer, present_question
from services.forum_view import AnswerPage, AnswerView, PostedAnswer, QuestionView
from services.principal import Principal
from services.questions import check_body


class Answers:
    def __init__(self, forum: Forum) -> None:
        self._forum = forum

    async def post(
        self, principal: Principal, *, question_id: int, body: str, client_message_id: UUID | None = None
    ) -> PostedAnswer:
        """A repeated client id gives the first answer, as it is now, and tells nobody.

        Raises NotFound, Forbidden, Conflict, ValidationFailed, Unavailable.
        """
        self._forum.require_on()
        check_body(body, self._forum.max_content_length)
        async with self._forum.unit_of_work.transaction() as repositories:
            locked = await self._forum.lock(repositories, question_id, removed_too=True)
            known = await self._sent(repositories, principal, question_id, body, client_message_id)
            if known is None and locked.deleted:
                raise NotFound
            answer_id = known or await repositories.answers.insert(
                question_id=question_id,
                author_id=principal.user_id,
                body=body,
                client_message_id=client_message_id,
            )
            row = await repositories.answers.find(answer_id=answer_id, viewer_id=principal.user_id)
        if row is None:
            raise NotFound
        [view] = await self._forum.show_answers([row], principal)
        if known is None:
            self._forum.publisher.publish(AnswerPosted(question_id=question_id, answer_id=answer_id, answer=view))
        return PostedAnswer(view, duplicate=known is not None)

    @staticmethod
    async def _sent(
        repositories: Repositories, principal: Principal, question_id: int, body: str, client_message_id: UUID | None
    ) -> int | None:
        """What this client id was used for here already; exact under the lock. Raises Conflict when it said something else."""
        if client_message_id is None:
            return None
        first = await repositories.answers.sent(
            question_id=question_id, author_id=principal.user_id, client_message_id=client_message_id
        )
        if first is not None and first.body != body:
            raise Conflict(reason="client_id_reused")
        return None if first is None else first.id

    async def edit(self, principal: Principal, *, answer_id: int, body: str) -> AnswerView:
        """One's own; the earlier text is kept. Raises NotFound, Forbidden, ValidationFailed, Unavailable."""
        self._forum.require_on()
        check_body(body, self._forum.max_content_length)
        async with self._forum.unit_of_work.transaction() as repositories:
            question_id = await self._own(repositories, principal, answer_id)
            edited = await repositories.answers.edit(question_id=question_id, answer_id=answer_id, body=body)
            row = present_answer(await repositories.answers.find(answer_id=answer_id, viewer_id=principal.user_id))
        [view] = await self._forum.show_answers([row], principal)
        if edited:
            self._forum.publisher.publish(AnswerChanged(question_id=question_id, answer_id=answer_id, answer=view))
        return view

    async def remove(self, principal: Principal, *, answer_id: int) -> None:
        """One's own; an accepted one is accepted no more. Raises NotFound, Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.transaction() as repositories:
            question_id = await self._own(repositories, principal, answer_id)
            await repositories.answers.remove(
                question_id=question_id, answer_id=answer_id, deleted_by=principal.user_id, reason=None
            )
            await self._forum.settle_points(repositories, question_id)
        self._forum.publisher.publish(AnswerChanged(question_id=question_id, answer_id=answer_id))

    async def page(
        self, principal: Principal, *, question_id: int, sort: str, before: AnswerPosition | None, limit: int
    ) -> AnswerPage:
        """Raises NotFound, Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            if await repositories.questions.change(question_id=question_id) is None:
                raise NotFound
            rows = await repositories.answers.page(
                question_id=question_id, viewer_id=principal.user_id, sort=sort, before=before, limit=limit + 1
            )
        return AnswerPage(await self._forum.show_answers(rows[:limit], principal), len(rows) > limit)

    async def versions(self, principal: Principal, *, answer_id: int) -> Sequence[VersionRow]:
        """Earlier texts, for who wrote them and for administrators. Raises NotFound, Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            row = await repositories.answers.find(answer_id=answer_id, viewer_id=principal.user_id)
            if row is None or (row.deleted_at is not None and not principal.is_admin):
                raise NotFound
            if row.author_id != principal.user_id and not principal.is_admin:
                raise Forbidden(reason="not_own_post")
            return await repositories.answers.versions(answer_id=answer_id)

    async def accept(self, principal: Principal, *, answer_id: int) -> QuestionView:
        """The asker's choice, instead of an earlier one. Raises NotFound, Forbidden, Unavailable."""
        return await self._choose(principal, answer_id, accepted=True)

    async def take_back(self, principal: Principal, *, answer_id: int) -> QuestionView:
        """No answer is the accepted one; nothing happens where this one was not. Raises as `accept`."""
        return await self._choose(principal, answer_id, accepted=False)

    async def _choose(self, principal: Principal, answer_id: int, *, accepted: bool) -> QuestionView:
        self._forum.require_on()
        async with self._forum.unit_of_work.transaction() as repositories:
            locked, _ = await self._forum.lock_of_answer(repositories, answer_id)
            if locked.author_id != principal.user_id:
                raise Forbidden(reason="only_asker")
            chosen, change = answer_id if accepted else None, None
            if accepted or locked.accepted_answer_id == answer_id:
                change = await repositories.questions.accept(question_id=locked.id, answer_id=chosen)
            if change is not None:
                await self._forum.settle_points(repositories, locked.id, actor_id=principal.user_id)
            row = await repositories.questions.find(question_id=locked.id, viewer_id=principal.user_id)
        if change is not None:
            self._forum.publisher.publish(AnswerAccepted(question_id=locked.id, answer_id=chosen, change=change))
        return await self._forum.show_question(present_question(row), principal)

    async def _own(self, repositories: Repositories, principal: Principal, answer_id: int) -> int:
        """The question, locked. Raises NotFound, Forbidden."""
        locked, place = await self._forum.lock_of_answer(repositories, answer_id)
        if place.author_id != principal.user_id:
            raise Forbidden(reason="not_own_post")
        return locked.id
