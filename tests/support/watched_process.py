"""A server process seen from outside: the memory that it takes, and how late its loop is."""

import os
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bench.lag import LoopLag, read_lag
from tests.support.idle_loop import idle_loop

# Promise 13, in KiB; promise 20, in seconds.
MOST_MEMORY = 32 * 1024
P99, WORST = 0.02, 0.1
# What else the machine does is not the server's lag: its threads come first, a loop with nothing to do says how late the
# machine itself is, and there are a few rounds.
FIRST, ROUNDS = -15, 3


class Watched:
    """The most memory of the process, and the lag of its loop, since `begin`."""

    def __init__(self, pid: int, url: str) -> None:
        self._pid = pid
        self._url = url
        with suppress(PermissionError):  # then the rounds have to do
            for thread in Path(f"/proc/{pid}/task").iterdir():  # who waits for the GIL waits for whoever has it
                os.setpriority(os.PRIO_PROCESS, int(thread.name), FIRST)

    def begin(self) -> None:
        Path(f"/proc/{self._pid}/clear_refs").write_text("5", "ascii")  # the peak is what there is now
        self._before, self._lag = self.now, read_lag(self._url)

    @property
    def now(self) -> int:
        """KiB."""
        return memory_of(self._pid)

    @property
    def grown(self) -> int:
        """KiB."""
        return memory_of(self._pid, "VmHWM") - self._before

    @property
    def lag(self) -> LoopLag:
        return read_lag(self._url).since(self._lag)


def memory_of(pid: int, name: str = "VmRSS") -> int:
    """KiB: what the process has now, unless `name` is another line of its status."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("ascii"))
    assert found is not None
    return int(found[1])


class Lags(NamedTuple):
    """In seconds, each beside that of a loop with nothing to do, which is the machine's own."""

    p99: float
    idle_p99: float
    worst: float
    idle_worst: float

    @property
    def kept(self) -> bool:
        return self.p99 <= P99 + self.idle_p99 and self.worst <= WORST + self.idle_worst


async def lags_during(watched: Watched, work: Callable[[], Awaitable[object]]) -> Lags:
    """The memory too is that of this time."""
    watched.begin()
    with idle_loop() as idle:
        await work()
    lag, quiet = watched.lag, sorted(idle)
    return Lags(lag.quantile(0.99), quiet[-len(quiet) // 100], worst(lag), quiet[-1])


def worst(lag: LoopLag) -> float:
    """The bucket in which the last one is: a bound for it."""
    highest = max(lag.buckets.values())
    return min(upper for upper, count in lag.buckets.items() if count == highest)
