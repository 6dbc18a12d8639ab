"""Has messages counted, now and then and never for long: what it takes is a tenth of one core of the database at most."""

import asyncio
import time

import structlog

from repositories.errors import OutcomeUnknown, StorageUnavailable
from services.activity_counting import ActivityCounting
from services.tasks import end

log = structlog.get_logger(__name__)

IDLE_SECONDS = 10.0
# For each second of counting so many of rest.
REST = 9.0


class Statistician:
    def __init__(self, counting: ActivityCounting, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._counting = counting
        self._idle_seconds = idle_seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._work(), name="statistician")

    async def close(self) -> None:
        await end([self._task])

    async def _work(self) -> None:
        while True:
            rest = await self._rest()
            await asyncio.sleep(rest)

    async def _rest(self) -> float:
        """Works, and says for how long to rest after it."""
        started = time.monotonic()
        try:
            if await self._counting.step():
                return (time.monotonic() - started) * REST
            await self._counting.look()
        except (StorageUnavailable, OutcomeUnknown):
            log.warning("counting_postponed", why="database out of reach")
        except Exception:
            log.exception("counting_failed")
        return self._idle_seconds
