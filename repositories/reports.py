"""What members report of the forum, and what became of it."""

import datetime
from dataclasses import dataclass

from repositories.statements import Statements

REASONS = ("spam", "abuse", "privacy", "dangerous", "other")
REMOVED, DISMISSED = DECISIONS = ("removed", "dismissed")


@dataclass(frozen=True, slots=True)
class ReportPlace:
    question_id: int
    answer_id: int | None
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """With the text as it stands now, also when it was removed."""

    id: int
    question_id: int
    answer_id: int | None
    reason: str
    details: str | None
    reporter_id: int
    reporter_name: str
    title: str
    body: str
    removed: bool
    created_at: datetime.datetime
    settled_at: datetime.datetime | None
    decision: str | None
    note: str | None

    @property
    def itself(self) -> "ReportRow":
        """For presenters that nest parts of it under a name."""
        return self


class ReportRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def insert(
        self, *, question_id: int, answer_id: int | None, reporter_id: int, reason: str, details: str | None
    ) -> int | None:
        """None when this person has reported it and nobody has looked yet."""
        made: int | None = await self._statements.value(
            "insert_report",
            question_id=question_id,
            answer_id=answer_id,
            reporter_id=reporter_id,
            reason=reason,
            details=details,
        )
        return made

    async def open_one(self, *, question_id: int, answer_id: int | None, reporter_id: int) -> int | None:
        found: int | None = await self._statements.value(
            "find_open_report", question_id=question_id, answer_id=answer_id, reporter_id=reporter_id
        )
        return found

    async def place(self, *, report_id: int) -> ReportPlace | None:
        return await self._statements.one("find_report_place", ReportPlace, report_id=report_id)

    async def settle(
        self, *, question_id: int, answer_id: int | None, settled_by: int, decision: str, note: str | None
    ) -> None:
        """All open ones of that text."""
        await self._statements.run(
            "settle_reports",
            question_id=question_id,
            answer_id=answer_id,
            settled_by=settled_by,
            decision=decision,
            note=note,
        )

    async def find(self, *, report_id: int) -> ReportRow | None:
        rows = await self._list(report_id, settled=False, before=None, limit=1)
        return rows[0] if rows else None

    async def page(self, *, settled: bool, before: int | None, limit: int) -> list[ReportRow]:
        return await self._list(None, settled=settled, before=before, limit=limit)

    async def _list(self, report_id: int | None, *, settled: bool, before: int | None, limit: int) -> list[ReportRow]:
        return await self._statements.many(
            "list_reports", ReportRow, report_id=report_id, settled=settled, before=before, limit=limit
        )
