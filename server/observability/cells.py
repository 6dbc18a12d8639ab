"""What is counted in: one number, or a few for a histogram. All counting is done in the event loop."""

from bisect import bisect_left
from collections.abc import Sequence


class Cell:
    """One number of a counter, for who counts the same thing all the time."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


class Series:
    """What a histogram counted under the same labels, for who counts there all the time."""

    __slots__ = ("_bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float, times: int = 1) -> None:
        self.counts[bisect_left(self._bounds, value)] += times
        self.total += value * times
