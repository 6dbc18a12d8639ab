"""A tap on the wire to PostgreSQL: it counts what any driver of ours asks, however the code asks it."""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from tests.support.postgres import SOCKET

CHUNK = 65_536
HEADER = 5
READY, IN_NO_TRANSACTION = ord("Z"), ord("I")


class _Doubts:
    """Of one connection."""

    wanted = False
    committing = False


class PostgresTap:
    """Passes bytes both ways. `trips` are answers that PostgreSQL finished, `transactions` those of them that ended one."""

    def __init__(self, url: str) -> None:
        self._target = Path(parse_qs(urlsplit(url).query)["host"][0]) / SOCKET
        # The path of a unix socket may have about a hundred characters.
        self._folder = Path(tempfile.mkdtemp(prefix="tap-"))
        self.url = url.replace(quote(str(self._target.parent), safe=""), quote(str(self._folder), safe=""))
        self._tasks: set[asyncio.Task[None]] = set()
        self.trips = 0
        self.transactions = 0
        # What a statement says after which the answer to the next COMMIT is lost, once.
        self.loses_after: bytes | None = None

    async def run(self, listening: threading.Event, stop: asyncio.Event) -> None:
        server = await asyncio.start_unix_server(self._serve, self._folder / SOCKET)
        listening.set()
        await stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _serve(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        postgres, there = await asyncio.open_unix_connection(self._target)
        doubts = _Doubts()
        for passing in (self._ask(client, there, doubts), self._answer(postgres, back, doubts)):
            task = asyncio.create_task(passing)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ask(self, client: asyncio.StreamReader, there: asyncio.StreamWriter, doubts: "_Doubts") -> None:
        try:
            with suppress(ConnectionError):
                while data := await client.read(CHUNK):
                    self._look_at(data, doubts)
                    there.write(data)
        finally:
            there.transport.abort()

    async def _answer(self, postgres: asyncio.StreamReader, back: asyncio.StreamWriter, doubts: "_Doubts") -> None:
        unread = bytearray()
        try:
            with suppress(ConnectionError):
                while data := await postgres.read(CHUNK):
                    if doubts.committing:
                        break
                    back.write(data)
                    unread += data
                    self._count(unread)
        finally:
            back.transport.abort()

    def _look_at(self, data: bytes, doubts: "_Doubts") -> None:
        if self.loses_after is not None and self.loses_after in data:
            doubts.wanted = True
        elif doubts.wanted and b"COMMIT" in data:
            doubts.committing, self.loses_after = True, None

    def _count(self, unread: bytearray) -> None:
        """Takes whole messages away: a letter, the length of what follows with itself, and that."""
        place = 0
        while len(unread) >= place + HEADER:
            end = place + 1 + int.from_bytes(unread[place + 1 : place + HEADER])
            if len(unread) < end:
                break
            if unread[place] == READY:
                self.trips += 1
                self.transactions += unread[end - 1] == IN_NO_TRANSACTION
            place = end
        del unread[:place]


@contextmanager
def postgres_tap(url: str) -> Iterator[PostgresTap]:
    """In a thread of its own, so that a test may block while a server starts through it."""
    tap, listening, loop, stop = PostgresTap(url), threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(tap.run(listening, stop),))
    thread.start()
    try:
        assert listening.wait(10)
        yield tap
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
