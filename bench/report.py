"""The table: medians over the rounds, side by side, and how ours compares."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

# name of the figure: how it reads, and which way is better
ROWS: Mapping[str, tuple[str, str]] = {
    "acked_per_s": ("sends acked and durable a second", "↑"),
    "deliveries_per_s": ("deliveries a second", "↑"),
    "connects_per_s": ("connections made a second", "↑"),
    "p50_ms": ("p50 of an ack, ms", "↓"),
    "p99_ms": ("p99 of an ack, ms", "↓"),
    "batch_p50_ms": ("p50 of a batch, ms", "↓"),
    "server_us": ("CPU of the server for each, µs", "↓"),
    "postgres_us": ("CPU of PostgreSQL for each, µs", "↓"),
    "generator_us": ("CPU of the generator for each, µs", ""),
    "kib_per_connection": ("memory a connection, KiB", "↓"),
    "base_mib": ("memory of the fresh server, MiB", "↓"),
    "resident_mib": ("memory of the server at the end, MiB", "↓"),
    "resting_cores": ("cores busy while all rest: server", "↓"),
    "server_cores": ("cores busy: server", ""),
    "postgres_cores": ("cores busy: PostgreSQL", ""),
    "generator_cores": ("cores busy: generator", ""),
    "others_cores": ("cores busy: anything else", ""),
}
NOISE = 0.15


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement; `figures` has `void` when it means nothing."""

    mode: str
    contender: str
    round: int
    figures: Mapping[str, Any]

    @property
    def void(self) -> str | None:
        return self.figures.get("void")


def show(runs: Sequence[Run], contenders: Sequence[str], console: Console) -> None:
    """One table a mode. A void run gives no figure; it is told below."""
    for mode in dict.fromkeys(run.mode for run in runs):
        console.print(_table(mode, [run for run in runs if run.mode == mode], contenders))
    for run in runs:
        if run.void:
            console.print(f"VOID {run.mode}, {run.contender}, round {run.round}: {run.void}", style="bold red")
    if noisy := [run for run in runs if run.figures.get("others_cores", 0) > NOISE]:
        console.print(
            f"{len(noisy)} of {len(runs)} runs had more than {NOISE} cores taken by something else: "
            "trust the ratios and the CPU figures, not the absolute ones.",
            style="yellow",
        )


def _table(mode: str, runs: Sequence[Run], contenders: Sequence[str]) -> Table:
    table = Table(title=mode, title_justify="left", title_style="bold", min_width=72)
    table.add_column("")
    for contender in contenders:
        table.add_column(contender, justify="right")
    compared = len(contenders) == 2
    if compared:
        table.add_column(f"{contenders[1]}/{contenders[0]}", justify="right")
    for name, (label, better) in ROWS.items():
        samples = [_samples(runs, contender, name) for contender in contenders]
        if any(samples):
            ratio = [_ratio(*samples)] if compared else []
            table.add_row(f"{label} {better}".strip(), *map(_cell, samples), *ratio)
    return table


def _samples(runs: Iterable[Run], contender: str, name: str) -> list[float]:
    return [run.figures[name] for run in runs if run.contender == contender and name in run.figures]


def _cell(samples: Sequence[float]) -> str:
    if not samples:
        return "void"
    median = _number(statistics.median(samples))
    return median if len(samples) == 1 else f"{median} ({_number(min(samples))}–{_number(max(samples))})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


def _ratio(first: Sequence[float], second: Sequence[float]) -> str:
    if not first or not second or not statistics.median(first):
        return "–"
    return f"{statistics.median(second) / statistics.median(first):.2f}"
