"""Reports of members, and what administrators do about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from repositories.reports import REMOVED, ReportRow
from repositories.repositories import Repositories
from repositories.users import UserRow
from services.errors import Conflict, NotFound
from services.events import AnswerChanged, Fact, QuestionChanged
from services.forum import Forum
from services.principal import Principal


@dataclass(frozen=True, slots=True)
class Reported:
    """`created` False: this person had reported it, and nobody has looked yet."""

    report_id: int
    created: bool


@dataclass(frozen=True, slots=True)
class ReportPage:
    items: Sequence[ReportRow]
    next: int | None


class Moderation:
    """The boundary puts all of it on the trail; who may moderate is asked there, too."""

    def __init__(self, forum: Forum) -> None:
        self._forum = forum

    async def report_question(
        self, principal: Principal, *, question_id: int, reason: str, details: str | None
    ) -> Reported:
        """Raises NotFound, Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.transaction() as repositories:
            await self._forum.lock(repositories, question_id)
            return await _report(repositories, principal, question_id, None, reason, details)

    async def report_answer(
        self, principal: Principal, *, answer_id: int, reason: str, details: str | None
    ) -> Reported:
        """Raises NotFound, Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.transaction() as repositories:
            locked, _ = await self._forum.lock_of_answer(repositories, answer_id)
            return await _report(repositories, principal, locked.id, answer_id, reason, details)

    async def reports(self, *, settled: bool, before: int | None, limit: int) -> ReportPage:
        """Latest first. Raises Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            rows = await repositories.reports.page(settled=settled, before=before, limit=limit + 1)
        return ReportPage(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)

    async def settle(self, principal: Principal, *, report_id: int, decision: str, note: str | None) -> ReportRow:
        """For all open reports of that text. Raises NotFound, Conflict (settled before), Forbidden, Unavailable."""
        self._forum.require_on()
        facts: list[Fact] = []
        async with self._forum.unit_of_work.transaction() as repositories:
            place = await repositories.reports.place(report_id=report_id)
            if place is None:
                raise NotFound
            await self._forum.lock(repositories, place.question_id, removed_too=True)
            place = await repositories.reports.place(report_id=report_id)
            if place is None or place.settled:
                raise Conflict(reason="report_settled")
            if decision == REMOVED:
                facts = await self._remove(repositories, principal, place.question_id, place.answer_id, note)
            await repositories.reports.settle(
                question_id=place.question_id,
                answer_id=place.answer_id,
                settled_by=principal.user_id,
                decision=decision,
                note=note,
            )
            report = await repositories.reports.find(report_id=report_id)
        self._publish(facts)
        if report is None:  # reports are never removed
            raise NotFound
        return report

    async def moderate_question(self, principal: Principal, *, question_id: int, removed: bool, reason: str) -> None:
        """Remove or restore; what is so already stays. Raises NotFound, Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.transaction() as repositories:
            await self._forum.lock(repositories, question_id, removed_too=True)
            facts = await self._set(repositories, principal, question_id, None, removed=removed, reason=reason)
        self._publish(facts)

    async def moderate_answer(self, principal: Principal, *, answer_id: int, removed: bool, reason: str) -> None:
        """As `moderate_question`."""
        self._forum.require_on()
        async with self._forum.unit_of_work.transaction() as repositories:
            locked, _ = await self._forum.lock_of_answer(repositories, answer_id, removed_too=True)
            facts = await self._set(repositories, principal, locked.id, answer_id, removed=removed, reason=reason)
        self._publish(facts)

    async def author(self, *, question_id: int) -> UserRow:
        """Who really asked. Raises NotFound, Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            row = await repositories.questions.find(question_id=question_id, viewer_id=0)
            user = None if row is None else await repositories.users.find(user_id=row.author_id)
        if user is None:
            raise NotFound
        return user

    async def _set(
        self,
        repositories: Repositories,
        principal: Principal,
        question_id: int,
        answer_id: int | None,
        *,
        removed: bool,
        reason: str,
    ) -> list[Fact]:
        if removed:
            facts = await self._remove(repositories, principal, question_id, answer_id, reason)
            await repositories.reports.settle(
                question_id=question_id,
                answer_id=answer_id,
                settled_by=principal.user_id,
                decision=REMOVED,
                note=reason,
            )
            return facts
        if answer_id is None:
            restored = await repositories.questions.restore(question_id=question_id)
        else:
            restored = await repositories.answers.restore(question_id=question_id, answer_id=answer_id)
        return await self._settled(repositories, question_id, answer_id, changed=restored)

    async def _remove(
        self,
        repositories: Repositories,
        principal: Principal,
        question_id: int,
        answer_id: int | None,
        reason: str | None,
    ) -> list[Fact]:
        by = principal.user_id
        if answer_id is None:
            removed = await repositories.questions.remove(question_id=question_id, deleted_by=by, reason=reason)
        else:
            removed = await repositories.answers.remove(
                question_id=question_id, answer_id=answer_id, deleted_by=by, reason=reason
            )
        return await self._settled(repositories, question_id, answer_id, changed=removed)

    async def _settled(
        self, repositories: Repositories, question_id: int, answer_id: int | None, *, changed: bool
    ) -> list[Fact]:
        """Points follow; what is to be told after COMMIT."""
        if not changed:
            return []
        await self._forum.settle_points(repositories, question_id)
        if answer_id is None:
            return [QuestionChanged(question_id=question_id)]
        return [AnswerChanged(question_id=question_id, answer_id=answer_id)]

    def _publish(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self._forum.publisher.publish(fact)


async def _report(
    repositories: Repositories,
    principal: Principal,
    question_id: int,
    answer_id: int | None,
    reason: str,
    details: str | None,
) -> Reported:
    """Under the lock of the question, so that the open one is there when there was one."""
    me = principal.user_id
    made = await repositories.reports.insert(
        question_id=question_id, answer_id=answer_id, reporter_id=me, reason=reason, details=details
    )
    if made is not None:
        return Reported(made, created=True)
    known = await repositories.reports.open_one(question_id=question_id, answer_id=answer_id, reporter_id=me)
    if known is None:
        raise NotFound
    return Reported(known, created=False)
