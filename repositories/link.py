"""One asynchronous connection of psycopg2, with a time limit on every answer.

Not aiopg, which turns time-outs into cancellations and cancellations into requests to a server that may be frozen: here a
connection that does not answer is closed, and that is all.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg2
from psycopg2 import extensions, sql


class Link:
    """Raises psycopg2.Error, OSError or TimeoutError; after any of them it is of no use but to be closed."""

    def __init__(self, connection: Any, answer_seconds: float) -> None:
        self._connection = connection
        self._answer_seconds = answer_seconds
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes] = deque()
        # The number of its socket while that is watched, and what for. Once connected it stays watched for answers: to begin
        # and end that for each of them costs a lone send more than to read its answer.
        self._watched: int | None = None
        self._write = False
        self._connected = False
        # Who waits for the socket, and how often it was told of since to nobody.
        self._waits: asyncio.Future[None] | None = None
        self._unheard = 0

    @classmethod
    async def open(
        cls, url: str, *, options: str, application_name: str, answer_seconds: float, first: str = ""
    ) -> "Link":
        """`first` is said before anything else, when it is not empty."""
        connection = psycopg2.connect(url, async_=1, options=options, application_name=application_name)
        link = cls(connection, answer_seconds)
        try:
            await link._answered()
            link._connected = True
            if first:
                await link.execute(first)
        except BaseException:
            link.close()
            raise
        return link

    async def execute(self, query: str | sql.Composable, parameters: Sequence[Any] = ()) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(query, parameters)
            await self._answered()

    async def rows(self, query: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query, parameters)
            await self._answered()
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    @property
    def closed(self) -> bool:
        return bool(self._connection.closed)

    async def listen(self, channel: str) -> None:
        await self.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))

    async def notification(self, seconds: float) -> bytes | None:
        """The next one, or None when none comes for so long."""
        if not self._waiting:
            try:
                await self._ready(write=False, until=self._loop.time() + seconds)
            except TimeoutError:
                return None
            self._poll()
            self._collect()
        return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        self._unwatch()
        self._connection.close()

    async def _answered(self) -> None:
        until = self._loop.time() + self._answer_seconds
        while (state := self._poll()) != extensions.POLL_OK:
            await self._ready(write=state == extensions.POLL_WRITE, until=until)
        self._collect()

    def _poll(self) -> int:
        try:
            state: int = self._connection.poll()
        except BaseException:
            # libpq may have closed the socket; its number is soon another one's.
            self._unwatch()
            raise
        return state

    async def _ready(self, *, write: bool, until: float) -> None:
        """Until its socket can be read or written."""
        waits: asyncio.Future[None] = self._loop.create_future()
        timer = self._loop.call_at(until, _end, waits, TimeoutError())
        self._waits, self._unheard = waits, 0
        self._watch(write)
        try:
            await waits
        finally:
            timer.cancel()
            self._waits = None
            # While it connects, the socket may become another one.
            if write or not self._connected:
                self._unwatch()

    def _watch(self, write: bool) -> None:
        number = self._connection.fileno()
        if (self._watched, self._write) == (number, write):
            return
        self._unwatch()
        watch = self._loop.add_writer if write else self._loop.add_reader
        watch(number, self._came)
        self._watched, self._write = number, write

    def _came(self) -> None:
        if self._waits is not None and not self._waits.done():
            self._waits.set_result(None)
            return
        # Once more may be the echo of what is just being read. What nobody reads the loop would tell of for ever.
        self._unheard += 1
        if self._unheard > 1:
            self._unwatch()

    def _unwatch(self) -> None:
        if self._watched is not None:
            unwatch = self._loop.remove_writer if self._write else self._loop.remove_reader
            unwatch(self._watched)
            self._watched = None

    def _collect(self) -> None:
        self._waiting.extend(notify.payload.encode() for notify in self._connection.notifies)
        self._connection.notifies.clear()


def _end(waits: "asyncio.Future[None]", error: Exception) -> None:
    if not waits.done():
        waits.set_exception(error)
