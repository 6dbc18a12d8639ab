"""Legal holds as rows: never removed, only released."""

import datetime
from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class HoldRow:
    """On a conversation, or on all of a person."""

    id: int
    conversation_id: int | None
    user_id: int | None
    reason: str
    placed_by: str
    placed_at: datetime.datetime
    release_reason: str | None
    released_by: str | None
    released_at: datetime.datetime | None


class LegalHoldRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def place(
        self, *, conversation_id: int | None, user_id: int | None, reason: str, placed_by: str
    ) -> HoldRow | None:
        """Raises ConstraintViolated for what does not exist."""
        return await self._statements.one(
            "place_hold",
            HoldRow,
            conversation_id=conversation_id,
            user_id=user_id,
            reason=reason,
            placed_by=placed_by,
        )

    async def release(self, *, hold_id: int, reason: str, released_by: str) -> HoldRow | None:
        return await self._statements.one(
            "release_hold", HoldRow, hold_id=hold_id, reason=reason, released_by=released_by
        )

    async def page(self, *, before_id: int | None, with_released: bool, limit: int) -> list[HoldRow]:
        """Latest first."""
        return await self._statements.many(
            "list_holds", HoldRow, before_id=before_id, with_released=with_released, limit=limit
        )
