"""The way outside: push and e-mail, for what is still unread when its time has come.

A delivery is claimed for a while, sent outside of any transaction, and then done with: over several nodes it is sent once,
and once more only where a node died between the two.
"""

import asyncio
import datetime
from collections.abc import Callable

from repositories.notification_queue import DeliveryRow
from services.notification_ports import Letter, Mailer, Pusher, Sending, Signal
from services.notification_preferences import quiet_until
from services.notifications import Timing
from services.ports import OnlineLookup, UnitOfWork, WallClock

AT_ONCE = 20
# Longer than AT_ONCE deliveries can take, five at a time, each with the patience of its sender (15 s).
LEASE_SECONDS = 90.0
SENDERS = 5
MOST_ATTEMPTS = 8
FIRST_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 3600.0


class NotificationDeliveries:
    """Without a mailer or a pusher that way is not gone. `sent` is told the channel and how it went."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        mailer: Mailer | None,
        pusher: Pusher | None,
        online: OnlineLookup,
        kinds: frozenset[str],
        timing: Timing,
        now: WallClock,
        sent: Callable[[str, str], None],
    ) -> None:
        self._unit_of_work = unit_of_work
        self._mailer = mailer
        self._pusher = pusher
        self._online = online
        self._kinds = kinds
        self._timing = timing
        self._now = now
        self._sent = sent
        self._senders = asyncio.Semaphore(SENDERS)

    async def run(self) -> bool:
        """What is due. Whether there may be more at once. Raises StorageUnavailable."""
        async with self._unit_of_work.transaction() as repositories:
            rows = await repositories.notification_queue.claim(limit=AT_ONCE, lease=LEASE_SECONDS, kinds=self._kinds)
        # One that fails leaves the others alone; its lease brings it back.
        for outcome in await asyncio.gather(*(self._one(row) for row in rows), return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
        return len(rows) == AT_ONCE

    async def _one(self, row: DeliveryRow) -> None:
        async with self._senders:
            # Above MOST_ATTEMPTS is only what raised, or took its node with it, each time: it shall not come back for ever.
            if not row.wanted or not row.pending or row.attempts > MOST_ATTEMPTS:
                await self._finish(row)
            elif (later := self._later(row)) is not None:
                await self._put_off(row, later, attempts=0)
            else:
                outcome = await self._send(row)
                self._sent(row.channel, outcome.value)
                await self._settle(row, outcome)

    def _later(self, row: DeliveryRow) -> datetime.datetime | None:
        """None: now. Who has it on a connected device is told when they were idle for long enough."""
        now = self._now()
        if row.since is not None and row.delivered and self._online.is_online(row.user_id):
            idle_at = row.since + datetime.timedelta(seconds=self._timing.idle)
            if now < idle_at:
                return idle_at
        if row.urgent and row.urgent_always:
            return None
        return quiet_until(row.quiet_from, row.quiet_to, row.time_zone, now=now)

    async def _send(self, row: DeliveryRow) -> Sending:
        if self._mailer is not None and row.channel == "email" and row.email is not None:
            return await self._mailer.send(Letter(row.email, row.language, row.urgent))
        if self._pusher is not None and row.sealed is not None and row.notification_id is not None:
            return await self._pusher.send(row.sealed, Signal(row.notification_id, str(row.kind), row.urgent))
        return Sending.REFUSED

    async def _settle(self, row: DeliveryRow, outcome: Sending) -> None:
        if outcome is Sending.LATER and row.attempts < MOST_ATTEMPTS:
            pause = min(FIRST_PAUSE_SECONDS * 2 ** (row.attempts - 1), LONGEST_PAUSE_SECONDS)
            await self._put_off(row, self._now() + datetime.timedelta(seconds=pause), attempts=row.attempts)
            return
        if outcome is Sending.GONE:
            async with self._unit_of_work.transaction() as repositories:
                await repositories.push_subscriptions.delete(subscription_id=row.subscription_id, user_id=row.user_id)
        await self._finish(row)

    async def _finish(self, row: DeliveryRow) -> None:
        async with self._unit_of_work.transaction() as repositories:
            await repositories.notification_queue.finish(row)

    async def _put_off(self, row: DeliveryRow, due_at: datetime.datetime, *, attempts: int) -> None:
        async with self._unit_of_work.transaction() as repositories:
            await repositories.notification_queue.put_off(row, due_at=due_at, attempts=attempts)
