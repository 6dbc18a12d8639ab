"""One worker as the parent sees it: its process, the channel to it, and what it said of itself."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from server.workers.channel import Channel, Kind, Message

SOURCES = Path(__file__).parent.parent.parent
# A worker pulses once a second. Who is silent for longer gets no new clients while another one can have them.
SILENCE_SECONDS = 4.0
MESSAGES_AT_ONCE = 100


class Member:
    """`told` gets what concerns others: that it is ready, and connections for another worker."""

    def __init__(self, slot: int, process: asyncio.subprocess.Process, channel: Channel) -> None:
        self.slot = slot
        self.process = process
        self.ready = False
        self._channel = channel
        self._sessions = 0
        self._given = 0
        self._heard = time.monotonic()
        self._told: Callable[[Member, Message], None] = lambda member, message: message.drop()

    @classmethod
    async def start(cls, slot: int, orders: Mapping[str, Any]) -> "Member":
        channel, theirs = Channel.pair()
        with theirs:
            paths = os.pathsep.join([str(SOURCES), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "server.workers.worker",
                str(theirs.fileno()),
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=os.environ | {"PYTHONPATH": paths},
            )
        channel.send(Kind.ORDERS, json.dumps(orders).encode())
        return cls(slot, process, channel)

    @property
    def load(self) -> int:
        """Sessions it told of, and what it was given since."""
        return self._sessions + self._given

    @property
    def silent(self) -> bool:
        return time.monotonic() - self._heard > SILENCE_SECONDS

    def give(self, descriptor: int, head: bytes = b"", *, opens: bool = False) -> bool:
        """A connection; `head` are bytes of it that somebody has read already. False: it cannot take it."""
        taken = self._channel.send(Kind.CONNECTION, head, descriptor)
        self._given += taken and opens
        return taken

    def one_died(self) -> None:
        """What another worker had committed and not told may be found in the database."""
        self._channel.send(Kind.DIED)

    def listen(self, told: Callable[["Member", Message], None]) -> None:
        self._told = told
        asyncio.get_running_loop().add_reader(self._channel.fileno(), self._receive)

    def dismiss(self) -> None:
        """The end of the channel is what tells a worker to stop."""
        if self._channel.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._channel.fileno())
            self._channel.close()
        self.ready = False

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
        self._heard = time.monotonic()
        if message.kind is Kind.PULSE:
            self._sessions, self._given = int(message.body), 0
        else:
            self.ready = self.ready or message.kind is Kind.READY
            self._told(self, message)
