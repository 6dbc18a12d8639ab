"""Named SQL from sql/queries, run on one aiopg connection. The seam where the driver's habits end."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import aiopg
import aiosql
import psycopg
import psycopg2
import psycopg2.extensions
import psycopg2.extras
from aiosql.adapters.pyformat import PyFormatAdapter

from repositories.errors import ConstraintViolated, OutcomeUnknown, StorageUnavailable

Record = TypeVar("Record")
Observer = Callable[[str, float], None]
# Gives the dead connection of these statements back and gives them another one.
Renew = Callable[["Statements"], Awaitable[None]]
# A failure as quick as this was a dead connection, not a database in trouble.
QUICK = 1.0
QUERIES = Path(__file__).parent.parent / "sql" / "queries"

psycopg2.extras.register_uuid()  # type: ignore[no-untyped-call]  # types-psycopg2 leaves it out


def _bytes_of(value: Any, cursor: Any) -> bytes | None:
    """psycopg2 gives a memoryview; bytes can be hashed and compared, which keys of a cache need."""
    return None if value is None else bytes(psycopg2.BINARY(value, cursor))


psycopg2.extensions.register_type(psycopg2.extensions.new_type(psycopg2.BINARY.values, "BYTES", _bytes_of))


class _Loader(PyFormatAdapter):
    """aiosql parses and checks the files; running is ours, since it has no aiopg adapter."""


@cache
def load_queries(folder: Path = QUERIES) -> Mapping[str, str]:
    """Every named query as (name → SQL with pyformat parameters)."""
    loaded = aiosql.from_path(folder, _Loader)
    return {name: getattr(loaded, name).sql for name in loaded.available_queries if not name.endswith("_cursor")}


def numbered(query: str) -> str:
    """With $1, $2 and so on in place of names, in the order in which they first come. For a query whose parameters all have a
    cast: that is how PostgreSQL knows their types.
    """
    return query % _Numbers()


class _Numbers(dict[str, str]):
    def __missing__(self, parameter: str) -> str:
        number = self[parameter] = f"${len(self) + 1}"
        return number


class _StorageErrors:
    """Turns what aiopg, psycopg2 and psycopg raise into the errors of repositories.errors."""

    def __enter__(self) -> None:
        """Nothing is kept: one serves all."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and (ours := _in_our_words(error)) is not None:
            raise ours from error


storage_errors = _StorageErrors()


def _in_our_words(error: BaseException) -> Exception | None:
    """None: it is to stay what it is.

    aiopg reports a statement timeout as CancelledError; when nobody cancelled this task, it was the database.
    """
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return None if task is None or task.cancelling() else StorageUnavailable("statement timeout")
    if isinstance(error, TimeoutError):
        return StorageUnavailable("no answer in time")
    if isinstance(error, psycopg2.IntegrityError | psycopg.IntegrityError):
        return ConstraintViolated(error.diag.constraint_name)
    if isinstance(error, _UNAVAILABLE) or _without_code(error):
        return StorageUnavailable(str(error).strip())
    return None


_UNAVAILABLE = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    # For a while after a failover one may be at the node that only reads.
    psycopg2.errors.ReadOnlySqlTransaction,
    psycopg.errors.ReadOnlySqlTransaction,
)


def _without_code(error: BaseException) -> bool:
    """A server that dies in the middle of an answer leaves libpq with something that has no code of its own."""
    if type(error) is psycopg2.DatabaseError:
        return error.pgcode is None
    return type(error) is psycopg.DatabaseError and error.sqlstate is None


class _Answer(NamedTuple):
    columns: list[str]
    rows: list[tuple[Any, ...]]
    touched: int


class Statements:
    """Runs named queries on one connection and makes records of the rows (columns are the record's fields)."""

    def __init__(
        self, *, connection: aiopg.Connection, renew: Renew, queries: Mapping[str, str], observe: Observer
    ) -> None:
        # None while a dead one is being replaced.
        self.connection: aiopg.Connection | None = connection
        self._renew = renew
        self._first = True
        self._queries = queries
        self._observe = observe
        self._prefix = ""
        self.committing = False

    def begin_with_next(self) -> None:
        """Let BEGIN travel with the next statement, which saves a round trip."""
        self._prefix = "BEGIN;\n"

    @property
    def begun(self) -> bool:
        return not self._prefix

    @property
    def closed(self) -> bool:
        return self.connection is None or bool(self.connection.closed)

    async def one(self, name: str, record: type[Record], /, **parameters: Any) -> Record | None:
        records = await self.many(name, record, **parameters)
        return records[0] if records else None

    async def many(self, name: str, record: type[Record], /, **parameters: Any) -> list[Record]:
        answer = await self._execute(name, parameters)
        if tuple(answer.columns) == getattr(record, "__match_args__", ()):  # the record's fields, in their order
            return [record(*row) for row in answer.rows]
        return [record(**dict(zip(answer.columns, row, strict=True))) for row in answer.rows]

    async def value(self, name: str, /, **parameters: Any) -> Any:
        answer = await self._execute(name, parameters)
        return answer.rows[0][0] if answer.rows else None

    async def run(self, name: str, /, **parameters: Any) -> int:
        """The number of rows that the statement touched."""
        return (await self._execute(name, parameters)).touched

    async def command(self, sql: str) -> None:
        """COMMIT and its like: text of our own, never of a user."""
        with self._driving() as connection:
            cursor = await connection.cursor()
            await cursor.execute(sql)

    async def commit(self) -> None:
        """Raises OutcomeUnknown when the connection broke before the answer came."""
        self.committing = True
        try:
            await self.command("COMMIT")
        except StorageUnavailable as error:
            raise OutcomeUnknown(str(error)) from error

    async def _execute(self, name: str, parameters: dict[str, Any]) -> _Answer:
        sql, self._prefix = self._prefix + self._queries[name], ""
        started = time.perf_counter()
        try:
            while True:
                try:
                    return await self._run(sql, parameters)
                except StorageUnavailable:
                    if not (self._first and self.closed and time.perf_counter() - started < QUICK):
                        raise
                # A connection that died while it was idle fails at its first use: nothing was done yet, so it can be done
                # again. After a restart of the database all that lie in the pool are dead.
                await self._renew(self)
        finally:
            self._first = False
            self._observe(name, time.perf_counter() - started)

    @contextmanager
    def _driving(self) -> Iterator[aiopg.Connection]:
        """When libpq gives a socket up aiopg may not notice, and the event loop goes on watching a number that the next
        socket gets: nothing that comes in there would be heard. So what has died is closed at once.
        """
        if self.connection is None:
            raise StorageUnavailable("the connection was lost")
        try:
            with storage_errors:
                yield self.connection
        finally:
            if self.connection.closed:
                self.connection.close()

    async def _run(self, sql: str, parameters: dict[str, Any]) -> _Answer:
        """Rows are fetched here too: a connection can be lost between the answer and them."""
        with self._driving() as connection:
            cursor = await connection.cursor()
            await cursor.execute(sql, parameters)
            if cursor.description is None:
                return _Answer([], [], int(cursor.rowcount))
            return _Answer(
                [column.name for column in cursor.description], await cursor.fetchall(), int(cursor.rowcount)
            )
