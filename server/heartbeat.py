"""The clockwork of what happens by itself: typing and graces end, stats are told, nodes say that they are there."""

import asyncio

import structlog

from services.cluster import Cluster
from services.presence import Presence
from services.stats import ConnectionStats
from services.typing import Typing

log = structlog.get_logger(__name__)

BEAT_SECONDS = 0.25


class Heartbeat:
    def __init__(
        self,
        *,
        cluster: Cluster,
        presence: Presence,
        stats: ConnectionStats,
        typing: Typing,
        seconds: float = BEAT_SECONDS,
    ) -> None:
        self._presence = presence
        self._ticks = (cluster.tick, presence.tick, stats.tick, typing.tick)
        self._seconds = seconds
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._tick(), name="heartbeat"),
            asyncio.create_task(self._remember(), name="last_seen"),
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tick(self) -> None:
        while True:
            for tick in self._ticks:
                try:
                    tick()
                except Exception:
                    log.exception("tick_failed", tick=tick.__qualname__)
            await asyncio.sleep(self._seconds)

    async def _remember(self) -> None:
        """Apart from the ticks: a slow database must not stop time."""
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self._presence.remember()
            except Exception:
                log.exception("last_seen_not_written")
