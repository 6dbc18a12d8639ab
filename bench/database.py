"""The PostgreSQL that all servers use: embedded, as durable as in production, in a folder that goes when we go."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

from server.postgres.cluster import SUPERUSER
from server.postgres.embedded import OWNER_ROLE, SERVER_ROLE, EmbeddedPostgres, join
from server.postgres.folders import Folders


class BenchDatabase:
    """A database for each server, so that none pays for what another one wrote."""

    def __init__(self, postgres: EmbeddedPostgres, folder: Path) -> None:
        self._postgres = postgres
        self._folder = folder
        self._names: list[str] = []

    def make(self, name: str) -> None:
        names = {"name": sql.Identifier(name), "owner": sql.Identifier(OWNER_ROLE)}
        self._administer(sql.SQL("CREATE DATABASE {name} OWNER {owner}").format(**names))
        self._names.append(name)

    def owner_url(self, name: str) -> str:
        return self._postgres.url(role=OWNER_ROLE, database=name)

    def server_url(self, name: str) -> str:
        """Of the role that owns nothing."""
        return self._postgres.url(role=SERVER_ROLE, database=name)

    @property
    def postmaster(self) -> int:
        note = Folders.under(self._folder).data / "postmaster.pid"
        return int(note.read_text("utf-8").split("\n", 1)[0])

    @property
    def version(self) -> str:
        connection = psycopg2.connect(self._postgres.owner_url)
        try:
            number = connection.info.server_version
        finally:
            connection.close()
        return f"{number // 10_000}.{number % 10_000}"

    def settle(self) -> None:
        """So that nobody pays for what was written before, by itself or by another: autovacuum would come back to that in the
        middle of a measurement, or not.
        """
        for name in self._names:
            self._administer(sql.SQL("VACUUM (ANALYZE)"), name)
        self._administer(sql.SQL("CHECKPOINT"))

    def _administer(self, command: sql.Composable, name: str = "postgres") -> None:
        connection = psycopg2.connect(self._postgres.url(role=SUPERUSER, database=name))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(command)
        finally:
            connection.close()


@contextmanager
def database(folder: Path) -> Iterator[BenchDatabase]:
    """Until the block ends. Raises EmbeddedPostgresError."""
    with join(folder, durable=True) as postgres:
        yield BenchDatabase(postgres, folder)
