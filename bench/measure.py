"""What processes used, read from /proc: the figure that a noisy machine moves least."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MEBI = 1024 * 1024
# Fields of /proc/PID/stat behind the name, which may hold anything.
UTIME, REAPED_STIME = 11, 14


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds of CPU within `took` seconds; `others` is what the rest of the machine was busy with."""

    took: float
    server: float
    postgres: float
    generator: float
    others: float

    def shares(self, units: int) -> dict[str, float]:
        """CPU a unit of work in microseconds, and how many cores were busy."""
        parts = {"server": self.server, "postgres": self.postgres, "generator": self.generator}
        return {
            **{f"{name}_us": round(seconds / max(units, 1) * 1e6, 2) for name, seconds in parts.items()},
            **{f"{name}_cores": round(seconds / self.took, 2) for name, seconds in parts.items()},
            "others_cores": round(self.others / self.took, 2),
        }


class Meter:
    """Of one server's processes, of the PostgreSQL under that postmaster, and of this process."""

    def __init__(self, server: Sequence[int], postmaster: int | None) -> None:
        self._server = server
        self._postmaster = postmaster
        self._begun = self._read()

    def begin(self) -> None:
        self._begun = self._read()

    def end(self) -> Usage:
        """What was used since `begin`."""
        took, *used = (now - then for now, then in zip(self._read(), self._begun, strict=True))
        server, postgres, generator, machine = used
        return Usage(took, server, postgres, generator, max(0.0, machine - server - postgres - generator))

    def resident(self) -> int:
        """Bytes of memory of the server's processes."""
        return sum(_resident(pid) for pid in self._server)

    def _read(self) -> tuple[float, float, float, float, float]:
        server = sum(_cpu(pid) for pid in self._server)
        return time.perf_counter(), server, self._postgres(), time.process_time(), _busy()

    def _postgres(self) -> float:
        """With its backends, those that ended too."""
        if self._postmaster is None:
            return 0.0
        children = Path(f"/proc/{self._postmaster}/task/{self._postmaster}/children").read_text("ascii").split()
        return _cpu(self._postmaster, reaped=True) + sum(_cpu(int(child)) for child in children)


def _cpu(pid: int, *, reaped: bool = False) -> float:
    """0 for a process that has ended: its parent's `reaped` children have it now."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(ticks) for ticks in fields[UTIME : REAPED_STIME + 1 if reaped else UTIME + 2]) / TICKS


def _busy() -> float:
    """Of all processors, without idle and waiting for disks."""
    user, nice, system, _idle, _wait, *interrupts = Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:9]
    return sum(int(ticks) for ticks in (user, nice, system, *interrupts)) / TICKS


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    return 0
