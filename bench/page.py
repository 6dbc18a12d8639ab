"""What of docs/performance.md, and the drawing in it, is made from the results kept beside them."""

from collections.abc import Iterator
from pathlib import Path

from bench.plot import draw
from bench.runs import NOISE, ROOT, Results, is_disturbed
from bench.tables import Table, tables
from server.documents import renewed

DOCS = ROOT / "docs"
KEPT = DOCS / "performance.json"
PAGE = DOCS / "performance.md"
DRAWING = DOCS / "performance.svg"


def publish(results: Results) -> list[Path]:
    """Write all three. The files."""
    results.write(KEPT)
    PAGE.write_text(renewed_page(PAGE.read_text("utf-8"), results), "utf-8")
    DRAWING.write_text(draw(results), "utf-8")
    return [KEPT, PAGE, DRAWING]


def renewed_page(text: str, results: Results) -> str:
    goals, *details = tables(results)
    return renewed(
        text,
        {
            "conditions": lambda: "".join(_conditions(results)),
            "goals": lambda: _markdown(goals),
            "figures": lambda: "\n".join(f"### {table.title}\n\n{_markdown(table)}" for table in details),
        },
    )


def _conditions(results: Results) -> Iterator[str]:
    yield from (f"- {name}: {value}\n" for name, value in results.conditions.items())
    yield from (f"- `{name}`: {about}\n" for name, about in results.about.items())
    void, disturbed = sum(run.void is not None for run in results.runs), sum(map(is_disturbed, results.runs))
    yield f"- Of {len(results.runs)} measurements {void} were void and do not count; during {disturbed} another program took "
    yield f"more than {NOISE} cores\n"


def _markdown(table: Table) -> str:
    # Figures stand to the right, what they are to the left.
    rule = ["---" if not name else "---:" for name in table.head]
    return "".join(f"| {' | '.join(line)} |\n" for line in (table.head, rule, *table.rows))
