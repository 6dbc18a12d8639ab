"""Brings a database to the schema of this code: sql/migrations/NNNN_name.sql in order, then sql/grants.sql."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

FOLDER = Path(__file__).parent.parent.parent / "sql"
LOCK_KEY = 0x436F6C6C6F717565  # "Colloque": one migration at a time, whichever node starts it.
LOCK_PATIENCE = "60s"
FILE_NAME = re.compile(r"(?P<version>\d{4})_(?P<name>[a-z0-9_]+)\.sql")


class MigrationError(Exception):
    """The database cannot be brought to the schema of this code; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def label(self) -> str:
        return f"{self.version:04d}_{self.name}"


def load(folder: Path = FOLDER) -> list[Migration]:
    """The migrations of this code, in order. Raises MigrationError when a file is missing from the row 1, 2, 3, …"""
    found = []
    for path in sorted((folder / "migrations").glob("*.sql")):
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"{path} is not named NNNN_name.sql; rename it.")
        found.append(Migration(int(match["version"]), match["name"], path.read_text("utf-8")))
    if [item.version for item in found] != list(range(1, len(found) + 1)) or not found:
        raise MigrationError(
            f"The files of {folder / 'migrations'} are not numbered 0001, 0002, … ; install Colloque again."
        )
    return found


def migrate(url: str, *, server_role: str | None = None, folder: Path = FOLDER) -> list[str]:
    """Apply what is pending, one transaction a file, and say the rights of `server_role` anew; returns its names.

    `url` is of the role that owns the tables. Raises MigrationError; the files before the failing one stay applied.
    """
    migrations = load(folder)
    with _connection(url) as connection, connection.cursor() as cursor:
        _lock(cursor)
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (version integer CONSTRAINT schema_migrations_pkey"
            " PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        applied = [_apply(cursor, item) for item in _not_applied(cursor, migrations)]
        cursor.execute("SELECT current_user")
        if server_role is not None and server_role != cursor.fetchone()[0]:
            _grant(cursor, server_role, folder)
        return applied


def pending(url: str, *, folder: Path = FOLDER) -> list[str]:
    """What `migrate` would apply; changes nothing and needs only SELECT on schema_migrations. Raises MigrationError."""
    migrations = load(folder)
    with _connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('schema_migrations') IS NULL")
        if cursor.fetchone()[0]:
            return [item.label for item in migrations]
        return [item.label for item in _not_applied(cursor, migrations)]


def applied_version(url: str) -> int:
    """The last migration that this database has, 0 when it has none. Raises MigrationError when it is out of reach."""
    with _connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('schema_migrations') IS NULL")
        if cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT COALESCE(max(version), 0) FROM schema_migrations")
        return int(cursor.fetchone()[0])


@contextmanager
def _connection(url: str) -> Iterator[Any]:
    """Autocommit: the lock outlives the transactions of the files, and ends with the connection whatever happens."""
    try:
        connection = psycopg2.connect(url, application_name="colloque migrate", connect_timeout=10)
    except psycopg2.OperationalError as error:
        reason = str(error).strip()
        raise MigrationError(f"PostgreSQL is out of reach: {reason}\nStart it, or correct the database URL.") from error
    except psycopg2.ProgrammingError as error:
        raise MigrationError(
            "The database URL is malformed; it looks like postgresql://user:password@host/database."
        ) from error
    try:
        connection.autocommit = True
        yield connection
    except psycopg2.Error as error:
        raise MigrationError(f"PostgreSQL refused: {str(error).strip()}") from error
    finally:
        connection.close()


def _lock(cursor: Any) -> None:
    cursor.execute("SELECT set_config('lock_timeout', %s, false)", (LOCK_PATIENCE,))
    try:
        cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
    except psycopg2.errors.LockNotAvailable as error:
        message = f"Another process has been migrating this database for {LOCK_PATIENCE}; wait for it and start again."
        raise MigrationError(message) from error


def _not_applied(cursor: Any, migrations: Sequence[Migration]) -> list[Migration]:
    cursor.execute("SELECT version, name, checksum FROM schema_migrations ORDER BY version")
    known = {version: (name, checksum) for version, name, checksum in cursor.fetchall()}
    if known and max(known) > migrations[-1].version:
        newest = max(known)
        raise MigrationError(
            f"The database is at migration {newest:04d}_{known[newest][0]}, newer than this code's "
            f"{migrations[-1].label}. Start a Colloque at least as new, or restore an older backup."
        )
    for item in migrations:
        if item.version in known and known[item.version][1] != item.checksum:
            raise MigrationError(
                f"{item.label}.sql was changed after it had been applied. "
                "Put the file back as it was and write a new migration instead."
            )
    return [item for item in migrations if item.version not in known]


def _apply(cursor: Any, item: Migration) -> str:
    cursor.execute("BEGIN")
    try:
        cursor.execute(item.text)
        cursor.execute(
            "INSERT INTO schema_migrations (version, name, checksum) VALUES (%s, %s, %s)",
            (item.version, item.name, item.checksum),
        )
        cursor.execute("COMMIT")
    except psycopg2.Error as error:
        if not cursor.connection.closed:
            cursor.execute("ROLLBACK")
        raise MigrationError(f"{item.label}.sql failed and left no trace: {str(error).strip()}") from error
    return item.label


def _grant(cursor: Any, role: str, folder: Path) -> None:
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", (role,))
    if not cursor.fetchone()[0]:
        raise MigrationError(
            f"The server's role {role!r} does not exist; create it with: CREATE ROLE \"{role}\" LOGIN PASSWORD '…'"
        )
    grants = sql.SQL((folder / "grants.sql").read_text("utf-8")).format(role=sql.Identifier(role))
    cursor.execute("BEGIN")
    try:
        cursor.execute(grants)
        cursor.execute("COMMIT")
    except psycopg2.Error as error:
        if not cursor.connection.closed:
            cursor.execute("ROLLBACK")
        raise MigrationError(f"The rights of role {role!r} could not be set: {str(error).strip()}") from error
