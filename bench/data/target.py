"""The databases that are filled: ours alone, and known as such by a mark, so that no other is ever touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from bench.data.sizes import Size
from server.postgres.cluster import SUPERUSER
from server.postgres.embedded import DATABASE, join
from server.postgres.migrations import migrate

MARK = "bench data"


class NotOurs(Exception):
    """A database with tables that this program did not make."""


@contextmanager
def own_cluster(folder: Path) -> Iterator[str]:
    """The URL of the database in an embedded cluster in that folder, which runs until the block ends."""
    with join(folder, durable=True) as postgres:
        yield postgres.url(role=SUPERUSER, database=DATABASE)


def beside(url: str, suffix: str) -> str:
    """The URL of a second database of the same server, made when it is not there; its name ends in `suffix`."""
    parts = urlsplit(url)
    name = parts.path.lstrip("/") + suffix
    with connected(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", (name,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlunsplit(parts._replace(path="/" + name))


def take(url: str) -> None:
    """Make the schema in an empty database, or bring our own up to date. Raises NotOurs."""
    with connected(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_tables WHERE schemaname = 'public'")
        empty = cursor.fetchone() is None
    if not empty and _mark(url) is None:
        raise NotOurs
    migrate(url)
    if empty:
        set_mark(url, "")


def filled_with(url: str) -> Size | None:
    """What is there, None when it was not filled, or not to the end."""
    mark = _mark(url)
    return Size.parse(mark) if mark else None


def set_mark(url: str, value: str) -> None:
    with connected(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO instance (key, value) VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (MARK, value),
        )


def _mark(url: str) -> str | None:
    with connected(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename = 'instance'")
        if cursor.fetchone() is None:
            return None
        cursor.execute("SELECT value FROM instance WHERE key = %s", (MARK,))
        found = cursor.fetchone()
        return None if found is None else str(found[0])


@contextmanager
def connected(url: str) -> Iterator["psycopg2.extensions.connection"]:
    """Each statement is its own transaction."""
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        yield connection
    finally:
        connection.close()
