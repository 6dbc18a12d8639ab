"""Many deadlines behind one timer of the loop."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from server.realtime.deadlines import RESOLUTION, Deadlines
from tests.realtime.served import until


class Timers:
    """Counts the timers that the loop is asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = 0
        loop = asyncio.get_running_loop()
        for name in ("call_later", "call_at"):
            monkeypatch.setattr(loop, name, self._counted(getattr(loop, name)))

    def _counted(self, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: Any, **options: Any) -> object:
            self.made += 1
            return real(*args, **options)

        return call


async def test_each_passes_once_in_the_order_of_their_beginning() -> None:
    passed: list[str] = []
    deadlines: Deadlines[str] = Deadlines(0.02, passed.append)
    for name in "abc":
        deadlines.start(name)
    await until(lambda: len(passed) >= 3)
    deadlines.start("a")
    await until(lambda: len(passed) >= 4)
    assert passed == ["a", "b", "c", "a"]
    assert len(deadlines) == 0


async def test_none_passes_early_and_who_starts_again_has_all_of_it() -> None:
    loop = asyncio.get_running_loop()
    passed: dict[str, float] = {}

    def note(name: str) -> None:
        passed[name] = loop.time()

    deadlines: Deadlines[str] = Deadlines(0.1, note)
    begun = loop.time()
    deadlines.start("again")
    deadlines.start("once")
    loop.call_later(0.06, deadlines.start, "again")
    await until(lambda: len(passed) == 2)
    assert passed["once"] - begun >= 0.1 - 2 * RESOLUTION
    assert passed["again"] - begun >= 0.16 - 2 * RESOLUTION
    assert list(passed) == ["once", "again"]


async def test_who_is_stopped_does_not_pass_and_those_behind_do() -> None:
    passed: list[str] = []
    deadlines: Deadlines[str] = Deadlines(0.02, passed.append)
    for name in "abc":
        deadlines.start(name)
    deadlines.stop("a")
    deadlines.stop("unknown")
    await until(lambda: len(passed) == 2)
    assert passed == ["b", "c"]


async def test_who_passes_may_begin_anew() -> None:
    passed: list[str] = []

    def again(name: str) -> None:
        passed.append(name)
        if len(passed) < 3:
            deadlines.start(name)

    deadlines: Deadlines[str] = Deadlines(0.01, again)
    deadlines.start("a")
    await until(lambda: len(passed) == 3)
    assert len(deadlines) == 0


async def test_a_thousand_cost_one_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    deadlines: Deadlines[int] = Deadlines(60, lambda _: None)
    timers = Timers(monkeypatch)
    for number in range(1000):
        deadlines.start(number)
        deadlines.start(number)
    assert len(deadlines) == 1000
    assert timers.made == 1


async def test_zero_is_never() -> None:
    deadlines: Deadlines[str] = Deadlines(0, lambda _: None)
    deadlines.start("a")
    assert len(deadlines) == 0
