"""Whom to tell of messages: decided late, from what is stored, once over all nodes.

A message that is still unread some seconds after it came gets a decision, due `delay` seconds after it was sent (urgent:
at once). Then: read meanwhile, nothing; on no device of its reader, told; on a device that is connected, told when
`idle` seconds went by without a look. A connection that died and has not been missed yet has marked nothing as
delivered, so it does not count. Nobody writes to these tables while a message is sent.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from repositories.notification_queue import DecisionRow, PutOff
from repositories.notifications import Inserted, NewNotification
from repositories.repositories import Repositories
from services.notifications import Notifications, Timing
from services.ports import OnlineLookup, UnitOfWork, WallClock

# Who looks at a message when it comes has read it by then, and needs no notification of what is urgent.
SETTLE_SECONDS = 5.0
OLDEST_SECONDS = 86400.0
LOOKED_AT_ONCE = 5000
DECIDED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Mark:
    """Ids are given before they are committed, and not in the order of the commits. `top`: the last id that was given when
    these writers were at it. Once all of them have ended, all up to it is there, or never will be.
    """

    top: int
    writers: frozenset[str]


class NotificationDecisions:
    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        notifications: Notifications,
        online: OnlineLookup,
        kinds: frozenset[str],
        timing: Timing,
        now: WallClock,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._notifications = notifications
        self._online = online
        self._kinds = kinds
        self._timing = timing
        self._now = now
        self._mark: _Mark | None = None

    async def look(self) -> bool:
        """At the next messages. Whether there may be more at once. Raises StorageUnavailable."""
        async with self._unit_of_work.transaction() as repositories:
            top = (await repositories.trail.tops()).message
            up_to = self._settled(top, await repositories.trail.writers())
            if up_to is None:
                return False
            seen = await repositories.notification_queue.await_unread(
                limit=LOOKED_AT_ONCE,
                up_to_id=up_to,
                settle=min(SETTLE_SECONDS, self._timing.delay),
                delay=self._timing.delay,
                oldest=OLDEST_SECONDS,
            )
            if seen is None:
                await repositories.notification_queue.start_looking()
        if seen != LOOKED_AT_ONCE:
            return False
        self._mark = _Mark(up_to, frozenset())
        return True

    def _settled(self, top: int, writers: frozenset[str]) -> int | None:
        """The id below which nothing can appear any more. None: not known yet."""
        mark = self._mark
        if not writers:
            self._mark = None
            return top
        if mark is None:
            self._mark = _Mark(top, writers)
            return None
        if mark.writers & writers:
            return None
        self._mark = _Mark(top, writers)
        return mark.top

    async def decide(self) -> bool:
        """What is due. Whether there may be more at once. Raises StorageUnavailable."""
        told: list[Inserted] = []
        try:
            async with self._unit_of_work.transaction() as repositories:
                rows = await repositories.notification_queue.take_decisions(limit=DECIDED_AT_ONCE, kinds=self._kinds)
                if rows:
                    told = await self._carry_out(repositories, rows)
        finally:
            # Also when the answer to COMMIT was lost: nothing is told of what was not stored after all.
            self._notifications.publish(told)
        return len(rows) == DECIDED_AT_ONCE

    async def _carry_out(self, repositories: Repositories, rows: Sequence[DecisionRow]) -> list[Inserted]:
        later = {row: due for row in rows if (due := self._later(row)) is not None}
        done = [row for row in rows if row not in later]
        if later:
            await repositories.notification_queue.put_off_decisions(list(later.values()))
        if not done:
            return []
        pairs = [(row.conversation_id, row.user_id) for row in done]
        await repositories.notification_queue.drop_decisions(pairs)
        new = [notification for row in done if (notification := _notification(row)) is not None]
        if not new:
            return []
        await repositories.notifications.close_read(pairs)
        return await self._notifications.add(repositories, new)

    def _later(self, row: DecisionRow) -> PutOff | None:
        """None: it is time."""
        if row.seq is None or row.sent_at is None:
            return None
        delay, idle = (datetime.timedelta(seconds=each) for each in (self._timing.delay, self._timing.idle))
        if row.overtaken and not row.urgent_count:
            # What it was about was read. What came since has the same time as any other message.
            return PutOff(row.conversation_id, row.user_id, row.seq, row.sent_at, row.sent_at + delay)
        at_hand = row.delivered and self._online.is_online(row.user_id)
        if at_hand and not row.urgent_count and self._now() < row.since + idle:
            return PutOff(row.conversation_id, row.user_id, None, row.since, row.since + idle)
        return None


def _notification(row: DecisionRow) -> NewNotification | None:
    """None: read by now, or muted."""
    if row.seq is None or (row.muted and not (row.urgent_count and row.urgent_always)):
        return None
    urgent = row.urgent_seq is not None
    return NewNotification(
        user_id=row.user_id,
        kind="urgent" if urgent else "new_message",
        conversation_id=row.conversation_id,
        up_to_seq=row.urgent_seq if urgent else row.seq,
        count=row.urgent_count if urgent else row.count,
        since=row.since,
    )
