"""The beat beside something long."""

import asyncio

from services.slow_streams import beating


async def test_the_beat_ends_with_its_work_though_a_cancellation_is_swallowed() -> None:
    """As the database's libraries swallow one: what they say instead is a failed try, after which the beat goes on."""
    asked = asyncio.Event()
    swallowed = 0

    async def beat() -> bool:
        nonlocal swallowed
        asked.set()
        if not swallowed:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1
        return True

    async def work() -> None:
        async with beating(beat, seconds=60):
            await asked.wait()

    await asyncio.wait_for(work(), 5)
    assert swallowed == 1
