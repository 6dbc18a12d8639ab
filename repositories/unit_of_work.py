"""One connection for one unit of work, and the repositories bound to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

import aiopg

from repositories.conversations import ConversationRepository
from repositories.errors import OutcomeUnknown, StorageUnavailable
from repositories.marks import MarkRepository
from repositories.messages import MessageRepository
from repositories.statements import Observer, Statements, load_queries, storage_errors


class Repositories:
    """The repositories of one unit of work, made when first asked for."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    @cached_property
    def conversations(self) -> ConversationRepository:
        return ConversationRepository(self._statements)

    @cached_property
    def messages(self) -> MessageRepository:
        return MessageRepository(self._statements)

    @cached_property
    def marks(self) -> MarkRepository:
        return MarkRepository(self._statements)


class Database:
    """Hands out units of work. Every one of them ends within `patience` seconds, with rows or with StorageUnavailable."""

    def __init__(self, *, pool: aiopg.Pool, patience: float, observe: Observer) -> None:
        self._pool = pool
        self._patience = patience
        self._observe = observe
        self._queries = load_queries()

    @property
    def pool_size(self) -> tuple[int, int]:
        """(connections open, of which idle)"""
        return self._pool.size, self._pool.freesize

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Repositories]:
        """Reads that need no common snapshot; each statement is its own transaction."""
        async with self._connection() as statements:
            yield Repositories(statements)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Repositories]:
        """All or nothing. Raises OutcomeUnknown when the answer to COMMIT was lost, StorageUnavailable before that."""
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

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Statements]:
        statements: Statements | None = None
        try:
            async with asyncio.timeout(self._patience):
                with storage_errors():
                    connection = await self._pool.acquire()
                try:
                    statements = Statements(connection=connection, queries=self._queries, observe=self._observe)
                    yield statements
                finally:
                    self._pool.release(connection)
        except TimeoutError as error:
            if statements is not None and statements.committing:
                raise OutcomeUnknown("no answer to COMMIT in time") from error
            raise StorageUnavailable("no answer in time") from error
