"""Points: an append-only ledger, and its sums."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class PointRow:
    id: int
    kind: str
    amount: int
    question_id: int
    answer_id: int | None
    at: datetime.datetime
    question_title: str | None


@dataclass(frozen=True, slots=True)
class LeaderRow:
    user_id: int
    name: str
    role: str
    points: int


@dataclass(frozen=True, slots=True)
class LeaderPosition:
    """`rank`: of the last one of the page before."""

    points: int
    user_id: int
    rank: int


@dataclass(frozen=True, slots=True)
class Standing:
    """`ahead`: how many have more; None when they are too many to count."""

    points: int
    ahead: int | None


class PointRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def settle(self, *, question_id: int, actor_id: int | None, amounts: Mapping[str, int]) -> None:
        """Book what is due by now and take back what is not, of one person's doings or of all in that question.

        Inside a transaction that locked the question. What was booked before at another amount stays.
        """
        await self._statements.run(
            "settle_points",
            question_id=question_id,
            actor_id=actor_id,
            kinds=list(amounts),
            amounts=list(amounts.values()),
        )

    async def ledger(self, *, user_id: int, before: int | None, limit: int) -> list[PointRow]:
        return await self._statements.many("list_points", PointRow, user_id=user_id, before=before, limit=limit)

    async def total(self, *, user_id: int) -> int:
        return int(await self._statements.value("find_points", user_id=user_id) or 0)

    async def leaders(self, *, of_month: bool, before: LeaderPosition | None, limit: int) -> list[LeaderRow]:
        return await self._statements.many(
            "list_leaders",
            LeaderRow,
            of_month=of_month,
            before_points=before.points if before else None,
            before_id=before.user_id if before else None,
            limit=limit,
        )

    async def standing(self, *, user_id: int, of_month: bool, most: int) -> Standing | None:
        """None for who has no points; `most`: no more than these are counted."""
        return await self._statements.one(
            "find_standing_of_points", Standing, user_id=user_id, of_month=of_month, most=most
        )
