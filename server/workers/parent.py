"""The parent of several workers: starts them, shares out clients, replaces who dies or hangs, ends all with itself."""

import asyncio
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import structlog

from server.process import STOP_SECONDS
from server.workers.channel import PULSE_SECONDS, Kind, Message
from server.workers.front import Front
from server.workers.member import End, Member
from server.workers.session_ids import wanted
from services.tasks import end

log = structlog.get_logger(__name__)

START_SECONDS = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
# A worker that hangs at its end ends itself, with its last words, a second before it would be killed.
END_SECONDS = STOP_SECONDS + 1.0
# Who lived for so long did not die of what it met at its start.
GOOD_LIFE = 30.0


class WorkerFailed(Exception):
    """A worker ended before it ever served; its last words are in the log."""


class Parent:
    """`orders` are what every worker is told, besides its number; see worker.py."""

    def __init__(self, *, workers: int, listeners: Sequence[socket.socket], orders: Mapping[str, Any]) -> None:
        self._folder = tempfile.mkdtemp(prefix="colloque-", dir="/tmp")  # mkdtemp makes it ours alone; paths are short
        self._ends = dict.fromkeys(map(str, End), 0)
        self._orders = {
            **orders,
            "workers": workers,
            "folder": self._folder,
            "parent": os.getpid(),
            "ends": self._ends,
        }
        self._slots = range(workers)
        self._front = Front(listeners, self._share)
        self._members: dict[int, Member] = {}
        self._turn = count()
        self._stopping = False
        self._opened = False
        self._keepers: list[asyncio.Task[None]] = []
        self._watch: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    async def start(self) -> None:
        """Returns when all workers serve. Raises WorkerFailed."""
        self._keepers = [asyncio.create_task(self._keep(slot), name=f"worker {slot}") for slot in self._slots]
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._all_ready()
        except TimeoutError as error:
            raise WorkerFailed(f"A worker was not ready within {START_SECONDS:.0f} s.") from error
        self._watch = asyncio.create_task(self._watch_pulses(), name="watch over workers")

    async def close(self) -> None:
        """No new clients; every worker closes its own, and is killed if it cannot."""
        self._stopping = True
        self._front.close()
        await end([self._watch])
        members = list(self._members.values())
        for member in members:
            member.dismiss()
        await asyncio.gather(*(_gone(member) for member in members))
        await end(self._keepers)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _all_ready(self) -> None:
        while not all(slot in self._members and self._members[slot].ready for slot in self._slots):
            if failed := [keeper for keeper in self._keepers if keeper.done()]:
                failed[0].result()
            self._news.clear()
            await self._news.wait()
        self._opened = True
        self._adjust()

    async def _keep(self, slot: int) -> None:
        """A worker in this place, for as long as the parent lives."""
        pause = FIRST_PAUSE
        try:
            while True:
                started = time.monotonic()
                try:
                    how: dict[str, Any] = {"code": await self._live(slot)}
                except OSError as error:  # no memory, process or descriptor to be had for one: that may pass
                    how = {"why": str(error)}
                if self._stopping:
                    return
                if not self._opened:
                    raise WorkerFailed(f"Worker {slot} ended before it was ready: {how}.")
                pause = FIRST_PAUSE if time.monotonic() - started > GOOD_LIFE else min(pause * 2, LONGEST_PAUSE)
                log.error("worker_ended", worker=slot, **how, again_in=pause)
                await asyncio.sleep(pause)
        finally:
            self._news.set()

    async def _live(self, slot: int) -> int:
        """From the start of a process to its end; its exit code."""
        member = await Member.start(slot, {**self._orders, "slot": slot})
        self._members[slot] = member
        member.listen(self._told)
        code = await member.process.wait()
        member.dismiss()
        self._adjust()
        if not self._stopping:
            self._mourn(member)
        return code

    def _mourn(self, member: Member) -> None:
        self._ends[member.end] += 1
        for other in self._members.values():
            other.one_ended(self._ends)

    async def _watch_pulses(self) -> None:
        """Time is counted in turns of our own: while we are paused, alone or with the whole machine, nobody owes a pulse."""
        while True:
            await asyncio.sleep(PULSE_SECONDS)
            for member in self._members.values():
                member.expect_pulse()
            hanging = [member for member in self._members.values() if member.hangs]
            for member in hanging:
                silent_seconds = member.owed * PULSE_SECONDS
                log.error("worker_hung", worker=member.slot, pid=member.process.pid, silent_seconds=silent_seconds)
            await asyncio.gather(*(member.put_down() for member in hanging))

    def _adjust(self) -> None:
        """While nobody can serve them, clients wait in the kernel's queue."""
        if self._stopping or not self._opened:
            return
        if any(member.ready for member in self._members.values()):
            self._front.open()
        else:
            self._front.shut()

    def _told(self, member: Member, message: Message) -> None:
        if message.kind is Kind.READY:
            log.info("worker_ready", worker=member.slot, pid=member.process.pid)
            self._news.set()
            self._adjust()
        elif message.kind is Kind.HAND_OVER and message.descriptor is not None:
            other = self._members.get(message.body[0])
            # Without the worker the session has gone too: a cut connection makes the client begin anew.
            if other is not None and other.ready:
                other.give(message.descriptor, message.body[1:])
            message.drop()

    def _share(self, connection: socket.socket, first: bytes) -> bool:
        for_sockets, owner = wanted(first)
        opens = for_sockets and owner is None
        candidates = self._candidates(owner, opens=opens)
        return any(member.give(connection.fileno(), opens=opens) for member in candidates)

    def _candidates(self, owner: int | None, *, opens: bool) -> list[Member]:
        """The owner of the session; for a new one whoever has the fewest; for anything else each in turn."""
        ready = [member for member in self._members.values() if member.ready]
        turn = next(self._turn)
        key: Callable[[Member], Any] = (
            (lambda member: (member.silent, member.load))
            if opens
            else (lambda member: (member.slot != owner, member.silent, (member.slot + turn) % len(self._slots)))
        )
        return sorted(ready, key=key)


async def _gone(member: Member) -> None:
    try:
        async with asyncio.timeout(END_SECONDS):
            await member.process.wait()
    except TimeoutError:
        log.error("worker_killed", worker=member.slot)
        if member.process.returncode is None:
            member.process.kill()
        await member.process.wait()
