"""Rate limits of one process, by the generic cell rate algorithm: one float a key says when its bucket is full again.

Not the library `limits`: it cannot give a token back (a repeated message costs nothing), and its asynchronous storage
would put an await into the ordered way of each socket's events. Several nodes limit each for itself: a user who spreads
over n nodes gets n times the rate, which is accepted, since the limits are against floods and not for billing.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from services.errors import RateLimitExceeded
from services.ports import Clock

SHORTEST_WAIT = 0.05
SWEEP_AT_LEAST = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` calls at once, then `rate_per_second`. Either at 0: no limit."""

    rate_per_second: float
    burst: float

    @property
    def off(self) -> bool:
        return self.rate_per_second <= 0 or self.burst <= 0


class TokenBuckets:
    """services.ports.Limiter. An unknown name of a limit is a KeyError: a slip of ours, not the client's."""

    def __init__(self, limits: Mapping[str, Limit], *, clock: Clock = time.monotonic) -> None:
        self._limits = dict(limits)
        self._clock = clock
        # (limit, key) → the moment at which the bucket is full again; absent: it is full.
        self._full_at: dict[tuple[str, str], float] = {}
        self._sweep_at = SWEEP_AT_LEAST

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, limit: str, key: str) -> None:
        """Raises RateLimitExceeded with the time until the next token."""
        rule = self._limits[limit]
        if rule.off:
            return
        now = self._clock()
        interval = 1 / rule.rate_per_second
        full_at = max(self._full_at.get((limit, key), now), now) + interval
        wait = full_at - now - rule.burst * interval
        if wait > interval * 1e-6:
            raise RateLimitExceeded(retry_after=max(wait, SHORTEST_WAIT))
        self._full_at[limit, key] = full_at
        if len(self._full_at) >= self._sweep_at:
            self._sweep(now)

    def give_back(self, limit: str, key: str) -> None:
        """Undo one `take`."""
        rule = self._limits[limit]
        full_at = self._full_at.get((limit, key))
        if full_at is None:
            return
        full_at -= 1 / rule.rate_per_second
        if full_at <= self._clock():
            del self._full_at[limit, key]
        else:
            self._full_at[limit, key] = full_at

    def _sweep(self, now: float) -> None:
        """Full buckets need no memory. Looking again only at twice the rest keeps the cost of a take constant."""
        self._full_at = {bucket: moment for bucket, moment in self._full_at.items() if moment > now}
        self._sweep_at = max(SWEEP_AT_LEAST, 2 * len(self._full_at))
