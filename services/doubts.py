"""What was done or not, nobody knows: it is done again until somebody does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from repositories.errors import OutcomeUnknown, StorageUnavailable

T = TypeVar("T")
PAUSE = 1.0


async def until_known(work: Callable[[], Awaitable[T]], *, pause: float = PAUSE) -> T:
    """For work in the background after which somebody is told; to do it twice must do no harm, and say the same.

    Raises as `work`, but not for want of the database once it may have been done: there is nothing else to do without one.
    """
    in_doubt = False
    while True:
        try:
            return await work()
        except OutcomeUnknown:
            in_doubt = True
        except StorageUnavailable:
            if not in_doubt:
                raise
        await asyncio.sleep(pause)
