"""Measure Colloque beside the usual Node.js server: same PostgreSQL, same load, in turn."""

import argparse
import json
import shutil
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from bench.contenders import Contender, ContenderError, ours, peer
from bench.database import BenchDatabase, database
from bench.measurement import measured
from bench.report import Run, show
from server.postgres.errors import EmbeddedPostgresError

MODES = ("idle n=2000", "send n=50", "send n=50 window=4", "send n=500", "fanout n=500 window=4")
QUICK_MODES = ("idle n=500", *MODES[1:])
BUILDERS = {"peer": peer, "ours": ours}
PAIRS = 2000
console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Plan:
    modes: tuple[str, ...]
    contenders: tuple[str, ...]
    rounds: int
    seconds: int
    warm: int

    def options(self, mode: str) -> list[str]:
        """What the load generator is told."""
        timed = [] if mode.startswith("idle") else [f"secs={self.seconds}", f"warm={self.warm}"]
        return [*mode.split(), *timed]


def compare() -> int:
    """0; 1 when a run was void or nothing could be measured."""
    args = _arguments()
    for number in (signal.SIGINT, signal.SIGTERM):  # either way, what was started is stopped
        signal.signal(number, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(prefix="colloque-bench-") as folder, database(Path(folder)) as postgres:
            try:
                runs = _measure(args.plan, postgres, Path(folder))
            finally:
                _keep_logs(Path(folder), args.logs)
    except (ContenderError, EmbeddedPostgresError) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("Interrupted; everything that was started is stopped.")
        return 130
    if args.json:
        args.json.write_text("".join(json.dumps(asdict(run)) + "\n" for run in runs), "utf-8")
    show(runs, args.plan.contenders, console)
    return 1 if any(run.void for run in runs) else 0


def _measure(plan: Plan, postgres: BenchDatabase, folder: Path) -> list[Run]:
    contenders = [BUILDERS[name](postgres, folder=folder, pairs=PAIRS) for name in plan.contenders]
    for contender in contenders:
        console.print(f"{contender.name}: {contender.about}; seeding …")
        contender.seed()
    runs = []
    for number in range(1, plan.rounds + 1):
        # Whoever comes second finds a warmer machine: take turns.
        for mode in plan.modes:
            for contender in contenders if number % 2 else reversed(contenders):
                run = Run(mode, contender.name, number, measured(plan.options(mode), contender, postgres))
                console.print(f"  round {number}  {mode:<22} {contender.name:<5} {_gist(run)}")
                runs.append(run)
    _tell_errors(contenders)
    return runs


def _gist(run: Run) -> str:
    rate = next((f"{value:,}/s" for name, value in run.figures.items() if name.endswith("_per_s")), "")
    return f"VOID: {run.void}" if run.void else f"{rate:>12}  {run.figures['server_us']:>7} µs of CPU each"


def _tell_errors(contenders: Sequence[Contender]) -> None:
    for contender in contenders:
        lines = contender.log.read_text("utf-8", "replace").splitlines()
        errors = [line for line in lines if '"level":"error"' in line.replace(" ", "") or line.startswith("Traceback")]
        if errors:
            console.print(f"{contender.name} logged {len(errors)} errors, first: {errors[0][:300]}", markup=False)


def _keep_logs(folder: Path, to: Path | None) -> None:
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        for log in folder.glob("*.log"):
            shutil.copy(log, to)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/run.py", description=__doc__, epilog=f"Modes: {'; '.join(MODES)}. See bench/README.md."
    )
    parser.add_argument("--quick", action="store_true", help="one round of 2 s, 500 sockets at rest: about a minute")
    parser.add_argument("--rounds", type=int, metavar="N", help="default 3")
    parser.add_argument("--seconds", type=int, metavar="N", help="of each measurement, default 5")
    parser.add_argument(
        "--mode", action="append", metavar="MODE", help='only this one, as "send n=50"; may be repeated'
    )
    parser.add_argument("--only", choices=BUILDERS, help="one server, without the other")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every run, one object a line")
    parser.add_argument("--logs", type=Path, metavar="FOLDER", help="keep what the servers logged")
    args = parser.parse_args()
    args.plan = Plan(
        modes=tuple(args.mode or (QUICK_MODES if args.quick else MODES)),
        contenders=(args.only,) if args.only else tuple(BUILDERS),
        rounds=args.rounds or (1 if args.quick else 3),
        seconds=args.seconds or (2 if args.quick else 5),
        warm=1 if args.quick else 2,
    )
    return args
