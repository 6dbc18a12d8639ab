"""How much of it: CAMPAIGN=full is what is promised, else a short form that a run of all tests has the time for."""

import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """`hold`: the shortest and the longest that a fault lasts, in seconds. `lag`: the most that the p99 of a loop's lag may be.
    `slow_ratio`: what the p99 of others may be beside those who do not read, of that beside those who do, in so many rounds, of
    which `judged` makes one figure. In the short form both have little to be judged by, beside whatever else runs.
    """

    pairs: int
    sends: int
    rounds: int
    hold: tuple[float, float]
    retried: int
    outage: float
    crowd: int
    cycles: int
    slow_rounds: int
    slow_seconds: float
    slow_ratio: float
    judged: Callable[[Sequence[float]], float]
    lag: float


FULL = Size(
    pairs=20,
    sends=100_000,
    rounds=32,
    hold=(0.5, 6.0),
    retried=10_000,
    outage=60.0,
    crowd=1_000,
    cycles=4_000,
    slow_rounds=5,
    slow_seconds=8.0,
    slow_ratio=1.2,
    judged=statistics.median,
    lag=0.05,
)
SHORT = Size(
    pairs=6,
    sends=2_400,
    rounds=8,
    hold=(0.3, 1.0),
    retried=200,
    outage=4.0,
    crowd=100,
    cycles=300,
    slow_rounds=2,
    slow_seconds=2.0,
    slow_ratio=4.0,
    judged=min,
    lag=0.25,
)
SIZE = FULL if os.environ.get("CAMPAIGN") == "full" else SHORT
