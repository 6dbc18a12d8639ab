"""What has to be looked at a few times a second: who went quiet, whose time is over."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from server.tasks import end

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.2
REMEMBER_SECONDS = 1.0


class Pulse:
    """`ticks` are sync and cheap; `remember` writes down what was seen, once a second."""

    def __init__(self, *, ticks: Sequence[Callable[[], None]], remember: Callable[[], Awaitable[object]]) -> None:
        self._ticks = ticks
        self._remember = remember
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._tick(), name="pulse"),
            asyncio.create_task(self._write(), name="pulse writer"),
        ]

    async def close(self) -> None:
        await end(self._tasks)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for tick in self._ticks:
                try:
                    tick()
                except Exception:  # one that fails must not stop the others
                    log.exception("tick_failed")

    async def _write(self) -> None:
        while True:
            await asyncio.sleep(REMEMBER_SECONDS)
            try:
                await self._remember()
            except Exception:
                log.exception("remember_failed")
