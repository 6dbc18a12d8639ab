"""The results as tables of text, for the terminal and for docs/performance.md alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.figures import BASE, FIGURES, GOALS, OURS, SCALE, Goal
from bench.runs import Results, Spread


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def tables(results: Results) -> Iterator[Table]:
    """The goals first, then one for each scenario with every figure."""
    if (goals := _goals(results)).rows:
        yield goals
    for scenario in results.scenarios:
        yield _details(results, scenario)


def _goals(results: Results) -> Table:
    head = ("", "", BASE, SCALE, OURS, f"{OURS}/{BASE}", "goal", "")
    rows = (_goal(results, goal) for goal in GOALS)
    return Table("Goals", head, [row for row in rows if row])


def _goal(results: Results, goal: Goal) -> Sequence[str]:
    """Nothing when it was not measured."""
    seen, ratio = _pair(results, goal.scenario, OURS, goal.figure)
    value = seen if goal.absolute else ratio
    if value is None:
        return ()
    others = [_cell(results.spread(goal.scenario, name, goal.figure), brief=True) for name in (BASE, SCALE)]
    told = _cell(ratio) if ratio else "–"
    verdict = "met" if goal.met(value.median) else "not met"
    return goal.scenario, FIGURES[goal.figure][0], *others, _cell(seen, brief=True), told, str(goal), verdict


def _details(results: Results, scenario: str) -> Table:
    contenders = list(results.about)
    compared = [name for name in contenders if name.startswith(OURS)] if BASE in contenders else []
    rows = []
    for figure, (label, better) in FIGURES.items():
        seen = [results.spread(scenario, name, figure) for name in contenders]
        if any(seen):
            ratios = [results.ratio(scenario, name, BASE, figure) if better else None for name in compared]
            rows.append(
                (f"{label} {better}".strip(), *map(_cell, seen), *(_cell(ratio) if better else "" for ratio in ratios))
            )
    return Table(scenario, ("", *contenders, *(f"{name}/{BASE}" for name in compared)), rows)


def _pair(results: Results, scenario: str, contender: str, figure: str) -> tuple[Spread | None, Spread | None]:
    return results.spread(scenario, contender, figure), results.ratio(scenario, contender, BASE, figure)


def _cell(seen: Spread | None, *, brief: bool = False) -> str:
    if seen is None:
        return "–"
    if brief or seen.count == 1:
        return number(seen.median)
    return f"{number(seen.median)} ({number(seen.low)}–{number(seen.high)})"


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
