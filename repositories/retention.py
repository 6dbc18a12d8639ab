"""Conversations that have been silent for long: archived, and at the end of their retention shredded."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class Looked:
    """`archived` just now; the last one of a window is there whatever became of it."""

    id: int
    archived: bool


@dataclass(frozen=True, slots=True)
class EndedRow:
    """`ended`: its retention is over; `held`: and yet it must be kept. The last one of a window is there in any case."""

    id: int
    kind: str
    message_count: int
    silent_since: datetime.datetime
    ended: bool
    held: bool


@dataclass(frozen=True, slots=True)
class RetainedRow:
    """`state`: due, held, soon, shredded, or none of them. The last one of a window is there whatever its state.

    `ends_at`: what is silent until then is due; None: it is kept for ever.
    """

    id: int
    kind: str
    message_count: int
    silent_since: datetime.datetime
    ends_at: datetime.datetime | None
    shredded_at: datetime.datetime | None
    state: str | None


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


class RetentionRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def archive(self, *, after_id: int, window: int, days: int) -> list[Looked]:
        return await self._statements.many("archive_silent", Looked, after_id=after_id, window=window, days=days)

    async def ended(self, *, after_id: int, window: int, days: Mapping[str, int]) -> list[EndedRow]:
        """`days` by kind; a kind that is not there is kept for ever."""
        return await self._statements.many(
            "list_ended", EndedRow, after_id=after_id, window=window, kinds=list(days), days=list(days.values())
        )

    async def look(
        self, *, after_id: int, window: int, days: Mapping[str, int], around: int, states: Collection[str], most: int
    ) -> list[RetainedRow]:
        """At most so many of a window. `around`: days before and after now that `shredded` and `soon` are about."""
        return await self._statements.many(
            "list_retention",
            RetainedRow,
            after_id=after_id,
            window=window,
            kinds=list(days),
            days=list(days.values()),
            around=around,
            states=list(states),
            most=most,
        )

    async def shred(self, *, conversation_id: int, days: int) -> bool:
        """False: a message or a hold came meanwhile, or somebody else was quicker."""
        return bool(await self._statements.value("shred_conversation", conversation_id=conversation_id, days=days))

    async def is_shredded(self, *, conversation_id: int) -> bool:
        """Inside a transaction only."""
        return await self._statements.value("lock_shredded", conversation_id=conversation_id) is not None

    async def to_empty(self, *, limit: int) -> list[int]:
        return [row.id for row in await self._statements.many("list_to_empty", _Id, limit=limit)]

    async def empty(self, *, conversation_id: int, after_seq: int, most: int) -> int | None:
        """The last seq it came to; None: all is empty. Inside a transaction only."""
        last_change = await self._statements.value("lock_shredded", conversation_id=conversation_id)
        if last_change is None:
            return None
        last: int | None = await self._statements.value(
            "empty_messages",
            conversation_id=conversation_id,
            after_seq=after_seq,
            most=most,
            last_change=last_change,
        )
        return last
