"""One asynchronous connection of libpq, with a time limit on every answer.

Neither aiopg, which turns time-outs into cancellations and cancellations into requests to a server that may be frozen: here
a connection that does not answer is closed, and that is all. Nor psycopg2, for which every value is a text within the
statement: by psycopg's wrapper of libpq values and rows travel as PostgreSQL keeps them. See ADR 0054.

In libpq's pipeline mode: what is asked while an answer is on its way goes at once, and PostgreSQL begins with it when it is
done with what was asked before, without waiting for us. See ADR 0055.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.conninfo import make_conninfo

_NONE: Mapping[str, str] = MappingProxyType({})


class Link:
    """Raises psycopg.Error, OSError or TimeoutError; after any of them it is of no use but to be closed.

    May be asked again before it has answered. Each question is a transaction of its own, and answered in its turn.
    """

    def __init__(self, connection: pq.abc.PGconn, answer_seconds: float) -> None:
        self._connection = connection
        self._answer_seconds = answer_seconds
        self._loop = asyncio.get_running_loop()
        self._reader = Transformer()
        self._waiting: deque[bytes] = deque()
        # The number of its socket while that is watched, and what for. Once connected it stays watched for answers: to begin
        # and end that for each of them costs a lone send more than to read its answer.
        self._watched: int | None = None
        self._write = False
        self._connected = False
        # Who waits for the socket, and how often it was told of since to nobody.
        self._waits: asyncio.Future[None] | None = None
        self._unheard = 0
        # Done when what was asked last is answered, well or badly.
        self._last: asyncio.Future[None] | None = None

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        options: str,
        application_name: str,
        answer_seconds: float,
        prepared: Mapping[str, str] = _NONE,
    ) -> "Link":
        """`prepared`: statements that it can be asked for by their names, with parameters $1, $2 and so on."""
        conninfo = make_conninfo(url, options=options, application_name=application_name, client_encoding="UTF8")
        link = cls(pq.PGconn.connect_start(conninfo.encode()), answer_seconds)
        try:
            await link._connect()
            for name, statement in prepared.items():
                link._connection.send_prepare(name.encode(), statement.encode())
                await link._answer()
        except BaseException:
            link.close()
            raise
        return link

    async def execute(self, command: str, values: Sequence[bytes] = ()) -> None:
        """One statement; `values` as texts."""
        self._connection.send_query_params(command.encode(), values)
        await self._answer()

    async def rows(self, name: str, values: Sequence[bytes | None]) -> list[tuple[Any, ...]]:
        """Of a prepared statement; `values` in PostgreSQL's binary form."""
        formats = [pq.Format.BINARY] * len(values)
        self._connection.send_query_prepared(name.encode(), values, formats, pq.Format.BINARY)
        result = await self._answer()
        self._reader.set_pgresult(result)
        return self._reader.load_rows(0, result.ntuples, tuple)

    @property
    def closed(self) -> bool:
        return self._connection.status == pq.ConnStatus.BAD

    async def listen(self, channel: str) -> None:
        name = pq.Escaping(self._connection).escape_identifier(channel.encode())
        await self.execute(f"LISTEN {name.decode()}")

    async def notification(self, seconds: float) -> bytes | None:
        """The next one, or None when none comes for so long."""
        if not self._waiting:
            try:
                await self._ready(write=False, until=self._loop.time() + seconds)
            except TimeoutError:
                return None
            self._consume()
            self._collect()
        return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        self._unwatch()
        self._connection.finish()
        if self._waits is not None:
            _end(self._waits, psycopg.OperationalError("the connection was closed"))

    async def _connect(self) -> None:
        until = self._loop.time() + self._answer_seconds
        while (state := self._connection.connect_poll()) != pq.PollingStatus.OK:
            if state == pq.PollingStatus.FAILED:
                raise psycopg.OperationalError(self._connection.get_error_message())
            await self._ready(write=state == pq.PollingStatus.WRITING, until=until)
        self._connection.nonblocking = 1
        self._connection.enter_pipeline_mode()
        self._connected = True

    async def _answer(self) -> pq.abc.PGresult:
        """To what was sent just now. A refusal is raised when all of it has been read, or when no more can be."""
        until = self._loop.time() + self._answer_seconds
        before, answered = self._last, self._loop.create_future()
        self._last = answered
        try:
            self._connection.pipeline_sync()
            if before is not None and not before.done():
                await before
            result, refused = await self._read(until)
        except BaseException:
            # What was asked after this must not take what comes now for its own answer.
            self.close()
            raise
        finally:
            if not answered.done():
                answered.set_result(None)
        self._collect()
        if refused is not None:
            raise refused
        return result

    async def _read(self, until: float) -> tuple[pq.abc.PGresult, psycopg.Error | None]:
        """Results of one statement, nothing, and the end of its transaction."""
        if self.closed:
            raise psycopg.OperationalError("the connection was lost with what was asked before")
        await self._flush(until)
        last: pq.abc.PGresult | None = None
        refused: psycopg.Error | None = None
        while (result := await self._result(until, refused)) is not None:
            last = result
            if refused is None and result.status == pq.ExecStatus.FATAL_ERROR:
                refused = psycopg.errors.error_from_result(result)
        end = await self._result(until, refused)
        if last is None or end is None or end.status != pq.ExecStatus.PIPELINE_SYNC:
            raise refused or psycopg.OperationalError("no result")
        return last, refused

    async def _flush(self, until: float) -> None:
        while self._connection.flush():
            await self._ready(write=True, until=until)

    async def _result(self, until: float, refused: psycopg.Error | None) -> pq.abc.PGresult | None:
        while self._connection.is_busy():
            await self._ready(write=False, until=until)
            try:
                self._consume()
            except psycopg.Error:
                # Who ends a connection says why before.
                if refused is not None:
                    raise refused from None
                raise
        return self._connection.get_result()

    def _consume(self) -> None:
        try:
            self._connection.consume_input()
        except BaseException:
            # libpq may have closed the socket; its number is soon another one's.
            self._unwatch()
            raise

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
        number = self._connection.socket
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
        while (notification := self._connection.notifies()) is not None:
            self._waiting.append(notification.extra)


def _end(waits: "asyncio.Future[None]", error: Exception) -> None:
    if not waits.done():
        waits.set_exception(error)
