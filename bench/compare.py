"""Run the plan: every server in turn, under the same load, on the same PostgreSQL."""

import os
import platform
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bench.contenders import Contender, ContenderError
from bench.database import BenchDatabase, database
from bench.entrants import enter
from bench.measurement import measured
from bench.page import publish
from bench.plan import Plan, arguments
from bench.plot import draw
from bench.report import make_console, show
from bench.runs import LATEST, ROOT, Results, Run
from server.postgres.errors import EmbeddedPostgresError

PAIRS = 2000


def compare(words: list[str]) -> int:
    """0; 1 when a run was void or nothing could be measured."""
    given, console = arguments(words), make_console()
    for number in (signal.SIGINT, signal.SIGTERM):  # either way, what was started is stopped
        signal.signal(number, signal.default_int_handler)
    console.print(f"{given.plan.count} measurements, about {_time(given.plan.expected_seconds)}.")
    try:
        with database_in_a_folder() as (folder, postgres):
            try:
                results = _measure(given.plan, postgres, folder, console)
            finally:
                _keep_logs(folder, given.logs)
    except (ContenderError, EmbeddedPostgresError) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("Interrupted; everything that was started is stopped.")
        return 130
    show(results, console)
    void = any(run.void for run in results.runs)
    _keep(results, console, whole=given.plan.whole and not void)
    return 1 if void else 0


@contextmanager
def database_in_a_folder() -> Iterator[tuple[Path, BenchDatabase]]:
    """Until the block ends. Raises EmbeddedPostgresError."""
    with tempfile.TemporaryDirectory(prefix="colloque-bench-") as folder, database(Path(folder)) as postgres:
        yield Path(folder), postgres


def _measure(plan: Plan, postgres: BenchDatabase, folder: Path, console: Console) -> Results:
    contenders = {}
    for name in plan.contenders:
        contenders[name] = contender = enter(name, postgres, folder=folder, pairs=PAIRS)
        console.print(f"{name}: {contender.about}; seeding …")
        contender.seed()
    runs: list[Run] = []
    begun = time.monotonic()
    for number, scenario, name in plan.turns():
        run = Run(scenario, name, number, measured(plan.options(scenario), contenders[name], postgres))
        runs.append(run)
        left = (time.monotonic() - begun) / len(runs) * (plan.count - len(runs))
        console.print(f"  round {number}  {scenario:<22} {name:<7} {_gist(run):<45} {_time(left)} left", markup=False)
    _tell_errors(list(contenders.values()), console)
    about = {name: contender.about for name, contender in contenders.items()}
    return Results(about, _conditions(plan, postgres), runs)


def _gist(run: Run) -> str:
    rate = next((f"{value:,}/s" for name, value in run.figures.items() if name.endswith("_per_s")), "")
    return f"VOID: {run.void}" if run.void else f"{rate:>12}  {run.figures['server_us']:>7} µs of CPU each"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _conditions(plan: Plan, postgres: BenchDatabase) -> dict[str, str]:
    cores, system = len(os.sched_getaffinity(0)), f"{platform.machine()}, Linux {platform.release().split('-')[0]}"
    timed = f"{plan.seconds} s each after {plan.warm} s to warm up, the servers in turn"
    return {
        "Measured": f"{datetime.now(UTC):%Y-%m-%d}, rounds: {plan.rounds}, {timed}",
        "Machine": f"{cores} cores for server, PostgreSQL and generator together ({system})",
        "Database": f"PostgreSQL {postgres.version}, fsync and synchronous_commit on",
    }


def _keep(results: Results, console: Console, *, whole: bool) -> None:
    drawing = LATEST.with_suffix(".svg")
    results.write(LATEST)
    drawing.write_text(draw(results), "utf-8")
    files = [LATEST, drawing, *(publish(results) if whole else [])]
    console.print(f"Written: {', '.join(str(path.relative_to(ROOT)) for path in files)}.")


def _tell_errors(contenders: Sequence[Contender], console: Console) -> None:
    for contender in contenders:
        lines = contender.log.read_text("utf-8", "replace").splitlines()
        errors = [line for line in lines if '"level":"error"' in line.replace(" ", "") or line.startswith("Traceback")]
        if errors:
            console.print(f"{contender.name} logged {len(errors)} errors, first: {errors[0][:300]}", markup=False)


def _keep_logs(folder: Path, to: Path | None) -> None:
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        for log in folder.glob("*/*.log"):
            shutil.copy(log, to)
