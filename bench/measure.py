"""What processes used, read from /proc: the figure that a noisy machine moves least."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.lag import LoopLag, read_lag

TICKS = os.sysconf("SC_CLK_TCK")
MEBI = 1024 * 1024
# Fields of /proc/PID/stat behind the name, which may hold anything: own and reaped children's, user and system.
UTIME, REAPED_STIME = 11, 14


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds of CPU within `took` seconds; `others` is what the rest of the machine was busy with."""

    took: float
    server: float
    postgres: float
    generator: float
    others: float
    lag: LoopLag

    def shares(self, units: int) -> dict[str, float]:
        """CPU a unit of work in microseconds, and how many cores were busy."""
        parts = {"server": self.server, "postgres": self.postgres, "generator": self.generator}
        return {
            **{f"{name}_us": round(seconds / max(units, 1) * 1e6, 2) for name, seconds in parts.items()},
            **{f"{name}_cores": round(seconds / self.took, 2) for name, seconds in parts.items()},
            "others_cores": round(self.others / self.took, 2),
            **({"lag_p99_ms": round(self.lag.quantile(0.99) * 1000, 1)} if self.lag else {}),
        }


class Meter:
    """Of one server and the PostgreSQL under that postmaster, each with all their children, and of this process."""

    def __init__(self, server: Sequence[int], postmaster: int | None, http: str) -> None:
        """`http` is where the server's /metrics may be, which tell the lag of its event loop."""
        self._server = server
        self._postmaster = [] if postmaster is None else [postmaster]
        self._http = http
        self._lag = LoopLag()
        self._begun = self._read()

    def begin(self) -> None:
        self._lag = read_lag(self._http)
        self._begun = self._read()

    def end(self) -> Usage:
        """What was used since `begin`."""
        took, *used = (now - then for now, then in zip(self._read(), self._begun, strict=True))
        server, postgres, generator, machine = used
        others = max(0.0, machine - server - postgres - generator)
        return Usage(took, server, postgres, generator, others, read_lag(self._http).since(self._lag))

    def resident(self) -> int:
        """Bytes of memory of the server's processes; what they share counts for each."""
        return sum(_resident(pid) for pid in _family(self._server))

    def _read(self) -> tuple[float, float, float, float, float]:
        server, postgres = (sum(map(_cpu, _family(roots))) for roots in (self._server, self._postmaster))
        return time.perf_counter(), server, postgres, time.process_time(), _busy()


def _family(roots: Sequence[int]) -> Iterator[int]:
    """These processes and all that came from them."""
    for pid in roots:
        yield pid
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            yield from _family([int(child) for child in _text(children).split()])


def _cpu(pid: int) -> float:
    """With its children that have ended. 0 when it has ended itself: its parent has it now."""
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[UTIME : REAPED_STIME + 1]) / TICKS


def _busy() -> float:
    """Of all processors, without idle and waiting for disks."""
    user, nice, system, _idle, _wait, *interrupts = Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:9]
    return sum(int(ticks) for ticks in (user, nice, system, *interrupts)) / TICKS


def _resident(pid: int) -> int:
    for line in _text(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    return 0


def _text(path: Path) -> str:
    """Empty when the process has ended meanwhile."""
    try:
        return path.read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
