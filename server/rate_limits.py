"""Rate limits by the generic cell rate algorithm: one float a key says when its bucket is full again.

Not the library `limits`: it cannot give a token back (a repeated message costs nothing), and its asynchronous storage
would put an await into the ordered way of each socket's events. Each node decides by its own buckets at once, and takes
out of them what it hears that other nodes gave away (server/limit_exchange.py, ADR 0029).
"""

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from services.errors import RateLimitExceeded
from services.ports import Clock

SHORTEST_WAIT = 0.05
SWEEP_AT_LEAST = 10_000
# Below this share of a bucket nobody else needs to hear of it: the usual user costs the bus nothing.
QUIET_SHARE = 1 / 8


class Limit(NamedTuple):
    """`burst` calls at once, then `rate_per_second`. Either at 0: no limit."""

    rate_per_second: float
    burst: float

    @property
    def off(self) -> bool:
        return self.rate_per_second <= 0 or self.burst <= 0

    def times(self, factor: float) -> "Limit":
        return Limit(self.rate_per_second * factor, self.burst * factor)


class Spent(NamedTuple):
    """`tokens` taken of one bucket; below 0: given back."""

    limit: str
    key: str
    tokens: int


class _Buckets:
    """All keys of one limit. Its parts are read in `take`, which every message passes: no calls, no properties."""

    __slots__ = ("allowance", "ceiling", "full_at", "interval", "quiet", "spent", "sweep_at")

    def __init__(self, limit: Limit, *, shared: bool) -> None:
        self.interval = 0.0 if limit.off else 1 / limit.rate_per_second
        self.allowance = limit.burst * self.interval
        self.ceiling = self.allowance + self.interval * 1e-6
        self.quiet = self.allowance * QUIET_SHARE if shared else math.inf
        # The moment at which the bucket is full again; absent: it is full.
        self.full_at: dict[str, float] = {}
        # Taken here, above the quiet share, and not told yet.
        self.spent: dict[str, int] = {}
        self.sweep_at = SWEEP_AT_LEAST

    def sweep(self, now: float) -> None:
        """Full buckets need no memory. Looking again only at twice the rest keeps the cost of a take constant."""
        self.full_at = {key: moment for key, moment in self.full_at.items() if moment > now}
        self.sweep_at = max(SWEEP_AT_LEAST, 2 * len(self.full_at))


class TokenBuckets:
    """services.ports.Limiter. An unknown name of a limit is a KeyError: a slip of ours, not the client's.

    `shared`: what was taken is written down for `drain`, which somebody has to call.
    """

    def __init__(self, limits: Mapping[str, Limit], *, clock: Clock = time.monotonic, shared: bool = False) -> None:
        self._limits = {name: _Buckets(limit, shared=shared) for name, limit in limits.items()}
        self._clock = clock

    def __len__(self) -> int:
        return sum(len(buckets.full_at) for buckets in self._limits.values())

    def take(self, limit: str, key: str) -> None:
        """Raises RateLimitExceeded with the time until the next token."""
        buckets = self._limits[limit]
        interval = buckets.interval
        if not interval:
            return
        now = self._clock()
        full_at = buckets.full_at.get(key, now)
        if full_at < now:  # noqa: PLR1730  # max() would be the costliest call of all here
            full_at = now
        full_at += interval
        level = full_at - now
        if level > buckets.ceiling:
            raise RateLimitExceeded(retry_after=max(level - buckets.allowance, SHORTEST_WAIT))
        buckets.full_at[key] = full_at
        if level > buckets.quiet:
            buckets.spent[key] = buckets.spent.get(key, 0) + 1
        if len(buckets.full_at) >= buckets.sweep_at:
            buckets.sweep(now)

    def give_back(self, limit: str, key: str) -> None:
        """Undo one `take`."""
        buckets = self._limits[limit]
        full_at = buckets.full_at.get(key)
        if full_at is None:
            return
        now = self._clock()
        if full_at - now > buckets.quiet:
            buckets.spent[key] = buckets.spent.get(key, 0) - 1
        self._move(buckets, key, full_at - buckets.interval, now)

    def drain(self) -> Iterator[Spent]:
        """What was taken here since the last call and others need to know of."""
        for name, buckets in self._limits.items():
            if buckets.spent:
                spent, buckets.spent = buckets.spent, {}
                for key, tokens in spent.items():
                    if tokens:
                        yield Spent(name, key, tokens)

    def taken_elsewhere(self, spent: Iterable[Spent]) -> None:
        """Beyond an empty bucket, too: what nodes gave away before they heard of each other has to be waited for."""
        now = self._clock()
        for limit, key, tokens in spent:
            buckets = self._limits.get(limit)
            if buckets is not None and buckets.interval:
                full_at = max(buckets.full_at.get(key, now), now)
                self._move(buckets, key, full_at + tokens * buckets.interval, now)
                if len(buckets.full_at) >= buckets.sweep_at:
                    buckets.sweep(now)

    @staticmethod
    def _move(buckets: _Buckets, key: str, full_at: float, now: float) -> None:
        if full_at <= now:
            buckets.full_at.pop(key, None)
        else:
            buckets.full_at[key] = full_at
