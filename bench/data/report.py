"""The table of what was measured, and its JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.data.measure import Answer
from bench.data.sizes import Size

GOAL_MS = 10.0
GOAL_RATIO = 1.5


def show(small: Sequence[Answer], full: Sequence[Answer]) -> None:
    table = Table("question", "p50 ms at a hundredth", "p50 ms", "p99 ms", "p50 ratio", "goal")
    for before, now in zip(small, full, strict=True):
        ratio = now.p50 / before.p50
        met = "met" if now.p99 <= GOAL_MS and ratio <= GOAL_RATIO else "MISSED"
        table.add_row(now.name, f"{before.p50:.2f}", f"{now.p50:.2f}", f"{now.p99:.2f}", f"{ratio:.2f}", met)
    Console(highlight=False).print(table)


def write(path: Path, size: Size, small: Sequence[Answer], full: Sequence[Answer]) -> None:
    figures = {
        "size": asdict(size),
        "hundredth": [asdict(item) for item in small],
        "full": [asdict(item) for item in full],
    }
    path.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
