"""How late the event loop runs what is due: the first sign that something blocks it."""

import asyncio
from collections import deque
from collections.abc import Callable

INTERVAL = 0.1
WINDOW = 100


class LoopLag:
    """Asks to be woken every `interval` seconds and reports (lag, worst of the last WINDOW) to `report`."""

    def __init__(self, report: Callable[[float, float], None], *, interval: float = INTERVAL) -> None:
        self._report = report
        self._interval = interval
        self._recent: deque[float] = deque(maxlen=WINDOW)
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    def start(self) -> None:
        """Needs a running loop."""
        self._schedule(asyncio.get_running_loop())

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = loop.time() + self._interval
        self._timer = loop.call_at(self._due, self._measure, loop)

    def _measure(self, loop: asyncio.AbstractEventLoop) -> None:
        lag = max(0.0, loop.time() - self._due)
        self._recent.append(lag)
        self._report(lag, max(self._recent))
        self._schedule(loop)
