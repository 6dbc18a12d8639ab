"""Asking, and what becomes of a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from repositories.questions import QuestionFilter, QuestionPosition, QuestionText, TagRow, VersionRow
from repositories.repositories import Repositories
from services.errors import Conflict, Forbidden, NotFound, ValidationFailed
from services.events import QuestionAsked, QuestionChanged
from services.forum import Forum, present_question
from services.forum_view import PostedQuestion, QuestionPage, QuestionView
from services.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuestion:
    text: QuestionText
    pseudonym: str | None = None
    client_message_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionChanges:
    """What is None stays."""

    title: str | None = None
    body: str | None = None
    tags: Sequence[str] | None = None


class Questions:
    def __init__(self, forum: Forum) -> None:
        self._forum = forum

    async def ask(self, principal: Principal, new: NewQuestion) -> PostedQuestion:
        """A repeated client id gives the first question, as it is now, and tells nobody.

        Raises Forbidden, Conflict, ValidationFailed (too long; a pseudonym that is somebody's name), Unavailable.
        """
        self._forum.require_on()
        check_body(new.text.body, self._forum.max_content_length)
        async with self._forum.unit_of_work.transaction() as repositories:
            known = await self._sent(repositories, principal, new)
            made = await self._insert(repositories, principal, new) if known is None else None
            # Neither: the same was sent twice at once, and the other one was quicker.
            question_id = made or known or await self._sent(repositories, principal, new)
            if question_id is None:
                raise NotFound
            row = await repositories.questions.find(question_id=question_id, viewer_id=principal.user_id)
        if row is None:
            raise NotFound
        view = await self._forum.show_question(row, principal)
        if made is not None:
            self._forum.publisher.publish(QuestionAsked(question_id=made, question=view))
        return PostedQuestion(view, duplicate=made is None)

    @staticmethod
    async def _insert(repositories: Repositories, principal: Principal, new: NewQuestion) -> int | None:
        if new.pseudonym is not None and await repositories.questions.is_name_of_somebody(
            new.pseudonym, asker_id=principal.user_id
        ):
            raise ValidationFailed(fields={"pseudonym": "name_of_somebody"})
        return await repositories.questions.insert(
            new.text,
            author_id=principal.user_id,
            pseudonym=new.pseudonym,
            client_message_id=new.client_message_id,
        )

    @staticmethod
    async def _sent(repositories: Repositories, principal: Principal, new: NewQuestion) -> int | None:
        """What this client id was used for already. Raises Conflict when that was something else."""
        if new.client_message_id is None:
            return None
        first = await repositories.questions.sent(author_id=principal.user_id, client_message_id=new.client_message_id)
        if first is None:
            return None
        asked = (new.text.title, new.text.body, list(new.text.tags), new.pseudonym)
        if (first.title, first.body, list(first.tags), first.pseudonym) != asked:
            raise Conflict(reason="client_id_reused")
        return first.id

    async def edit(self, principal: Principal, *, question_id: int, changes: QuestionChanges) -> QuestionView:
        """One's own; the earlier text is kept. Raises NotFound, Forbidden, ValidationFailed, Unavailable."""
        self._forum.require_on()
        if changes.body is not None:
            check_body(changes.body, self._forum.max_content_length)
        async with self._forum.unit_of_work.transaction() as repositories:
            locked = await self._forum.lock(repositories, question_id)
            if locked.author_id != principal.user_id:
                raise Forbidden(reason="not_own_post")
            before = present_question(
                await repositories.questions.find(question_id=question_id, viewer_id=principal.user_id)
            )
            edited = await repositories.questions.edit(
                QuestionText(
                    before.title if changes.title is None else changes.title,
                    before.body if changes.body is None else changes.body,
                    before.tags if changes.tags is None else changes.tags,
                ),
                question_id=question_id,
            )
            row = await repositories.questions.find(question_id=question_id, viewer_id=principal.user_id)
        view = await self._forum.show_question(present_question(row), principal)
        if edited:
            self._forum.publisher.publish(QuestionChanged(question_id=question_id, question=view))
        return view

    async def remove(self, principal: Principal, *, question_id: int) -> None:
        """One's own that nobody has answered: answers are not the asker's to remove.

        Raises NotFound, Forbidden, Conflict, Unavailable.
        """
        self._forum.require_on()
        async with self._forum.unit_of_work.transaction() as repositories:
            locked = await self._forum.lock(repositories, question_id)
            if locked.author_id != principal.user_id:
                raise Forbidden(reason="not_own_post")
            if locked.answer_count > 0:
                raise Conflict(reason="has_answers")
            await repositories.questions.remove(question_id=question_id, deleted_by=principal.user_id, reason=None)
            await self._forum.settle_points(repositories, question_id)
        self._forum.publisher.publish(QuestionChanged(question_id=question_id))

    async def get(self, principal: Principal, *, question_id: int) -> QuestionView:
        """Raises NotFound, Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            row = await repositories.questions.find(question_id=question_id, viewer_id=principal.user_id)
        return await self._forum.show_question(present_question(row), principal)

    async def page(
        self,
        principal: Principal,
        *,
        filters: QuestionFilter,
        sort: str,
        before: QuestionPosition | None,
        limit: int,
    ) -> QuestionPage:
        """Raises Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            rows = await repositories.questions.page(
                viewer_id=principal.user_id, filters=filters, sort=sort, before=before, limit=limit + 1
            )
        items = [self._forum.show_in_list(row, principal) for row in rows[:limit]]
        return QuestionPage(items, len(rows) > limit)

    async def versions(self, principal: Principal, *, question_id: int) -> Sequence[VersionRow]:
        """Earlier texts, for who wrote them and for administrators. Raises NotFound, Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            row = await repositories.questions.find(question_id=question_id, viewer_id=principal.user_id)
            if row is None or (row.deleted_at is not None and not principal.is_admin):
                raise NotFound
            if row.author_id != principal.user_id and not principal.is_admin:
                raise Forbidden(reason="not_own_post")
            return await repositories.questions.versions(question_id=question_id)

    async def change(self, *, question_id: int) -> int:
        """How far it has come, for who joins its room. Raises NotFound, Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            change = await repositories.questions.change(question_id=question_id)
        if change is None:
            raise NotFound
        return change

    def require_on(self) -> None:
        """For the room of the list. Raises Forbidden."""
        self._forum.require_on()

    async def tags(self, *, beginning: str, limit: int) -> Sequence[TagRow]:
        """Those used most. Raises Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            return await repositories.questions.tags(beginning=beginning, limit=limit)

    async def preview(self, *, body: str) -> str:
        """The HTML that this source would become. Raises Forbidden, ValidationFailed."""
        self._forum.require_on()
        check_body(body, self._forum.max_content_length)
        [html] = await self._forum.markdown.html([body])
        return html


def check_body(body: str, max_length: int) -> None:
    """`max_length` in code points; 0: no limit. Raises ValidationFailed."""
    if not body:
        raise ValidationFailed(fields={"body": "empty"})
    if max_length and len(body) > max_length:
        raise ValidationFailed(fields={"body": f"too_long:{max_length}"})
