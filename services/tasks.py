"""Ending a task that works in the background."""

import asyncio
from collections.abc import Iterable

PATIENCE = 0.2


async def end(tasks: Iterable["asyncio.Task[None] | None"]) -> None:
    """Cancel until it has effect: libraries on Python 3.11 (wait_for, redis-py) sometimes take a cancellation for theirs."""
    left = {task for task in tasks if task is not None}
    while left:
        for task in left:
            task.cancel()
        done, left = await asyncio.wait(left, timeout=PATIENCE)
        await asyncio.gather(*done, return_exceptions=True)
