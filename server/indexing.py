"""When the search index is kept up: soon after a message, all of it after a start, and never at the cost of sends."""

import asyncio
import time
from collections.abc import Iterable

import structlog

from repositories.errors import StorageUnavailable
from services.events import (
    ConversationChanged,
    Fact,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ParticipantRemoved,
)
from services.ports import Clock
from services.search_indexer import CONVERSATIONS_AT_ONCE, RENEW_SECONDS, WINDOW, LeaseLost, SearchIndexer
from services.tasks import end

log = structlog.get_logger(__name__)

GLANCE_SECONDS = 0.2
# Hints can be lost, and commands of other processes send none: everything is looked at now and then.
SWEEP_SECONDS = 600.0
# With so many facts of any kind a second, here and at other nodes, who works with the system comes first.
BUSY_RATE = 50
BUSY_SHARE = 0.06
QUIET_SHARE = 0.4
# With so many messages a second the busy share would not follow either: what waits for the end of the storm may wait longer.
STORM_RATE = 500
STORM_SHARE = 0.02
MOST_WANTED = 50_000
_HINTS = frozenset({MessagePosted, MessageEdited, MessageDeleted, ParticipantRemoved, ConversationChanged})


class Pace:
    """Work is followed by a rest, so that it takes no more than a share of the time: a small one while much happens."""

    def __init__(self, *, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        # Facts, and those of them that give the index something to do, of the second that is running; then of the last one.
        self.heard = self.hinted = 0
        self._last_heard = self._last_hinted = 0.0
        self._since = clock()

    @property
    def share(self) -> float:
        now = self._clock()
        if (took := now - self._since) >= 1.0:
            self._last_heard, self._last_hinted = self.heard / took, self.hinted / took
            self.heard = self.hinted = 0
            self._since = now
        if max(self.hinted, self._last_hinted) >= STORM_RATE:
            return STORM_SHARE
        return BUSY_SHARE if max(self.heard, self._last_heard) >= BUSY_RATE else QUIET_SHARE

    async def rest(self, worked: float) -> None:
        await asyncio.sleep(worked * (1 / self.share - 1))


class Indexing:
    """Hears facts of this and the other nodes; one process of all works, the others wait to take over."""

    def __init__(
        self,
        *,
        indexer: SearchIndexer,
        pace: Pace,
        clock: Clock = time.monotonic,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        self._indexer = indexer
        self._pace = pace
        self._clock = clock
        self._sweep_seconds = sweep_seconds
        self._wanted: set[int] = set()
        self._sweep_at = 0.0
        self._lead_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self.leads = False

    @property
    def waiting(self) -> int:
        """Conversations that something is known of that is not in the index yet."""
        return len(self._wanted)

    @property
    def indexed(self) -> int:
        return self._indexer.indexed

    @property
    def unreadable(self) -> int:
        return self._indexer.unreadable

    def start(self) -> None:
        self._task = asyncio.create_task(self._work(), name="search indexing")

    async def close(self) -> None:
        await end([self._task])
        if self.leads:
            try:
                await self._indexer.retire()
            except StorageUnavailable:
                log.info("search_lease_left_to_end")

    def heard(self, fact: Fact) -> None:
        """On the way of each send: a look at the kind and an id in a set, no more."""
        if not self.leads:
            return
        self._pace.heard += 1
        if type(fact) in _HINTS:
            self._pace.hinted += 1
            self._wanted.add(fact.conversation_id)  # type: ignore[attr-defined]  # all of _HINTS have it

    async def _work(self) -> None:
        while True:
            await asyncio.sleep(GLANCE_SECONDS)
            try:
                await self.pass_once()
            except LeaseLost:
                self._stand_back()
            except StorageUnavailable:
                log.warning("search_indexing_postponed", why="database out of reach")
                await asyncio.sleep(GLANCE_SECONDS * 5)
            except Exception:
                log.exception("search_indexing_failed")
                await asyncio.sleep(GLANCE_SECONDS * 5)

    async def pass_once(self) -> None:
        """Everything that is due now. Raises LeaseLost, StorageUnavailable."""
        await self._lead()
        if not self.leads:
            return
        await self._index_wanted()
        if self._clock() >= self._sweep_at:
            await self._sweep()
            self._sweep_at = self._clock() + self._sweep_seconds

    async def _lead(self) -> None:
        if self._clock() < self._lead_at:
            return
        self._lead_at = self._clock() + RENEW_SECONDS
        leads = await self._indexer.lead()
        if leads and not self.leads:
            self._sweep_at = 0.0  # what was heard before was somebody else's
        self.leads = leads
        if not leads:
            self._stand_back()

    def _stand_back(self) -> None:
        self.leads = False
        self._wanted.clear()

    async def _sweep(self) -> None:
        last = await self._indexer.last_conversation_id()
        for after in range(0, last, WINDOW):
            await self._lead()
            behind = await self._indexer.behind(after)
            while behind:
                self._wanted.update(behind[:CONVERSATIONS_AT_ONCE])
                behind = behind[CONVERSATIONS_AT_ONCE:]
                await self._index_wanted()

    async def _index_wanted(self) -> None:
        """What is heard meanwhile waits for the next time: one that is written in all the time must not hold up others."""
        wanted, self._wanted = sorted(self._wanted), set()
        while wanted:
            await self._lead()
            batch, wanted = wanted[:CONVERSATIONS_AT_ONCE], wanted[CONVERSATIONS_AT_ONCE:]
            try:
                wanted = sorted(await self._index(batch)) + wanted
            except (LeaseLost, StorageUnavailable):
                self._want([*batch, *wanted])
                raise

    async def _index(self, batch: list[int]) -> set[int]:
        """One that fails must not keep the others from being indexed; the next sweep finds it again."""
        try:
            return await self._indexer.index(batch)
        except (LeaseLost, StorageUnavailable):
            raise
        except Exception:
            if len(batch) == 1:
                log.exception("search_conversation_not_indexed", conversation_id=batch[0])
                return set()
        left_over = set[int]()
        for conversation_id in batch:
            left_over |= await self._index([conversation_id])
        return left_over

    def _want(self, conversation_ids: Iterable[int]) -> None:
        self._wanted.update(conversation_ids)
        if len(self._wanted) > MOST_WANTED:
            self._wanted.clear()
            self._sweep_at = 0.0
