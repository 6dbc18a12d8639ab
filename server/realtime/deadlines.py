"""Many deadlines of one length behind one timer of the loop: they end in the order in which they began.

A timer for each would cost half a kilobyte a connection, and a call into the loop at every pong.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)

# What uvloop's timers may be early by: to wait for so little would be to turn in circles.
RESOLUTION = 0.001


class Deadlines(Generic[Item]):
    """`passed(item)` is called `seconds` after its `start`, but for those that were stopped. 0 seconds: never."""

    def __init__(self, seconds: float, passed: Callable[[Item], None]) -> None:
        self._seconds = seconds
        self._passed = passed
        self._due: OrderedDict[Item, float] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._due)

    def start(self, item: Item) -> None:
        """Again: from now on."""
        if self._seconds <= 0:
            return
        loop = asyncio.get_running_loop()
        self._due[item] = loop.time() + self._seconds
        self._due.move_to_end(item)
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._look)

    def stop(self, item: Item) -> None:
        self._due.pop(item, None)

    def _look(self) -> None:
        """The timer is left alone by `stop`, so that it may find nothing, or something that has time left."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timer = None
        while self._due:
            item, due = next(iter(self._due.items()))
            if due > now + RESOLUTION:
                self._timer = loop.call_at(due, self._look)
                return
            del self._due[item]
            self._passed(item)
