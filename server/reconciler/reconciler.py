"""When a node looks again: at once when hints were lost, often while they are being lost, now and then always.

Rights are looked at more than once a second, whatever hints say.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence

import structlog

from repositories.errors import StorageUnavailable
from server.reconciler.rooms import RoomsCheck
from server.reconciler.sockets import ListsCheck, RightsCheck
from server.reconciler.told import Told
from server.reconciler.view import LocalView
from services.events import Fact
from services.ports import Clock, UnitOfWork
from services.tasks import end

log = structlog.get_logger(__name__)

ALWAYS_SECONDS = 15.0
# A right that was taken away acts within a second, also when a command or another program did it and sent no hint.
RIGHTS_SECONDS = 0.6
WHILE_AILING_SECONDS = 2.0
GLANCE_SECONDS = 0.25
ROOMS_AT_ONCE = 500
# How far back lists are looked at: covers what was under way when the last look was made.
OVERLAP_SECONDS = 10.0


class Reconciler:
    """`deliver` is the broadcaster's tell: it ignores message facts that were told, and asks `told` before marks.

    `others` look for themselves: called, and not waited for, at each look that is made because hints were or are being lost,
    with how many seconds it has to go back.
    """

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        view: LocalView,
        told: Told,
        deliver: Callable[[Fact], None],
        healthy: Callable[[], bool],
        kinds: frozenset[str],
        others: Callable[[float], None],
        clock: Clock = time.monotonic,
        always_seconds: float = ALWAYS_SECONDS,
        ailing_seconds: float = WHILE_AILING_SECONDS,
        rights_seconds: float = RIGHTS_SECONDS,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._view = view
        self._told = told
        self._healthy = healthy
        self._others = others
        self._clock = clock
        self._always_seconds = always_seconds
        self._ailing_seconds = ailing_seconds
        self._rights_seconds = rights_seconds
        self._last_glance = self._clock()
        self._rooms = RoomsCheck(view=view, told=told, deliver=deliver)
        self._rights = RightsCheck(view=view, kinds=kinds, deliver=deliver)
        self._lists = ListsCheck(view=view, deliver=deliver)
        self._wake = asyncio.Event()
        self._wanted: set[int] = set()
        self._lost = False
        self._last_pass = self._clock()
        self._lists_good_at = self._clock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._work(), name="reconciler")

    async def close(self) -> None:
        await end([self._task])

    def look_again(self, conversation_ids: Iterable[int]) -> None:
        """Soon, at these only."""
        self._wanted.update(conversation_ids)
        self._wake.set()

    def hints_lost(self, seconds: float = 0.0) -> None:
        """Look at everything, soon: for the bus's on_recovery, and for what was lost here so many seconds ago."""
        self._lost = True
        self._lists_good_at = min(self._lists_good_at, self._clock() - seconds)
        self._wake.set()

    async def run_once(self, *, hints_lost: bool) -> None:
        """One pass over all of this node. Raises StorageUnavailable."""
        started = self._clock()
        # Set at once: what is lost in the middle of it sets it back.
        good_at, self._lists_good_at = self._lists_good_at, started
        try:
            await self._look_at_all(hints_lost=hints_lost, seconds=started - good_at + OVERLAP_SECONDS)
        except BaseException:
            self._lists_good_at = min(self._lists_good_at, good_at)
            raise

    async def _look_at_all(self, *, hints_lost: bool, seconds: float) -> None:
        async with self._unit_of_work.reading() as repositories:
            await self._rights.run(repositories)
        rooms = list(self._view.rooms())
        self._told.keep_only(rooms)
        await self._look_at(rooms)
        if hints_lost:
            async with self._unit_of_work.reading() as repositories:
                await self._lists.run(repositories, seconds=seconds)
            self._others(seconds)

    async def glance_at_rights(self) -> None:
        """Who may listen and who may write, of all of this node; a few small statements. Raises StorageUnavailable."""
        async with self._unit_of_work.reading() as repositories:
            await self._rights.run(repositories)
            rooms = list(self._view.rooms())
            if rooms:
                await self._rooms.rights(repositories, rooms)

    async def _look_at(self, conversation_ids: Sequence[int]) -> None:
        for first in range(0, len(conversation_ids), ROOMS_AT_ONCE):
            async with self._unit_of_work.reading() as repositories:
                await self._rooms.run(repositories, conversation_ids[first : first + ROOMS_AT_ONCE])

    async def _work(self) -> None:
        while True:
            await self._pause()
            try:
                await self._due()
            except StorageUnavailable:
                log.warning("second_look_postponed", why="database out of reach")
                await asyncio.sleep(GLANCE_SECONDS)
            except Exception:
                log.exception("second_look_failed")

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(GLANCE_SECONDS):  # wait_for of Python 3.11 can swallow a cancellation
                await self._wake.wait()
        except TimeoutError:
            return

    async def _due(self) -> None:
        """Looks, if it is time to. What could not be done stays wanted."""
        self._wake.clear()
        waited = self._clock() - self._last_pass
        ailing = not self._healthy()
        if self._lost or waited >= (self._ailing_seconds if ailing else self._always_seconds):
            lost, self._lost = self._lost or ailing, False
            self._last_pass = self._clock()
            try:
                await self.run_once(hints_lost=lost)
            except StorageUnavailable:
                self._lost = self._lost or lost
                raise
        elif self._clock() - self._last_glance >= self._rights_seconds:
            self._last_glance = self._clock()
            await self.glance_at_rights()
        if self._wanted:
            wanted, self._wanted = self._wanted, set()
            here = set(self._view.rooms())
            try:
                await self._look_at(sorted(wanted & here))
            except StorageUnavailable:
                self._wanted |= wanted
                raise
