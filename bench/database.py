"""The PostgreSQL that both servers use: embedded, as durable as in production, in a folder that goes when we go."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

from server.postgres.cluster import SUPERUSER
from server.postgres.embedded import OWNER_ROLE, EmbeddedPostgres, join
from server.postgres.folders import Folders

PEER_DATABASE = "peer"


class BenchDatabase:
    """Ours is the embedded one's own database; the yardstick has one beside it."""

    def __init__(self, postgres: EmbeddedPostgres, folder: Path) -> None:
        self._postgres = postgres
        self._folder = folder
        names = {"name": sql.Identifier(PEER_DATABASE), "owner": sql.Identifier(OWNER_ROLE)}
        self._administer(sql.SQL("CREATE DATABASE {name} OWNER {owner}").format(**names))

    @property
    def owner_url(self) -> str:
        return self._postgres.owner_url

    @property
    def server_url(self) -> str:
        return self._postgres.server_url

    @property
    def peer_url(self) -> str:
        return self._postgres.url(role=OWNER_ROLE, database=PEER_DATABASE)

    @property
    def postmaster(self) -> int:
        note = Folders.under(self._folder).data / "postmaster.pid"
        return int(note.read_text("utf-8").split("\n", 1)[0])

    def checkpoint(self) -> None:
        """So that nobody pays for what was written before."""
        self._administer(sql.SQL("CHECKPOINT"))

    def _administer(self, command: sql.Composable) -> None:
        connection = psycopg2.connect(self._postgres.url(role=SUPERUSER, database="postgres"))
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
