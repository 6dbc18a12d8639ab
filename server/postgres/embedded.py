"""Join the embedded PostgreSQL of a data folder; whoever comes first starts it, with the last one it stops."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from server.postgres.cluster import START_PATIENCE, STOP_PATIENCE, SUPERUSER
from server.postgres.errors import EmbeddedPostgresError
from server.postgres.folders import Folders
from server.postgres.locks import PAUSE, FileLock, held
from server.postgres.supervisor import READY

__all__ = ["DATABASE", "OWNER_ROLE", "SERVER_ROLE", "EmbeddedPostgres", "EmbeddedPostgresError", "join"]

DATABASE = "colloque"
OWNER_ROLE = "colloque_owner"
SERVER_ROLE = "colloque"
ROOM_TO_START = 200_000_000
SOURCES = Path(__file__).parent.parent.parent
NOT_OURS = "Make it writable for the user that starts Colloque, or set DATA_DIR to a folder that is."


class EmbeddedPostgres:
    """A user's hold on the running server, to be released; the end of the process, however it comes, does so too."""

    def __init__(self, folders: Folders, users: FileLock, *, started: bool) -> None:
        self._folders = folders
        self._users = users
        self._socket = folders.socket() or ""
        self.started = started
        """Whether this call started it, rather than joined it."""

    @property
    def owner_url(self) -> str:
        """For migrations: the role that owns the tables."""
        return self.url(role=OWNER_ROLE)

    @property
    def server_url(self) -> str:
        """For the server: the role that owns nothing."""
        return self.url(role=SERVER_ROLE)

    def url(self, *, role: str, database: str = DATABASE) -> str:
        return _url(self._socket, role=role, database=database)

    def release(self) -> bool:
        """Let go; the last user waits until PostgreSQL has stopped. Returns whether this was the last."""
        if self._users.closed:
            return False
        last = self._users.try_take()
        self._users.close()
        if last:
            self._await_end()
        return last

    def _await_end(self) -> None:
        """Shared, so that somebody who joins now does not take this wait for a supervisor."""
        supervisor = FileLock(self._folders.lock("supervisor"))
        try:
            supervisor.take(shared=True, patience=STOP_PATIENCE)
        finally:
            supervisor.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def join(data_dir: Path, *, durable: bool = True, room_to_start: int = ROOM_TO_START) -> EmbeddedPostgres:
    """Start or join the PostgreSQL of `data_dir`. Blocking: not for an event loop's thread.

    `durable=False` is for tests only: it gives up fsync. Raises EmbeddedPostgresError.
    """
    folders = Folders.under(data_dir)
    _make_folder(folders)
    users = FileLock(folders.lock("users"))
    try:
        users.take(shared=True, patience=STOP_PATIENCE)
        with held(folders.lock("start"), patience=START_PATIENCE + STOP_PATIENCE):
            started = not _is_running(folders)
            if started:
                _check_room(folders, room_to_start)
                _start(folders, durable=durable)
                _make_roles(folders)
            return EmbeddedPostgres(folders, users, started=started)
    except BaseException:
        users.close()
        raise


def _make_folder(folders: Folders) -> None:
    try:
        folders.root.mkdir(parents=True, exist_ok=True)
        if not os.access(folders.root, os.R_OK | os.W_OK | os.X_OK, effective_ids=True):
            raise EmbeddedPostgresError(f"The data folder {folders.root} belongs to somebody else. {NOT_OURS}")
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The data folder {folders.root} cannot be made: {error.strerror}. {NOT_OURS}"
        ) from error


def _is_running(folders: Folders) -> bool:
    """A supervisor that lives has a server that answers, or is starting it again: wait for the one or for its end."""
    supervisor, deadline = FileLock(folders.lock("supervisor")), time.monotonic() + START_PATIENCE
    try:
        while not supervisor.try_take(shared=True):
            if _answers(folders):
                return True
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"The embedded PostgreSQL does not answer; look at {folders.log}.")
            time.sleep(PAUSE)
        return False
    finally:
        supervisor.close()


def _answers(folders: Folders) -> bool:
    socket = folders.socket()
    if socket is None:
        return False
    try:
        psycopg2.connect(_url(socket, role=SUPERUSER, database="postgres"), connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True


def _check_room(folders: Folders, needed: int) -> None:
    free = shutil.disk_usage(folders.root).free
    if free < needed:
        raise EmbeddedPostgresError(
            f"There is too little room for PostgreSQL in {folders.root}: {free // 1_000_000} MB are free, "
            f"{needed // 1_000_000} MB are needed. Free some, or set DATA_DIR to a folder on another disk."
        )


def _start(folders: Folders, *, durable: bool) -> None:
    command = [sys.executable, "-m", "server.postgres.supervisor", str(folders.root.parent)]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(SOURCES), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    }
    with (folders.root / "supervisor.log").open("ab") as log:
        process = subprocess.run(
            command + ([] if durable else ["--fast"]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment,
            start_new_session=True,
            check=False,
        )
    answer = process.stdout.decode()
    if answer != READY:
        raise EmbeddedPostgresError(answer or f"The embedded PostgreSQL could not be started; see {log.name}.")


def _make_roles(folders: Folders) -> None:
    """The authentication is the folder of the socket, closed to all but its owner and root; hence no passwords."""
    try:
        connection = psycopg2.connect(_url(folders.socket() or "", role=SUPERUSER, database="postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for role in (OWNER_ROLE, SERVER_ROLE):
                    if not _exists(cursor, "pg_roles", "rolname", role):
                        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
                if not _exists(cursor, "pg_database", "datname", DATABASE):
                    named = {"database": sql.Identifier(DATABASE), "owner": sql.Identifier(OWNER_ROLE)}
                    cursor.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**named))
        finally:
            connection.close()
    except psycopg2.Error as error:
        raise EmbeddedPostgresError(f"The embedded PostgreSQL did not take its roles: {str(error).strip()}") from error


def _exists(cursor: Any, catalog: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE {} = %s)").format(
        sql.Identifier(catalog), sql.Identifier(column)
    )
    cursor.execute(query, (name,))
    return bool(cursor.fetchone()[0])


def _url(socket: str, *, role: str, database: str) -> str:
    return f"postgresql://{quote(role)}@/{quote(database)}?host={quote(socket, safe='')}&port=5432"
