"""One connection for one unit of work, and the repositories bound to it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import aiopg

from repositories.breaker import Breaker
from repositories.errors import OutcomeUnknown, StorageUnavailable
from repositories.repositories import Repositories
from repositories.statements import Observer, Statements, load_queries, storage_errors

# Sent with the connection, so that they hold for each statement without a round trip. They end what a dead or stuck
# client leaves behind: a lock kept for ever would stop a whole conversation.
SERVER_SIDE = {
    "statement_timeout": "2000ms",
    "lock_timeout": "2000ms",
    "idle_in_transaction_session_timeout": "5000ms",
    "client_connection_check_interval": "1000ms",
    # How alike a name must be to be found in spite of typing errors; an index answers that.
    "pg_trgm.word_similarity_threshold": "0.5",
}


def server_side_options() -> str:
    return " ".join(f"-c {name}={value}" for name, value in SERVER_SIDE.items())


# While the database answers others, a burst may wait its turn for so long.
QUEUE_SECONDS = 10.0


class Database:
    """Hands out units of work. Each ends within `patience` seconds, with rows or with StorageUnavailable; before that it
    may wait for a connection while others are answered.

    Connections are made when first needed, so that a server starts, and says UNAVAILABLE, without its database.
    """

    def __init__(self, *, url: str, pool_size: int, patience: float, observe: Observer) -> None:
        self._url = url
        self._pool_size = pool_size
        self._patience = patience
        self.observe = observe
        # Told when the answer to a COMMIT was lost: what may be stored was told to nobody.
        self.in_doubt: Callable[[], None] = _nobody_minds
        self._queries = load_queries()
        self._pool: aiopg.Pool | None = None
        self._breaker = Breaker()
        self._turns = asyncio.Semaphore(pool_size)

    async def open(self) -> None:
        self._pool = await aiopg.create_pool(
            self._url,
            minsize=0,
            maxsize=self._pool_size,
            timeout=self._patience * 2,  # our own limit comes first, and tells the breaker
            enable_hstore=False,
            enable_json=False,
            enable_uuid=False,
            options=server_side_options(),
            connect_timeout=max(2, int(self._patience)),
            application_name="colloque",
        )

    async def close(self) -> None:
        """Whoever still waits for an answer gets StorageUnavailable."""
        if self._pool is not None:
            self._pool.terminate()
            await self._pool.wait_closed()

    @property
    def url(self) -> str:
        return self._url

    @property
    def pool_size(self) -> tuple[int, int]:
        """(connections open, of which idle)"""
        return (0, 0) if self._pool is None else (self._pool.size, self._pool.freesize)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Repositories]:
        """Reads that need no common snapshot; each statement is its own transaction."""
        async with self._connection() as statements:
            yield Repositories(statements)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Repositories]:
        """All or nothing. Raises OutcomeUnknown when the answer to COMMIT was lost, StorageUnavailable before that."""
        try:
            async with self._connection() as statements:
                statements.begin_with_next()
                try:
                    yield Repositories(statements)
                except BaseException:
                    if statements.begun and not statements.closed:
                        await statements.command("ROLLBACK")
                    raise
                if statements.begun:
                    await statements.commit()
        except OutcomeUnknown:
            self.in_doubt()
            raise

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Statements]:
        pool = self._pool
        if pool is None:
            raise StorageUnavailable("the database was not opened")
        self._breaker.check()
        async with self._turn():
            self._breaker.check()
            async with self._bounded() as bound, self._acquired(pool) as statements:
                bound.append(statements)
                yield statements
                self._breaker.answer()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One of the pool's connections is free for us."""
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._turns.acquire()
        except TimeoutError as error:
            raise StorageUnavailable("too many wait for the database") from error
        try:
            yield
        finally:
            self._turns.release()

    @asynccontextmanager
    async def _bounded(self) -> AsyncIterator[list[Statements]]:
        """Ends what takes longer than `patience`; knows by the Statements put into the list whether it was committing."""
        bound: list[Statements] = []
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._patience):
                yield bound
        except TimeoutError as error:
            self._breaker.no_answer(since=started)
            if bound and bound[0].committing:
                raise OutcomeUnknown("no answer to COMMIT in time") from error
            raise StorageUnavailable("no answer in time") from error

    @asynccontextmanager
    async def _acquired(self, pool: aiopg.Pool) -> AsyncIterator[Statements]:
        statements = Statements(
            connection=await _acquire(pool), renew=partial(_renew, pool), queries=self._queries, observe=self.observe
        )
        try:
            yield statements
        finally:
            if statements.connection is not None:
                pool.release(statements.connection)


def _nobody_minds() -> None:
    """Where nobody is told anything."""


async def _renew(pool: aiopg.Pool, statements: Statements) -> None:
    """The dead one goes first: the pool may have room for no more."""
    if statements.connection is not None:
        dead, statements.connection = statements.connection, None
        pool.release(dead)
    statements.connection = await _acquire(pool)


async def _acquire(pool: aiopg.Pool) -> aiopg.Connection:
    """A connection may die while it is being made; then another one is made, once."""
    try:
        return await _acquire_once(pool)
    except StorageUnavailable as error:
        if isinstance(error.__cause__, TimeoutError):
            raise
    return await _acquire_once(pool)


async def _acquire_once(pool: aiopg.Pool) -> aiopg.Connection:
    with storage_errors:
        try:
            return await pool.acquire()
        except AssertionError as error:  # how aiopg says that what it has just made is closed already
            raise StorageUnavailable("the connection died at once") from error
