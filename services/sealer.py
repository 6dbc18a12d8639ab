"""Chains what is new on the trail. Any node may do it; a lock in the database lets one at a time.

Numbers are given out before rows can be seen, and not in the order of the commits. So what is sealed goes up to a number that
was the last one given out at some moment, once all transactions have ended that were writing at that moment: below it
nothing can appear any more.
"""

import asyncio
import datetime
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from repositories.errors import StorageUnavailable
from repositories.trail import CHAINS, Head, Tops, TrailRepository
from services.ports import UnitOfWork
from services.tasks import end
from services.trail_chain import sealed
from services.trail_ports import Anchor

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 0.7
BLOCK_ROWS = 1000
BLOCKS_A_ROUND = 8


@dataclass(frozen=True, slots=True)
class _Mark:
    """`tops`: the last numbers given out when these writers were at it."""

    tops: Tops
    writers: frozenset[str]


class Sealer:
    """`round` is for tests and commands too; two rounds seal all that was committed before the first."""

    def __init__(self, *, unit_of_work: UnitOfWork, anchor: Anchor, now: Callable[[], datetime.datetime]) -> None:
        self._unit_of_work = unit_of_work
        self._anchor = anchor
        self._now = now
        self._mark: _Mark | None = None
        # Chain → the head that the anchor would not take: it may be the last one for long.
        self._unanchored: dict[str, Head] = {}
        self._task: asyncio.Task[None] | None = None
        self.troubles = 0

    def start(self) -> None:
        self._task = asyncio.create_task(self._work(), name="sealer")

    async def close(self) -> None:
        """What can be sealed now is; the rest is when a node starts."""
        # What comes as a cancellation may leave the database's libraries as something else, which a round survives.
        await end([self._task])
        await self._try()
        await self._try()

    async def round(self) -> bool:
        """Whether there is more to seal at once. Raises StorageUnavailable, OSError (the anchor)."""
        if self._unanchored:
            await self._keep_heads()
        async with self._unit_of_work.reading() as repositories:
            tops, heads = await repositories.trail.tops(), await repositories.trail.heads()
            if not any(getattr(tops, chain) > heads[chain].up_to_id for chain in CHAINS):
                self._mark = None
                return False
            writers = await repositories.trail.writers()
        settled = self._mark
        if settled is not None and settled.writers & writers:
            return False
        self._mark = _Mark(tops, writers)
        return settled is not None and await self._seal(settled)

    async def _seal(self, settled: _Mark) -> bool:
        added: list[Head] = []
        more = False
        async with self._unit_of_work.transaction() as repositories:
            if not await repositories.trail.lock():
                return False
            heads = await repositories.trail.heads()
            for chain in CHAINS:
                head, unfinished = await self._extend(repositories.trail, heads[chain], getattr(settled.tops, chain))
                more = more or unfinished
                if head is not heads[chain]:
                    added.append(head)
        if more:
            self._mark = settled
        if added:
            self._unanchored |= {head.chain: head for head in added}
            await self._keep_heads()
        return more

    async def _keep_heads(self) -> None:
        await self._anchor.keep(list(self._unanchored.values()))
        self._unanchored.clear()

    async def _extend(self, trail: TrailRepository, head: Head, up_to: int) -> tuple[Head, bool]:
        """The new head, and whether rows are left."""
        for _ in range(BLOCKS_A_ROUND):
            if head.up_to_id >= up_to:
                return head, False
            found = await trail.digests(head.chain, after_id=head.up_to_id, up_to_id=up_to, limit=BLOCK_ROWS)
            if not found.keys:
                return head, False
            full = len(found.keys) == BLOCK_ROWS
            block = sealed(head, found, up_to_id=found.keys[-1] if full else up_to, at=self._now())
            await trail.add_block(head.chain, block)
            head = Head(head.chain, block.number, block.up_to_id, block.hash)
        return head, True

    async def _work(self) -> None:
        while True:
            if not await self._try():
                await asyncio.sleep(INTERVAL_SECONDS)

    async def _try(self) -> bool:
        try:
            return await self.round()
        except StorageUnavailable as error:
            log.warning("sealing_postponed", why=str(error))
        except Exception:
            self.troubles += 1
            log.exception("sealing_failed")
        return False
