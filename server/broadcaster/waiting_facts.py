"""Facts that need a look in the database before they are told: one look after the other, outside the way of any answer.

Some are told to lists, which nobody looks at again while hints are heard: so they are kept while the database is out of reach.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple

import structlog

from repositories.errors import StorageUnavailable
from services.events import Fact
from services.ports import Clock
from services.tasks import end

log = structlog.get_logger(__name__)

# Facts that may wait; beyond it the reconciler does it in one go.
MAX_WAITING = 10_000
BATCH = 500
PAUSE_WHILE_AWAY = 1.0
# Longer than the database may be away; but what it never has an answer for must not be asked for ever.
KEPT_SECONDS = 120.0


class Look(NamedTuple):
    """One look, and whom it is for. May be done again after it raised StorageUnavailable."""

    facts: Sequence[Fact]
    tell: Callable[[], Awaitable[None]]


class _Waiting(NamedTuple):
    fact: Fact
    since: float


class WaitingFacts:
    """`looks`: what has to be looked up for these facts. `lost`: some will never be told, the oldest of so many seconds ago;
    called when nothing waits any more, so that what tells them after all has room.
    """

    def __init__(
        self,
        looks: Callable[[Sequence[Fact]], Iterable[Look]],
        *,
        lost: Callable[[float], None],
        most: int = MAX_WAITING,
        clock: Clock = time.monotonic,
        pause: float = PAUSE_WHILE_AWAY,
    ) -> None:
        self._looks = looks
        self._clock = clock
        self._pause = pause
        self._lost = lost
        self._lost_since: float | None = None
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(most)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._work(), name="broadcaster")

    async def close(self) -> None:
        await end([self._task])

    def add(self, fact: Fact) -> None:
        """Never raises and never waits."""
        self._put(_Waiting(fact, self._clock()))

    def _put(self, waiting: _Waiting) -> None:
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            log.warning("broadcast_queue_full", fact=type(waiting.fact).__name__)
            self._lose(waiting)

    def _lose(self, waiting: _Waiting) -> None:
        self._lost_since = waiting.since if self._lost_since is None else min(self._lost_since, waiting.since)

    async def _work(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty() and len(batch) < BATCH:
                batch.append(self._queue.get_nowait())
            if untold := await self._tell([waiting.fact for waiting in batch]):
                log.warning("broadcast_postponed", facts=len(untold), why="database out of reach")
                await asyncio.sleep(self._pause)
                self._put_back(batch, untold)
            if self._lost_since is not None and self._queue.empty():
                since, self._lost_since = self._lost_since, None
                self._lost(self._clock() - since)

    async def _tell(self, facts: Sequence[Fact]) -> list[Fact]:
        """Those for which the database had no answer."""
        untold: list[Fact] = []
        for look in self._looks(facts):
            try:
                await look.tell()
            except StorageUnavailable:
                untold += look.facts
            except Exception:
                log.exception("broadcast_failed", facts=len(look.facts))
        return untold

    def _put_back(self, batch: Sequence[_Waiting], untold: Sequence[Fact]) -> None:
        """Behind what came meanwhile: each look tells what is so now."""
        ours = {id(fact) for fact in untold}
        for waiting in batch:
            if id(waiting.fact) not in ours:
                continue
            if self._clock() - waiting.since < KEPT_SECONDS:
                self._put(waiting)
            else:
                log.error("broadcast_given_up", fact=type(waiting.fact).__name__)
                self._lose(waiting)
