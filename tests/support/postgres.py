"""PostgreSQL for tests: one fast cluster a run for all workers of pytest-xdist; databases copied from a template.

with database_server() as server:              # once a session
    with server.fresh_database() as database:  # about 25 ms; `truncate(database)` takes about 30 ms
        database.owner_url, database.server_url
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from server.postgres.binaries import find_binaries
from server.postgres.cluster import SUPERUSER
from server.postgres.embedded import OWNER_ROLE, SERVER_ROLE, EmbeddedPostgres, join
from server.postgres.folders import Folders
from server.postgres.locks import held
from server.postgres.migrations import migrate

TEMPLATE = "colloque_template"
KEPT = ("schema_migrations",)
PATIENCE = 60.0
# Each emptying makes 290 files: in memory that takes a quarter of the time and less.
MEMORY = Path("/dev/shm")  # noqa: S108  # folders of its own are made in it
# A run of all tests needs a part of it.
ROOM_IN_MEMORY = 6 * 2**30
FOLDER = "colloque-tests-"
A_DAY = 86_400.0
SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class ScratchDatabase:
    name: str
    owner_url: str
    server_url: str


class DatabaseServer:
    """The run's PostgreSQL. Roles are those of the embedded one."""

    def __init__(self, postgres: EmbeddedPostgres, data_dir: Path) -> None:
        self._postgres = postgres
        self.data_dir = data_dir
        with held(data_dir / "template.lock", patience=PATIENCE):
            if not self._has(TEMPLATE):
                self._make_template()

    def create_database(self, *, template: str = TEMPLATE) -> ScratchDatabase:
        """A copy of the template, migrated and granted; `template="template0"` gives an empty one."""
        name = f"test_{uuid.uuid4().hex[:16]}"
        create = "CREATE DATABASE {name} OWNER {owner} TEMPLATE {template} STRATEGY file_copy"
        self._administer(create, name=name, owner=OWNER_ROLE, template=template)
        return self._database(name)

    def drop_database(self, database: ScratchDatabase) -> None:
        """Whoever is still connected is cut off."""
        self._administer("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=database.name)

    @contextmanager
    def fresh_database(self, *, template: str = TEMPLATE) -> Iterator[ScratchDatabase]:
        database = self.create_database(template=template)
        try:
            yield database
        finally:
            self.drop_database(database)

    def admin_url(self, database: str = "postgres") -> str:
        """Of the superuser, who may look at and end everything."""
        return self._postgres.url(role=SUPERUSER, database=database)

    def _database(self, name: str) -> ScratchDatabase:
        owner, server = (self._postgres.url(role=role, database=name) for role in (OWNER_ROLE, SERVER_ROLE))
        return ScratchDatabase(name=name, owner_url=owner, server_url=server)

    def _make_template(self) -> None:
        unfinished = self.create_database(template="template0")
        migrate(unfinished.owner_url, server_role=SERVER_ROLE)
        self._administer("ALTER DATABASE {name} RENAME TO {template}", name=unfinished.name, template=TEMPLATE)

    def _has(self, name: str) -> bool:
        with connected(self.admin_url()) as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", (name,))
            return bool(cursor.fetchone()[0])

    def _administer(self, command: str, **names: str) -> None:
        with connected(self.admin_url()) as cursor:
            cursor.execute(sql.SQL(command).format(**{key: sql.Identifier(name) for key, name in names.items()}))


@contextmanager
def database_server() -> Iterator[DatabaseServer]:
    """Join the run's cluster; the first worker starts it, with the last one it and its files go."""
    _sweep()
    name = f"{FOLDER}{os.environ.get('PYTEST_XDIST_TESTRUNUID', uuid.uuid4().hex)[:12]}"
    with _joined(_place(name), durable=False) as running:
        yield running


@contextmanager
def own_database_server(*, durable: bool = False) -> Iterator[DatabaseServer]:
    """One that nobody else uses at this moment: to be frozen and killed. `durable`: on the disk, with fsync."""
    name = f"{FOLDER}{uuid.uuid4().hex[:12]}"
    with _joined(Path(tempfile.gettempdir()) / name if durable else _place(name), durable=durable) as running:
        yield running


@contextmanager
def _joined(data_dir: Path, *, durable: bool) -> Iterator[DatabaseServer]:
    postgres = join(data_dir, durable=durable)
    last = False
    try:
        yield DatabaseServer(postgres, data_dir)
    finally:
        last = postgres.release()
        if last:
            shutil.rmtree(data_dir, ignore_errors=True)


def _place(name: str) -> Path:
    """Where the run's cluster is, for all workers the same: where the first one made it."""
    in_memory = MEMORY / name
    return (
        in_memory if in_memory.exists() or _room_in_memory() >= ROOM_IN_MEMORY else Path(tempfile.gettempdir()) / name
    )


def _sweep() -> None:
    """What a run that was killed left in memory, where nothing else would ever take it away."""
    for left in MEMORY.glob(f"{FOLDER}*"):
        with suppress(FileNotFoundError):  # Another worker sweeps, too.
            if time.time() - left.stat().st_mtime > A_DAY:
                shutil.rmtree(left, ignore_errors=True)


def _room_in_memory() -> int:
    if not os.access(MEMORY, os.W_OK):
        return 0
    available = next(
        line for line in Path("/proc/meminfo").read_text("ascii").splitlines() if line.startswith("MemAvailable:")
    )
    return min(shutil.disk_usage(MEMORY).free, int(available.split()[1]) * 1024)


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """A cursor that commits each statement."""
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def dumped(database: ScratchDatabase) -> str:
    """All of it, as a backup would hold it, in readable form."""
    pg_dump = find_binaries().program("pg_dump")
    done = subprocess.run([pg_dump, "--format=plain", database.owner_url], capture_output=True, text=True, check=True)
    return done.stdout


def truncate(database: ScratchDatabase) -> None:
    """Empty every table and start ids at 1 again; the rights stay."""
    with connected(database.owner_url) as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (%s)", (list(KEPT),)
        )
        tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in cursor.fetchall())
        cursor.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(tables))


def postmaster(data_dir: Path) -> int:
    """The process id of the PostgreSQL of that DATA_DIR."""
    note = Folders.under(data_dir).data / "postmaster.pid"
    return int(note.read_text("utf-8").split("\n", 1)[0])


def processes_of(data_dir: Path) -> list[int]:
    """The postmaster and all its children."""
    parent = postmaster(data_dir)
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii")
    return [parent, *(int(child) for child in children.split())]


@contextmanager
def frozen(data_dir: Path) -> Iterator[None]:
    """PostgreSQL keeps its connections and answers nothing, as on a stalled disk."""
    # First the one that makes the others: a child that it forks while we look would go on answering.
    os.kill(postmaster(data_dir), signal.SIGSTOP)
    stopped = processes_of(data_dir)
    for pid in stopped:
        with suppress(ProcessLookupError):  # A backend may have ended since the list was made.
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextmanager
def out_of_reach(server: DatabaseServer) -> Iterator[None]:
    """It has ended everybody's connection, and new ones find nothing."""
    place = Path(Folders.under(server.data_dir).socket() or "") / SOCKET
    with connected(server.admin_url()) as cursor:
        away = place.rename(place.with_suffix(".away"))
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        try:
            yield
        finally:
            away.rename(place)


def kill_postmaster(data_dir: Path) -> None:
    """As the kernel does when memory runs out. The supervisor starts another one."""
    os.kill(postmaster(data_dir), signal.SIGKILL)
