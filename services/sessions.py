"""The sessions of a user: listed and ended by their owner, or by an administrator."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from repositories.sessions import SessionRow
from services.errors import NotFound
from services.events import SessionsEnded
from services.ports import Publisher, UnitOfWork
from services.principal import Principal


@dataclass(frozen=True, slots=True)
class SessionView:
    """`current`: the one of the caller's token."""

    row: SessionRow
    current: bool


@dataclass(frozen=True, slots=True)
class SessionPage:
    items: Sequence[SessionView]
    next: str | None


class Sessions:
    def __init__(self, *, unit_of_work: UnitOfWork, publisher: Publisher) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher

    async def page(self, principal: Principal, *, before: UUID | None, limit: int) -> SessionPage:
        """The caller's own. Raises Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.sessions.page(user_id=principal.user_id, before=before, limit=limit + 1)
        return _page(rows, limit, principal.session_id)

    async def page_of(self, principal: Principal, *, user_id: int, before: UUID | None, limit: int) -> SessionPage:
        """Of any user, for administrators. Raises NotFound, Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            if await repositories.users.find(user_id=user_id) is None:
                raise NotFound
            rows = await repositories.sessions.page(user_id=user_id, before=before, limit=limit + 1)
        return _page(rows, limit, principal.session_id)

    async def end(self, *, user_id: int, session_id: UUID, reason: str) -> None:
        """Raises NotFound when it is not this user's or over already, Unavailable."""
        async with self._unit_of_work.transaction() as repositories:
            ended = await repositories.sessions.end(session_id=session_id, user_id=user_id, reason=reason)
        if not ended:
            raise NotFound
        self._publisher.publish(SessionsEnded(user_id=user_id, session_ids=(str(session_id),)))

    async def end_all(self, *, user_id: int, reason: str) -> int:
        """How many ended. Whatever the user has open is closed, with tokens of a host too: these have no session and stay good
        until they expire. Raises NotFound for an unknown user, Unavailable."""
        async with self._unit_of_work.transaction() as repositories:
            if await repositories.users.lock(user_id=user_id) is None:
                raise NotFound
            ended = await repositories.sessions.end_all(user_id=user_id, reason=reason)
        self._publisher.publish(SessionsEnded(user_id=user_id, session_ids=None))
        return len(ended)


def _page(rows: Sequence[SessionRow], limit: int, current: str | None) -> SessionPage:
    items = [SessionView(row, str(row.id) == current) for row in rows[:limit]]
    return SessionPage(items, str(items[-1].row.id) if len(rows) > limit else None)
