"""Sessions: rows of logins."""

import datetime
from dataclasses import dataclass
from uuid import UUID

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class LockedSession:
    """`in_grace`: the refresh token before the current one may still be shown."""

    id: UUID
    user_id: int
    generation: int
    ended: bool
    expired: bool
    in_grace: bool


@dataclass(frozen=True, slots=True)
class SessionRow:
    id: UUID
    created_at: datetime.datetime
    last_used_at: datetime.datetime
    expires_at: datetime.datetime
    address: str | None
    device: str | None


class SessionRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def insert(
        self,
        *,
        session_id: UUID,
        user_id: int,
        password_hash: str | None,
        seconds: float,
        address: str | None,
        device: str,
    ) -> bool:
        """False when the user is disabled or gone, or `password_hash` (None: do not look) is no longer theirs."""
        made = await self._statements.value(
            "insert_session",
            session_id=session_id,
            user_id=user_id,
            password_hash=password_hash,
            seconds=seconds,
            address=address,
            device=device,
        )
        return made is not None

    async def lock(self, *, session_id: UUID, grace: float) -> LockedSession | None:
        """Inside a transaction only."""
        return await self._statements.one("lock_session", LockedSession, session_id=session_id, grace=grace)

    async def rotate(self, *, session_id: UUID, seconds: float) -> None:
        await self._statements.run("rotate_session", session_id=session_id, seconds=seconds)

    async def page(self, *, user_id: int, before: UUID | None, limit: int) -> list[SessionRow]:
        """Those that are alive, latest first."""
        return await self._statements.many("list_sessions", SessionRow, user_id=user_id, before=before, limit=limit)

    async def end(self, *, session_id: UUID, user_id: int, reason: str) -> bool:
        """False when it is not this user's or over already."""
        ended = await self._statements.value("end_session", session_id=session_id, user_id=user_id, reason=reason)
        return ended is not None

    async def end_all(self, *, user_id: int, except_id: UUID | None = None, reason: str) -> tuple[str, ...]:
        """The ids of those that ended."""
        rows = await self._statements.many("end_sessions", _Ended, user_id=user_id, except_id=except_id, reason=reason)
        return tuple(str(row.id) for row in rows)


@dataclass(frozen=True, slots=True)
class _Ended:
    id: UUID
