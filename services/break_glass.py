"""Administrators do not read conversations. In an emergency one can: for a while, with a reason that the patient sees."""

import datetime
from dataclasses import dataclass

from repositories.notifications import Inserted, NewNotification
from repositories.repositories import Repositories
from services.errors import Forbidden, NotFound
from services.history import HistoryPage
from services.message_view import MessageOpener
from services.notifications import Notifications
from services.ports import UnitOfWork
from services.principal import Principal

MINUTES = 60


@dataclass(frozen=True, slots=True)
class BrokenGlass:
    conversation_id: int
    reason: str
    until: datetime.datetime


@dataclass(frozen=True, slots=True)
class EmergencyPage:
    page: HistoryPage
    reason: str


class BreakGlass:
    """Only for administrators: the boundary sees to that."""

    def __init__(self, *, unit_of_work: UnitOfWork, opener: MessageOpener, notifications: Notifications) -> None:
        self._unit_of_work = unit_of_work
        self._opener = opener
        self._notifications = notifications

    async def open(self, principal: Principal, *, conversation_id: int, reason: str) -> BrokenGlass:
        """For MINUTES from now; all whose conversation it is are told. Raises NotFound, Unavailable."""
        told: list[Inserted] = []
        try:
            async with self._unit_of_work.transaction() as repositories:
                until = await repositories.trail.break_glass(
                    conversation_id=conversation_id, user_id=principal.user_id, reason=reason, minutes=MINUTES
                )
                if until is None:
                    raise NotFound
                told = await self._notify(repositories, conversation_id, principal.user_id)
        finally:
            # Also when the answer to COMMIT was lost: nothing is told of what was not stored after all.
            self._notifications.publish(told)
        return BrokenGlass(conversation_id, reason, until)

    async def _notify(self, repositories: Repositories, conversation_id: int, opener_id: int) -> list[Inserted]:
        """Stored together with the opening: there is no one without the other."""
        participants = await repositories.conversations.participants([conversation_id])
        return await self._notifications.add(
            repositories,
            [
                NewNotification(
                    user_id=participant.user_id,
                    kind="conversation_opened",
                    conversation_id=conversation_id,
                    actor_id=opener_id,
                )
                for participant in participants
                if participant.left_at is None
            ],
        )

    async def read(
        self, principal: Principal, *, conversation_id: int, before_seq: int | None, limit: int
    ) -> EmergencyPage:
        """Marks nothing, joins nothing. Raises NotFound, Forbidden (the glass is whole), Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            if not await repositories.conversations.exists(conversation_id=conversation_id):
                raise NotFound
            reason = await repositories.trail.broken_glass(conversation_id=conversation_id, user_id=principal.user_id)
            if reason is None:
                raise Forbidden(reason="glass_whole")
            rows = await repositories.messages.before(
                conversation_id=conversation_id, before_seq=before_seq, limit=limit + 1
            )
        page = rows[-limit:]
        has_more = len(rows) > limit
        return EmergencyPage(
            HistoryPage(self._opener.open_all(page), has_more, page[0].seq if has_more else None), reason
        )
