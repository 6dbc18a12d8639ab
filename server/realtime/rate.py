"""A token bucket in one float, for limits whose owner is one socket and dies with it."""

import time
from collections.abc import Callable


class Bucket:
    """`rate` a second, `burst` at once. A rate of 0: no limit."""

    __slots__ = ("_allowance", "_clock", "_full_at", "_interval")

    def __init__(self, rate: float, burst: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 1 / rate if rate > 0 else 0.0
        self._allowance = burst * self._interval
        self._clock = clock
        self._full_at = 0.0

    def take(self) -> float:
        """0 when the call may go on, else the seconds until the next one may."""
        if not self._interval:
            return 0.0
        now = self._clock()
        full_at = max(self._full_at, now) + self._interval
        wait = full_at - now - self._allowance
        if wait > 1e-9:
            return wait
        self._full_at = full_at
        return 0.0
