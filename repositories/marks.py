"""Watermarks: how far each participant received and read, and what is left unread."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class Moved:
    """`moved`: the watermark did. `unmarked`: the personal "unread" flag was taken off."""

    moved: bool
    unmarked: bool
    updated_count: int
    unread: int
    read_seq: int
    delivered_seq: int
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class UnreadTotal:
    user_id: int
    unread: int


class MarkRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def move(self, *, conversation_id: int, user_id: int, kind: str, up_to: int | None) -> Moved | None:
        """Never back. `kind` is read or delivered; `up_to` None means all. None: not a participant."""
        return await self._statements.one(
            "move_marks", Moved, conversation_id=conversation_id, user_id=user_id, kind=kind, up_to=up_to
        )

    async def unread_total(self, *, user_id: int, kinds: Collection[str]) -> int:
        return int(await self._statements.value("unread_total", user_id=user_id, kinds=list(kinds)))

    async def unread_totals(self, *, user_ids: Sequence[int], kinds: Collection[str]) -> list[UnreadTotal]:
        return await self._statements.many("unread_totals", UnreadTotal, user_ids=list(user_ids), kinds=list(kinds))
