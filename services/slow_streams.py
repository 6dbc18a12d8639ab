"""Long streams that are made in the background: gently, under a lease that a beat renews, and counted."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from services.tasks import end

# The loop belongs to people who chat: whoever makes something long pauses after so much work, for as long.
SLICE_SECONDS = 0.005


class TakenOver(Exception):
    """Another node makes it now, or nobody: what it is about was shredded or erased."""


class Counted:
    def __init__(self) -> None:
        self.size = 0

    async def through(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            self.size += len(chunk)
            yield chunk


@asynccontextmanager
async def beating(beat: Callable[[], Awaitable[bool]], *, seconds: float) -> AsyncIterator["asyncio.Task[None]"]:
    """Calls `beat` now and then, until it says False."""

    async def work() -> None:
        ours = await beat()
        while ours:
            await asyncio.sleep(seconds)
            ours = await beat()

    task = asyncio.create_task(work(), name="beat of what is made in the background")
    try:
        yield task
    finally:
        await end([task])


async def gently(chunks: AsyncIterator[bytes], beat: "asyncio.Task[None]") -> AsyncIterator[bytes]:
    """Raises TakenOver, and what the beat raised."""
    begun = time.monotonic()
    async for chunk in chunks:
        if beat.done():
            await beat
            raise TakenOver
        yield chunk
        if time.monotonic() - begun > SLICE_SECONDS:
            await asyncio.sleep(SLICE_SECONDS)
            begun = time.monotonic()
