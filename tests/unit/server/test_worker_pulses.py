"""When the parent takes a worker for hung, and how it is rid of it."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from server.realtime.limits import RealtimeLimits
from server.workers.channel import PULSE_SECONDS, Channel, Kind
from server.workers.member import HUNG_PULSES, SILENT_PULSES, START_PULSES, Member

Pair = tuple[Member, Channel]


@pytest.fixture
async def started() -> AsyncIterator[Pair]:
    """A worker that is starting, played by the other end of its channel; its process only lives."""
    ours, theirs = Channel.pair()
    process = await asyncio.create_subprocess_exec("sleep", "60")
    member, end = Member(0, process, ours), Channel(theirs)
    member.listen(lambda _, message: message.drop())
    yield member, end
    member.dismiss()
    end.close()
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def hangs_after(member: Member, pulses: int) -> bool:
    for _ in range(pulses):
        member.expect_pulse()
    return member.hangs


async def until_stopped(pid: int) -> None:
    """Of two signals that wait for it, a process would take the other one first."""
    async with asyncio.timeout(5):
        while state_of(pid) != "T":
            await asyncio.sleep(0.01)


def state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]


async def say(pair: Pair, kind: Kind, body: bytes = b"") -> None:
    """Until it is heard."""
    member, end = pair
    member.expect_pulse()
    assert end.send(kind, body)
    async with asyncio.timeout(5):
        while member.owed:
            await asyncio.sleep(0.001)


def test_a_hung_one_is_found_before_its_clients_can_notice() -> None:
    """They wait for so long at least; tests/faults/test_hung_workers.py has quicker pulses."""
    assert RealtimeLimits().ping_timeout >= HUNG_PULSES * PULSE_SECONDS


async def test_one_that_starts_has_longer_than_one_that_serves(started: Pair) -> None:
    member, _ = started
    assert not hangs_after(member, START_PULSES)
    assert hangs_after(member, 1)
    await say(started, Kind.READY)
    assert not hangs_after(member, HUNG_PULSES)
    assert member.silent
    assert hangs_after(member, 1)


async def test_a_pulse_settles_all_that_were_due(started: Pair) -> None:
    member, _ = started
    await say(started, Kind.READY)
    assert not hangs_after(member, HUNG_PULSES)
    await say(started, Kind.PULSE, b"7")
    assert not hangs_after(member, SILENT_PULSES)
    assert (member.silent, member.load) == (False, 7)


async def test_one_that_is_stopped_is_killed_once_and_gets_nothing_more(started: Pair) -> None:
    member, end = started
    await say(started, Kind.READY)
    member.process.send_signal(signal.SIGSTOP)
    await until_stopped(member.process.pid)
    assert hangs_after(member, HUNG_PULSES + 1)
    ending = asyncio.create_task(member.put_down())
    await asyncio.sleep(0)
    assert (member.ready, member.hangs) == (False, False)
    assert not member.give(0)
    assert end.receive() is None
    await ending
    async with asyncio.timeout(5):
        assert await member.process.wait() == -signal.SIGKILL
    await member.put_down()
