"""Questions that share a look: none waits in vain, none is answered with what was so before it was asked."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from repositories.errors import StorageUnavailable
from services.errors import Unavailable
from services.together import Together


class Table:
    """What is looked into. `gate` holds every look that has begun."""

    def __init__(self) -> None:
        self.rows = {number: number * 10 for number in range(20)}
        self.looks: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: BaseException | None = None

    async def look(self, questions: Sequence[int]) -> list[int]:
        self.looks.append(list(questions))
        answers = [self.rows[question] for question in questions]
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return answers


async def until_looking(table: Table, looks: int = 1) -> None:
    async with asyncio.timeout(5):
        while len(table.looks) < looks:
            await asyncio.sleep(0)


async def test_who_asks_at_once_shares_a_look_and_gets_the_own_answer() -> None:
    table = Table()
    together = Together(table.look, max_batch=3)
    assert await asyncio.gather(*[together.ask(number) for number in (4, 1, 4, 2)]) == [40, 10, 40, 20]
    assert table.looks == [[4, 1, 4], [2]]
    assert await together.ask(7) == 70


async def test_a_question_is_never_answered_by_a_look_that_began_before_it() -> None:
    table = Table()
    together = Together(table.look)
    table.gate.clear()
    first = asyncio.create_task(together.ask(1))
    await until_looking(table)
    table.rows[1] = 11
    second = asyncio.create_task(together.ask(1))
    await asyncio.sleep(0)
    table.gate.set()
    assert (await first, await second) == (10, 11)
    assert table.looks == [[1], [1]]


async def test_between_looks_there_may_be_a_rest_but_who_comes_first_does_not_wait() -> None:
    table = Table()
    together = Together(table.look, rest=0.05, max_batch=2)
    started = time.monotonic()
    assert await together.ask(1) == 10
    assert time.monotonic() - started < 0.05
    later = asyncio.create_task(together.ask(2))
    await asyncio.sleep(0.01)
    assert (await together.ask(3), await later) == (30, 20)
    assert table.looks == [[1], [2, 3]]


async def test_with_a_full_line_there_is_no_rest() -> None:
    table = Table()
    together = Together(table.look, rest=60, max_batch=2)
    async with asyncio.timeout(5):
        assert await asyncio.gather(*[together.ask(number) for number in range(4)]) == [0, 10, 20, 30]


async def test_who_asks_what_cannot_be_asked_fails_alone() -> None:
    table = Table()
    together = Together(table.look)
    answers = await asyncio.gather(*[together.ask(number) for number in (1, 99, 2)], return_exceptions=True)
    assert (answers[0], answers[2]) == (10, 20)
    assert isinstance(answers[1], KeyError)


async def test_a_database_that_is_away_is_asked_once_and_each_gets_an_error_of_its_own() -> None:
    table = Table()
    table.error = StorageUnavailable("away")
    together = Together(table.look)
    answers = await asyncio.gather(*[together.ask(number) for number in (1, 2)], return_exceptions=True)
    assert table.looks == [[1, 2]]
    assert all(isinstance(answer, StorageUnavailable) for answer in answers)
    assert answers[0] is not answers[1]
    table.error = None
    assert await together.ask(3) == 30


async def test_who_gives_up_leaves_the_others_their_answer() -> None:
    table = Table()
    together = Together(table.look)
    table.gate.clear()
    first, second = (asyncio.create_task(together.ask(number)) for number in (1, 2))
    await until_looking(table)
    third, fourth = (asyncio.create_task(together.ask(number)) for number in (3, 4))
    await asyncio.sleep(0)
    first.cancel()
    third.cancel()
    await asyncio.wait([first, third])
    table.gate.set()
    assert (await second, await fourth) == (20, 40)
    assert table.looks == [[1, 2], [4]]


async def test_beyond_the_limit_the_answer_comes_at_once() -> None:
    table = Table()
    table.gate.clear()
    together = Together(table.look, max_waiting=1)
    first = asyncio.create_task(together.ask(1))
    await until_looking(table)
    second = asyncio.create_task(together.ask(2))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await together.ask(3)
    table.gate.set()
    assert (await first, await second) == (10, 20)


async def test_nobody_waits_for_ever_when_the_work_is_cancelled() -> None:
    """As at the end of the loop."""
    table = Table()
    table.gate.clear()
    together = Together(table.look)
    first = asyncio.create_task(together.ask(1))
    await until_looking(table)
    second = asyncio.create_task(together.ask(2))
    await asyncio.sleep(0)
    for task in asyncio.all_tasks():
        if task.get_name() == "together":
            task.cancel()
    async with asyncio.timeout(5):
        answers = await asyncio.gather(first, second, return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
