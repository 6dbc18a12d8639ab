"""Looks at what was sent, decides and delivers, again and again; every node does, each piece of work is done by one."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from repositories.errors import StorageUnavailable
from services.notification_decisions import NotificationDecisions
from services.notification_deliveries import NotificationDeliveries
from services.notifications import Notifications
from services.tasks import end

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 2.0
SHORTEST_PAUSE = 0.1
# What is told by other services is gathered for so long.
MOMENT = 0.05
CLEAN_SECONDS = 3600.0


class NotificationWorker:
    """`pace`: the shortest time that anything has to wait for; days of 0 keep notifications for ever."""

    def __init__(
        self,
        *,
        notifications: Notifications,
        decisions: NotificationDecisions,
        deliveries: NotificationDeliveries,
        pace: float,
        days: int,
    ) -> None:
        self._notifications = notifications
        self._decisions = decisions
        self._deliveries = deliveries
        self._pause = min(max(pace / 4, SHORTEST_PAUSE), LONGEST_PAUSE)
        self._days = days
        self._next_clean = 0.0
        self._told = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        notifications.wake = self._told.set

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._flush(), name="notifications"),
            asyncio.create_task(self._repeat(self._decide), name="notification decisions"),
            asyncio.create_task(self._repeat(self._deliver), name="notification deliveries"),
        ]

    async def close(self) -> None:
        """What was told and not stored yet is stored, if the database is there."""
        await end(self._tasks)
        await self._guarded(self._notifications.flush)

    async def _flush(self) -> None:
        while True:
            await self._told.wait()
            self._told.clear()
            await asyncio.sleep(MOMENT)
            if not await self._guarded(self._notifications.flush):
                await asyncio.sleep(LONGEST_PAUSE)
                self._told.set()

    async def _repeat(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(self._pause)
            if not await self._guarded(work):
                await asyncio.sleep(LONGEST_PAUSE)

    async def _decide(self) -> None:
        for work in (self._decisions.look, self._decisions.decide):
            while await work():
                continue

    async def _deliver(self) -> None:
        while await self._deliveries.run():
            continue
        if self._days and time.monotonic() >= self._next_clean:
            gone = await self._notifications.forget_old(days=self._days)
            self._next_clean = time.monotonic() + (0.0 if gone else CLEAN_SECONDS)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Whether it went well."""
        try:
            await work()
        except StorageUnavailable:
            return False
        except Exception:
            log.exception("notifications_failed")
            return False
        return True
