"""The drawing for docs/performance.md: bars of medians, with a line from the lowest round to the highest. Plain SVG."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from bench.runs import Results, Spread
from bench.tables import number

WIDTH, LABELS, BARS = 900, 190, 560
BAR, GAP, TITLE = 14, 10, 44
PALETTE = ("#1f6f8b", "#8a8d91", "#e2a03f", "#7a9e3a", "#a05195")


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    kind: str
    figure: str


PANELS = (
    Panel("Messages acked and durable a second (more is better)", "send", "acked_per_s"),
    Panel("CPU of the server for a message, µs (less is better)", "send", "server_us"),
    Panel("p99 of an ack, ms (less is better)", "send", "p99_ms"),
    Panel("CPU of the server for a delivery, µs (less is better)", "fanout", "server_us"),
    Panel("CPU of the server for a connection, µs (less is better)", "idle", "server_us"),
    Panel("Memory of the server for a connection, KiB (less is better)", "idle", "kib_per_connection"),
)


def draw(results: Results) -> str:
    """Panels without any figure are left out."""
    contenders = sorted(results.about, key=lambda name: not name.startswith("ours"))
    colours = {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(contenders)}
    top, parts = 30, [*_legend(colours)]
    for panel in PANELS:
        groups = _groups(results, panel, contenders)
        if groups:
            parts += _panel(panel.title, groups, colours, top)
            top += _height(groups)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#222">'
    )
    about = "<title>Colloque beside other servers</title>"
    return "\n".join([head, about, f'<rect width="{WIDTH}" height="{top}" fill="#fff"/>', *parts, "</svg>", ""])


Group = tuple[str, Sequence[tuple[str, Spread]]]


def _groups(results: Results, panel: Panel, contenders: Sequence[str]) -> list[Group]:
    """(scenario, (contender, figure)…)"""
    groups: list[Group] = []
    for scenario in results.scenarios:
        seen = [(name, results.spread(scenario, name, panel.figure)) for name in contenders]
        known = [(name, spread) for name, spread in seen if spread is not None]
        if scenario.startswith(panel.kind) and known:
            groups.append((scenario, known))
    return groups


def _height(groups: Sequence[Group]) -> int:
    return TITLE + sum(len(bars) * BAR + GAP for _, bars in groups)


def _legend(colours: dict[str, str]) -> Iterator[str]:
    for place, (name, colour) in enumerate(colours.items()):
        left = LABELS + place * 110
        yield f'<rect x="{left}" y="10" width="12" height="12" fill="{colour}"/>'
        yield f'<text x="{left + 18}" y="20">{escape(name)}</text>'


def _panel(title: str, groups: Sequence[Group], colours: dict[str, str], top: int) -> Iterator[str]:
    most = max(spread.high for _, bars in groups for _, spread in bars) or 1
    yield f'<text x="10" y="{top + 28}" font-size="14" font-weight="600">{escape(title)}</text>'
    top += TITLE
    for scenario, bars in groups:
        yield f'<text x="{LABELS - 10}" y="{top + len(bars) * BAR / 2 + 4:g}" text-anchor="end">{escape(scenario)}</text>'
        for name, spread in bars:
            yield from _bar(spread, BARS / most, colours[name], top)
            top += BAR
        top += GAP


def _bar(spread: Spread, scale: float, colour: str, top: int) -> Iterator[str]:
    median, low, high = (round(value * scale, 1) for value in (spread.median, spread.low, spread.high))
    middle = top + BAR / 2
    yield f'<rect x="{LABELS}" y="{top + 1}" width="{median:g}" height="{BAR - 2}" fill="{colour}"/>'
    yield f'<path d="M{LABELS + low:g} {middle:g}H{LABELS + high:g}" stroke="#222" stroke-width="1"/>'
    yield f'<text x="{LABELS + high + 6:g}" y="{middle + 4:g}" font-size="11">{number(spread.median)}</text>'
