"""The statistics of the bench, and what is made of them."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.figures import Goal
from bench.lag import LoopLag, parse_lag
from bench.page import DRAWING, KEPT, PAGE, renewed_page
from bench.plan import Plan, arguments
from bench.plot import draw
from bench.runs import Results, Run, Spread
from bench.tables import tables


def run(contender: str, number: int, rate: float) -> Run:
    return Run("send n=50", contender, number, {"acked_per_s": rate})


@pytest.fixture
def results() -> Results:
    """The machine was half as fast in the second round, and something else took the third."""
    runs = [run("peer", 1, 100), run("ours", 1, 400), run("ours", 2, 210), run("peer", 2, 50)]
    runs += [run("peer", 3, 90), Run("send n=50", "ours", 3, {"void": "refused"})]
    return Results({"peer": "Node.js", "ours": "Colloque"}, {"Measured": "here"}, runs)


def test_ratios_are_taken_within_a_round(results: Results) -> None:
    assert results.ratio("send n=50", "ours", "peer", "acked_per_s") == Spread(4.1, 4.0, 4.2, 2)


def test_void_runs_give_no_figure(results: Results) -> None:
    assert results.spread("send n=50", "ours", "acked_per_s") == Spread(305, 210, 400, 2)
    assert results.spread("send n=50", "ours", "p99_ms") is None


def test_results_are_kept_whole(results: Results, tmp_path: Path) -> None:
    results.write(tmp_path / "kept.json")
    assert Results.read(tmp_path / "kept.json") == results


def test_goals_come_first_and_say_whether_they_are_met(results: Results) -> None:
    goals, details = tables(results)
    assert [(row[5], row[6], row[7]) for row in goals.rows] == [("4.1 (4–4.2)", "≥ 4 ×", "met")]
    assert details.rows[0][1:] == ("90 (50–100)", "305 (210–400)", "4.1 (4–4.2)")


@pytest.mark.parametrize(("figure", "value", "met"), [("acked_per_s", 3.9, False), ("p99_ms", 3.9, True)])
def test_a_goal_knows_which_way_is_better(figure: str, value: float, met: bool) -> None:
    assert Goal("send n=50", figure, 4).met(value) is met


def test_the_drawing_has_a_bar_for_each_contender(results: Results) -> None:
    drawn = ElementTree.fromstring(draw(results))  # noqa: S314  # our own drawing
    bars = [float(bar.attrib["width"]) for bar in drawn.iter("{http://www.w3.org/2000/svg}rect") if "y" in bar.attrib]
    assert bars[-2:] == [pytest.approx(305 / 400 * 560, abs=0.1), pytest.approx(90 / 400 * 560, abs=0.1)]


def test_the_lag_of_a_time_is_what_came_in_it() -> None:
    before = LoopLag({0.001: 90, 0.01: 95, float("inf"): 95})
    after = LoopLag({0.001: 90, 0.01: 195, float("inf"): 195})
    assert after.since(before).quantile(0.5) == pytest.approx(0.0055)
    assert not LoopLag()


def test_the_lag_of_several_processes_is_that_of_all() -> None:
    lines = [
        f'colloque_loop_lag_seconds_bucket{{le="{le}",worker="{worker}"}} 5.0' for le in (1, 2) for worker in (1, 2)
    ]
    assert parse_lag("\n".join(lines)) == LoopLag({1.0: 10.0, 2.0: 10.0})
    assert parse_lag('colloque_loop_lag_seconds_bucket{le="+Inf"} 3.0') == LoopLag({float("inf"): 3.0})


def test_servers_take_turns_and_the_first_changes() -> None:
    plan = Plan(scenarios=("a", "b"), contenders=("peer", "ours"), rounds=2)
    first, second = [[name for number, _, name in plan.turns() if number == wanted] for wanted in (1, 2)]
    assert first == ["peer", "ours"] * 2
    assert second == ["ours", "peer"] * 2


def test_only_a_whole_run_renews_the_documents() -> None:
    assert arguments([]).plan.whole
    assert arguments(["--rounds", "4"]).plan.whole
    for less in (
        ["--quick"],
        ["--rounds", "1"],
        ["--seconds", "1"],
        ["--scenarios", "send n=50"],
        ["--contenders", "ours"],
    ):
        assert not arguments(less).plan.whole


def test_contenders_can_have_several_processes() -> None:
    assert arguments(["--contenders", "ours,ours:2"]).plan.contenders == ("ours", "ours:2")
    with pytest.raises(SystemExit):
        arguments(["--contenders", "peer:2"])


def test_the_page_and_the_drawing_are_those_of_the_figures() -> None:
    kept, advice = Results.read(KEPT), "Run: .venv/bin/python bench/run.py publish docs/performance.json"
    page = PAGE.read_text("utf-8")
    assert page == renewed_page(page, kept), advice
    assert DRAWING.read_text("utf-8") == draw(kept), advice
