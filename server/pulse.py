"""What has to be looked at a few times a second: who went quiet, whose time is over."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from services.tasks import end

log = structlog.get_logger(__name__)

QUICK_SECONDS = 0.1
TICK_SECONDS = 0.2
REMEMBER_SECONDS = 1.0


class Pulse:
    """`ticks` and `quick` are sync and cheap; `remember` writes down what was seen, once a second."""

    def __init__(
        self,
        *,
        ticks: Sequence[Callable[[], None]],
        remember: Callable[[], Awaitable[object]],
        quick: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._ticks = ticks
        self._quick = quick
        self._remember = remember
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._tick(self._ticks, TICK_SECONDS), name="pulse"),
            asyncio.create_task(self._tick(self._quick, QUICK_SECONDS), name="quick pulse"),
            asyncio.create_task(self._write(), name="pulse writer"),
        ]

    async def close(self) -> None:
        await end(self._tasks)

    @staticmethod
    async def _tick(ticks: Sequence[Callable[[], None]], seconds: float) -> None:
        while ticks:
            await asyncio.sleep(seconds)
            for tick in ticks:
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
