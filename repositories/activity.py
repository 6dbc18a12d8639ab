"""Who wrote how much and how soon it was answered: counted beside the messages, read a person and a period at a time."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class Counted:
    """`step` None: nobody replied to anybody in what was looked at."""

    looked_at: int
    step: int | None
    replies: int | None


@dataclass(frozen=True, slots=True)
class ActivityRow:
    role: str
    first_day: datetime.date
    last_day: datetime.date
    sent: int
    received: int
    counted_until: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class StepTally:
    """Replies that took from 2^(step / 4) seconds to the next step."""

    step: int
    tally: int


@dataclass(frozen=True, slots=True)
class StateTally:
    status: str
    tally: int
    unread: int


@dataclass(frozen=True, slots=True)
class Tally:
    """`conversation_size`: conversations of 2^step messages and more. `last_day`: people who wrote last `step` days ago."""

    kind: str
    step: int
    tally: int


class ActivityRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def count(self, *, settle_seconds: float, most: int) -> list[Counted]:
        """Nothing: another node is counting."""
        return await self._statements.many("count_activity", Counted, settle_seconds=settle_seconds, most=most)

    async def of_user(self, *, user_id: int, days: int) -> ActivityRow | None:
        return await self._statements.one("find_activity", ActivityRow, user_id=user_id, days=days)

    async def reply_steps(self, *, user_id: int, days: int) -> list[StepTally]:
        return await self._statements.many("list_reply_steps", StepTally, user_id=user_id, days=days)

    async def states(self, *, user_id: int, kinds: Collection[str]) -> list[StateTally]:
        return await self._statements.many("list_conversation_states", StateTally, user_id=user_id, kinds=list(kinds))

    async def tallies(self) -> list[Tally]:
        return await self._statements.many("list_activity_tallies", Tally)
