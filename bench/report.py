"""The tables in the terminal, and what to think of them."""

from rich.console import Console
from rich.table import Table as RichTable

from bench.runs import NOISE, Results, is_disturbed
from bench.tables import Table, tables

# Where the output is a file or a pipe, lines are not broken to fit a terminal that is not there.
WIDE = 160


def make_console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDE)


def show(results: Results, console: Console) -> None:
    """A void run gives no figure; it is told below."""
    for table in tables(results):
        console.print(_rich(table))
    for run in results.runs:
        if run.void:
            where = f"{run.scenario}, {run.contender}, round {run.round}"
            console.print(f"VOID {where}: {run.void}", style="bold red", markup=False)
    if disturbed := sum(map(is_disturbed, results.runs)):
        console.print(
            f"{disturbed} of {len(results.runs)} runs had more than {NOISE} cores taken by something else: "
            "trust the ratios and the CPU figures, not the absolute ones.",
            style="yellow",
        )


def _rich(table: Table) -> RichTable:
    drawn = RichTable(title=table.title, title_justify="left", title_style="bold")
    for name in table.head:
        drawn.add_column(name, justify="right" if name else "left")
    for row in table.rows:
        drawn.add_row(*row)
    return drawn
