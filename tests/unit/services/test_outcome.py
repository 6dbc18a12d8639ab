import asyncio

import pytest

from services.outcome import Outcome


def told_by(outcome: Outcome[int]) -> list[tuple[int | None, BaseException | None]]:
    told: list[tuple[int | None, BaseException | None]] = []
    outcome.listen(lambda result, error: told.append((result, error)))
    return told


def test_a_listener_is_told_at_the_moment_it_is_known() -> None:
    outcome: Outcome[int] = Outcome()
    told = told_by(outcome)
    assert told == []
    outcome.resolve(7)
    assert told == [(7, None)]


def test_who_comes_late_is_told_at_once() -> None:
    assert told_by(Outcome.of(7)) == [(7, None)]


def test_an_error_is_told_too() -> None:
    outcome: Outcome[int] = Outcome()
    told = told_by(outcome)
    error = LookupError()
    outcome.fail(error)
    assert told == [(None, error)]


async def test_it_can_be_awaited_before_and_after() -> None:
    outcome: Outcome[int] = Outcome()
    asyncio.get_running_loop().call_soon(outcome.resolve, 7)
    assert await outcome == 7
    assert await Outcome.of(8) == 8
    failed: Outcome[int] = Outcome()
    asyncio.get_running_loop().call_soon(failed.fail, LookupError())
    with pytest.raises(LookupError):
        await failed


async def test_who_stopped_waiting_is_not_in_the_way() -> None:
    outcome: Outcome[int] = Outcome()

    async def wait() -> int:
        return await outcome

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    outcome.resolve(7)
    assert outcome.settled


def test_it_is_known_once_and_told_once() -> None:
    outcome: Outcome[int] = Outcome()
    told_by(outcome)
    with pytest.raises(AssertionError):
        told_by(outcome)
    outcome.resolve(7)
    with pytest.raises(AssertionError):
        outcome.resolve(8)
