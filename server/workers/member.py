"""One worker as the parent sees it: its process, the channel to it, and what it said of itself."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from server.workers.channel import WHERE, Channel, Kind, Message

SOURCES = Path(__file__).parent.parent.parent
# In pulses that a worker owes. Silent: no new clients while another one can have them. Hung: to be killed; far above what
# the busiest of event loops needs, and below the 20 to 45 s in which clients notice by themselves.
SILENT_PULSES, HUNG_PULSES = 4, 20
# It does not pulse before it is ready.
START_PULSES = 60
MESSAGES_AT_ONCE = 100
# For what it says to WHERE.
LAST_WORDS_SECONDS = 0.5


class End(StrEnum):
    DIED = "died"
    HUNG = "hung"


class Member:
    """`told` gets what concerns others: that it is ready, and connections for another worker."""

    def __init__(self, slot: int, process: asyncio.subprocess.Process, channel: Channel) -> None:
        self.slot = slot
        self.process = process
        self.ready = False
        self.end = End.DIED
        """Why it will have ended, if it ends unasked."""
        self.owed = 0
        """Pulses that were due and did not come."""
        self._channel = channel
        self._sessions = 0
        self._given = 0
        self._told: Callable[[Member, Message], None] = lambda member, message: message.drop()

    @classmethod
    async def start(cls, slot: int, orders: Mapping[str, Any]) -> "Member":
        channel, theirs = Channel.pair()
        with theirs:
            try:
                process = await _process(theirs.fileno())
            except OSError:
                channel.close()
                raise
        channel.send(Kind.ORDERS, json.dumps(orders).encode())
        return cls(slot, process, channel)

    @property
    def load(self) -> int:
        """Sessions it told of, and what it was given since."""
        return self._sessions + self._given

    @property
    def silent(self) -> bool:
        return self.owed > SILENT_PULSES

    @property
    def hangs(self) -> bool:
        if self.end is End.HUNG or self.process.returncode is not None:
            return False
        return self.owed > (HUNG_PULSES if self.ready else START_PULSES)

    def expect_pulse(self) -> None:
        """Once for each that is due. Whatever comes settles all of them."""
        self.owed += 1

    def give(self, descriptor: int, head: bytes = b"", *, opens: bool = False) -> bool:
        """A connection; `head` are bytes of it that somebody has read already. False: it cannot take it."""
        taken = self._channel.send(Kind.CONNECTION, head, descriptor)
        self._given += taken and opens
        return taken

    def one_ended(self, ends: Mapping[str, int]) -> None:
        """What another worker had committed and not told may be found in the database."""
        self._channel.send(Kind.DIED, json.dumps(ends).encode())

    def listen(self, told: Callable[["Member", Message], None]) -> None:
        self._told = told
        asyncio.get_running_loop().add_reader(self._channel.fileno(), self._receive)

    def dismiss(self) -> None:
        """The end of the channel is what tells a worker to stop."""
        if self._channel.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._channel.fileno())
            self._channel.close()
        self.ready = False

    async def put_down(self) -> None:
        """Kill one that hangs. SIGTERM it would not hear; where it hangs it can say, unless it is stopped altogether."""
        self.end = End.HUNG
        self.dismiss()
        self._signal(WHERE)
        await asyncio.sleep(LAST_WORDS_SECONDS)
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    def _receive(self) -> None:
        for _ in range(MESSAGES_AT_ONCE):
            try:
                message = self._channel.receive()
            except BlockingIOError:
                return
            if message is None:
                self.dismiss()
                return
            self._take(message)

    def _take(self, message: Message) -> None:
        self.owed = 0
        if message.kind is Kind.PULSE:
            self._sessions, self._given = int(message.body), 0
        else:
            self.ready = self.ready or message.kind is Kind.READY
            self._told(self, message)


async def _process(descriptor: int) -> asyncio.subprocess.Process:
    """`descriptor`: its end of the channel."""
    paths = os.pathsep.join([str(SOURCES), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.workers",
        str(descriptor),
        stdin=subprocess.DEVNULL,
        pass_fds=(descriptor,),
        env=os.environ | {"PYTHONPATH": paths},
    )
