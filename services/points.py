"""One's own ledger of points, and who has most."""

from collections.abc import Sequence
from dataclasses import dataclass

from repositories.points import LeaderPosition, LeaderRow, PointRow
from services.forum import Forum
from services.principal import Principal

# Beyond it a rank is not counted.
MOST_AHEAD = 1_000


@dataclass(frozen=True, slots=True)
class Ledger:
    points: int
    items: Sequence[PointRow]
    more: bool


@dataclass(frozen=True, slots=True)
class Leader:
    rank: int
    row: LeaderRow


@dataclass(frozen=True, slots=True)
class MyRank:
    """`rank` None: without points, or far behind."""

    rank: int | None
    points: int


@dataclass(frozen=True, slots=True)
class Leaderboard:
    items: Sequence[Leader]
    next: LeaderPosition | None
    me: MyRank


class Points:
    def __init__(self, forum: Forum) -> None:
        self._forum = forum

    async def ledger(self, principal: Principal, *, before: int | None, limit: int) -> Ledger:
        """Latest first. Raises Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            rows = await repositories.points.ledger(user_id=principal.user_id, before=before, limit=limit + 1)
            total = await repositories.points.total(user_id=principal.user_id)
        return Ledger(total, rows[:limit], len(rows) > limit)

    async def leaders(
        self, principal: Principal, *, of_month: bool, before: LeaderPosition | None, limit: int
    ) -> Leaderboard:
        """Of this calendar month (UTC), or of all times. Raises Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            rows = await repositories.points.leaders(of_month=of_month, before=before, limit=limit + 1)
            mine = await repositories.points.standing(user_id=principal.user_id, of_month=of_month, most=MOST_AHEAD)
        first = before.rank + 1 if before else 1
        items = [Leader(first + place, row) for place, row in enumerate(rows[:limit])]
        more = len(rows) > limit
        next_page = LeaderPosition(items[-1].row.points, items[-1].row.user_id, items[-1].rank) if more else None
        if mine is None:
            return Leaderboard(items, next_page, MyRank(None, 0))
        ranked = mine.points > 0 and mine.ahead is not None
        return Leaderboard(items, next_page, MyRank((mine.ahead or 0) + 1 if ranked else None, mine.points))
