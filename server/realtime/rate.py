"""A token bucket in one float, for limits whose owner is one socket and dies with it."""


class Bucket:
    """`rate` a second, `burst` at once. A rate of 0: no limit."""

    __slots__ = ("_allowance", "_full_at", "_interval")

    def __init__(self, rate: float, burst: float) -> None:
        self._interval = 1 / rate if rate > 0 else 0.0
        self._allowance = burst * self._interval
        self._full_at = 0.0

    def take(self, now: float) -> float:
        """0 when the call may go on, else the seconds until the next one may. `now`: of time.monotonic()."""
        if not self._interval:
            return 0.0
        full_at = self._full_at
        if full_at < now:  # noqa: PLR1730  # max() would be the costliest call of all here
            full_at = now
        full_at += self._interval
        wait = full_at - now - self._allowance
        if wait > 1e-9:
            return wait
        self._full_at = full_at
        return 0.0
