"""What all services of the forum stand on: whether it is on, how things are shown, and the lock of a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from repositories.answers import AnswerPlace, AnswerRow
from repositories.questions import LockedQuestion, QuestionRow
from repositories.repositories import Repositories
from services.errors import Forbidden, NotFound
from services.forum_ports import Markdown
from services.forum_view import EXCERPT, AnswerView, QuestionView
from services.ports import Publisher, UnitOfWork
from services.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Forum:
    """`amounts`: the points of each kind of the ledger."""

    unit_of_work: UnitOfWork
    publisher: Publisher
    markdown: Markdown
    on: bool
    amounts: Mapping[str, int]
    max_content_length: int

    def require_on(self) -> None:
        """Raises Forbidden."""
        if not self.on:
            raise Forbidden(reason="forum_off")

    async def lock(self, repositories: Repositories, question_id: int, *, removed_too: bool = False) -> LockedQuestion:
        """Nothing else happens to the question until the transaction ends. Raises NotFound."""
        locked = await repositories.questions.lock(question_id=question_id)
        if locked is None or (locked.deleted and not removed_too):
            raise NotFound
        return locked

    async def lock_of_answer(
        self, repositories: Repositories, answer_id: int, *, removed_too: bool = False
    ) -> tuple[LockedQuestion, AnswerPlace]:
        """The question of that answer, and the answer as it is under the lock. Raises NotFound."""
        place = await self._place(repositories, answer_id)
        locked = await self.lock(repositories, place.question_id, removed_too=removed_too)
        place = await self._place(repositories, answer_id)
        if place.deleted and not removed_too:
            raise NotFound
        return locked, place

    async def settle_points(self, repositories: Repositories, question_id: int, *, actor_id: int | None = None) -> None:
        """Under the lock: the ledger follows what is so now, for one person's doings or for the whole question."""
        await repositories.points.settle(question_id=question_id, actor_id=actor_id, amounts=self.amounts)

    async def show_question(self, row: QuestionRow, viewer: Principal | None) -> QuestionView:
        """Whole. A removed one says nothing."""
        if row.deleted_at is not None:
            return QuestionView(row, viewer)
        [html] = await self.markdown.html([row.body])
        return QuestionView(row, viewer, excerpt=self._excerpt(row), body_html=html)

    def show_in_list(self, row: QuestionRow, viewer: Principal | None) -> QuestionView:
        return QuestionView(row, viewer, excerpt=self._excerpt(row))

    async def show_answers(self, rows: Sequence[AnswerRow], viewer: Principal | None) -> list[AnswerView]:
        there = [row for row in rows if row.deleted_at is None]
        html = dict(zip((row.id for row in there), await self.markdown.html([row.body for row in there]), strict=True))
        return [AnswerView(row, viewer, html.get(row.id, "")) for row in rows]

    def _excerpt(self, row: QuestionRow) -> str:
        return self.markdown.plain(row.body[: EXCERPT * 3])[:EXCERPT]

    @staticmethod
    async def _place(repositories: Repositories, answer_id: int) -> AnswerPlace:
        place = await repositories.answers.place(answer_id=answer_id)
        if place is None:
            raise NotFound
        return place


def present_question(row: QuestionRow | None) -> QuestionRow:
    """One that is there. Raises NotFound."""
    if row is None or row.deleted_at is not None:
        raise NotFound
    return row


def present_answer(row: AnswerRow | None) -> AnswerRow:
    """One that is there. Raises NotFound."""
    if row is None or row.deleted_at is not None:
        raise NotFound
    return row
