"""Works through the exports and archives that were asked for, here or on a node that died."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

import structlog

from repositories.errors import StorageUnavailable
from services.tasks import end

log = structlog.get_logger(__name__)
PERIOD = 15.0


class Maker(Protocol):
    async def make_next(self) -> bool: ...

    async def tidy(self) -> None: ...


class ExportRunner:
    """`wake` when something was asked for here; what others left behind is found within `period` seconds."""

    def __init__(self, *, period: float = PERIOD) -> None:
        self._period = period
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, *makers: Maker) -> None:
        self._task = asyncio.create_task(self._work(makers), name="exports")

    async def close(self) -> None:
        """What was under way is made anew by whoever finds its lease over."""
        await end([self._task])

    def wake(self) -> None:
        self._woken.set()

    async def _work(self, makers: Sequence[Maker]) -> None:
        while True:
            try:
                async with asyncio.timeout(self._period):
                    await self._woken.wait()
            except TimeoutError:
                for maker in makers:
                    await self._try(maker.tidy())
            self._woken.clear()
            for maker in makers:
                await self._try(_all(maker))

    async def _try(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except StorageUnavailable:
            log.warning("exports_postponed", why="database out of reach")
        except Exception:
            log.exception("export_failed")


async def _all(maker: Maker) -> None:
    while await maker.make_next():
        pass
