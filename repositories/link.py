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
        self._watched: int | None = None

    @classmethod
    async def open(cls, url: str, *, options: str, application_name: str, answer_seconds: float) -> "Link":
        connection = psycopg2.connect(url, async_=1, options=options, application_name=application_name)
        link = cls(connection, answer_seconds)
        try:
            await link._answered()
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
                async with asyncio.timeout(seconds):
                    await self._ready(write=False)
            except TimeoutError:
                return None
            self._connection.poll()
            self._collect()
        return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        self._unwatch()
        self._connection.close()

    async def _answered(self) -> None:
        async with asyncio.timeout(self._answer_seconds):
            while (state := self._connection.poll()) != extensions.POLL_OK:
                await self._ready(write=state == extensions.POLL_WRITE)
        self._collect()

    async def _ready(self, *, write: bool) -> None:
        """Until its socket can be read or written. While it connects the socket may become another one."""
        ready: asyncio.Future[None] = self._loop.create_future()
        self._watched = self._connection.fileno()
        watch = self._loop.add_writer if write else self._loop.add_reader
        watch(self._watched, _resolve, ready)
        try:
            await ready
        finally:
            self._unwatch()

    def _unwatch(self) -> None:
        if self._watched is not None:
            self._loop.remove_reader(self._watched)
            self._loop.remove_writer(self._watched)
            self._watched = None

    def _collect(self) -> None:
        self._waiting.extend(notify.payload.encode() for notify in self._connection.notifies)
        self._connection.notifies.clear()


def _resolve(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)
