"""Backup and restore that end half-way: what is left is whole, and stands in nobody's way."""

import base64
import io
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from server.backup.contents import BackupError
from server.backup.database import restore
from server.backup.programs import FOREIGN, pour, run
from server.postgres.binaries import find_program
from server.postgres.migrations import pending
from tests.support.postgres import DatabaseServer, ScratchDatabase, connected
from tests.support.processes import ROOT, clean_environment

PATIENCE = 30.0
KEYS = f"test:{base64.b64encode(os.urandom(32)).decode()}"
NAME = Path("ab") / ("ab" * 17)
# What each has to wait for, and the rest of the command has not.
LOCKS = {"pg_dump": "ACCESS EXCLUSIVE", "psql": "ACCESS SHARE"}


def environment(database: ScratchDatabase, data: Path) -> dict[str, str]:
    return clean_environment() | {
        "DATABASE_URL": database.server_url,
        "MIGRATE_DATABASE_URL": database.owner_url,
        "DATA_DIR": str(data),
        "JWT_SECRET": "a secret for tests that is long enough",
        "ENCRYPTION_KEYS": KEYS,
    }


def started(name: str, folder: Path, database: ScratchDatabase, data: Path, **more: Any) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "server", name, str(folder)]
    return subprocess.Popen(
        command, env=environment(database, data), cwd=ROOT, stderr=subprocess.PIPE, text=True, **more
    )


def done(name: str, folder: Path, database: ScratchDatabase, data: Path, **more: Any) -> tuple[int, str]:
    process = started(name, folder, database, data, **more)
    said = process.communicate(timeout=PATIENCE)[1]
    return process.returncode, said


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)  # between two looks


def rows(database: ScratchDatabase, query: str) -> list[tuple[Any, ...]]:
    with connected(database.owner_url) as cursor:
        cursor.execute(query)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


@pytest.fixture
def full(clean_database: ScratchDatabase, tmp_path: Path) -> ScratchDatabase:
    """Somebody in it, and one file in the folder `old`."""
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("INSERT INTO users (username, first_name, last_name, role) VALUES ('a', 'A', 'B', 'patient')")
    place = tmp_path / "old" / "files" / NAME
    place.parent.mkdir(parents=True)
    place.write_bytes(b"sealed")
    return clean_database


@pytest.fixture
def empty(cluster: DatabaseServer) -> Iterator[ScratchDatabase]:
    with cluster.fresh_database() as database:
        yield database


@contextmanager
def held_up(database: ScratchDatabase, program: str) -> Iterator[Callable[[], object]]:
    """While it is held up by a lock on a table; says whether it is."""
    waiting = (
        "SELECT FROM pg_stat_activity WHERE datname = current_database()"
        f" AND application_name = '{program}' AND wait_event_type = 'Lock'"
    )
    with connected(database.owner_url) as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"LOCK TABLE users IN {LOCKS[program]} MODE")
        yield lambda: rows(database, waiting)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_backup_that_is_told_to_end_leaves_nothing(
    full: ScratchDatabase, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "backups" / "today"
    with held_up(full, "pg_dump") as waits:
        # Whoever runs these tests under nohup, or behind a shell, hands on what that ignores.
        process = started(
            "backup",
            folder,
            full,
            tmp_path / "old",
            preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
        )
        wait_until(waits)
        [unfinished] = folder.parent.iterdir()
        assert unfinished.stat().st_mode & 0o777 == 0o700
        process.send_signal(number)
        process.communicate(timeout=PATIENCE)
        assert process.returncode in (1, 128 + number)
        assert list(folder.parent.iterdir()) == []
    assert done("backup", folder, full, tmp_path / "old")[0] == 0
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_backup_that_is_killed_takes_its_program_with_it(full: ScratchDatabase, tmp_path: Path) -> None:
    with held_up(full, "pg_dump") as waits:
        process = started("backup", tmp_path / "today", full, tmp_path / "old")
        wait_until(waits)
        process.kill()
        process.communicate(timeout=PATIENCE)
        wait_until(lambda: not waits())
    # What it had begun is in nobody's way.
    assert done("backup", tmp_path / "today", full, tmp_path / "old")[0] == 0


def test_what_nohup_ignores_stays_ignored(full: ScratchDatabase, tmp_path: Path) -> None:
    with held_up(full, "pg_dump") as waits:
        process = started(
            "backup",
            tmp_path / "today",
            full,
            tmp_path / "old",
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
        )
        wait_until(waits)
        process.send_signal(signal.SIGHUP)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_a_folder_that_came_meanwhile_is_left_alone(full: ScratchDatabase, tmp_path: Path) -> None:
    folder = tmp_path / "backups" / "today"
    with held_up(full, "pg_dump") as waits:
        process = started("backup", folder, full, tmp_path / "old")
        wait_until(waits)
        folder.mkdir()
        theirs = folder.stat().st_ino
    said = process.communicate(timeout=PATIENCE)[1]
    assert (process.returncode, "File exists" in said) == (1, True), said
    assert [path.stat().st_ino for path in folder.parent.iterdir()] == [theirs]
    assert list(folder.iterdir()) == []


def test_a_disk_that_is_full_is_said_and_nothing_stays(full: ScratchDatabase, tmp_path: Path) -> None:
    folder = tmp_path / "backups" / "today"
    code, said = done(
        "backup",
        folder,
        full,
        tmp_path / "old",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
    )
    assert (code, "Error: pg_dump failed: " in said) == (1, True), said
    assert list(folder.parent.iterdir()) == []


def test_a_file_store_that_cannot_be_read_fails_a_backup(full: ScratchDatabase, tmp_path: Path) -> None:
    folder = tmp_path / "backups" / "today"
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "files").write_text("no folder", "utf-8")
    code, said = done("backup", folder, full, tmp_path / "new")
    assert (code, "Not a directory" in said) == (1, True), said
    assert list(folder.parent.iterdir()) == []


def _people(database: ScratchDatabase) -> int:
    return len(rows(database, "SELECT FROM users"))


def test_a_restore_that_fails_late_changes_nothing_and_can_be_made_again(
    full: ScratchDatabase, empty: ScratchDatabase, tmp_path: Path
) -> None:
    broken, folder, data = tmp_path / "broken", tmp_path / "whole", tmp_path / "new"
    assert done("backup", folder, full, tmp_path / "old")[0] == 0
    with connected(full.owner_url) as cursor:
        # What is built after all rows are in, and only where it was.
        cursor.execute(
            "CREATE FUNCTION elsewhere(bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN"
            f" IF current_database() <> '{full.name}' THEN RAISE 'not here'; END IF; RETURN 1; END $$"
        )
        cursor.execute("CREATE INDEX zz_last ON users (elsewhere(id))")
        try:
            assert done("backup", broken, full, tmp_path / "old")[0] == 0
        finally:
            cursor.execute("DROP INDEX zz_last")
            cursor.execute("DROP FUNCTION elsewhere")
    code, said = done("restore", broken, empty, data)
    assert (code, "psql failed: " in said, "not here" in said) == (1, True, True), said
    assert _people(empty) == 0
    assert pending(empty.owner_url) == []
    # Its files are there already.
    assert (data / "files" / NAME).read_bytes() == b"sealed"
    assert done("restore", folder, empty, data) == (0, "")
    assert _people(empty) == 1


@pytest.mark.parametrize(
    ("number", "hit"),
    [
        (signal.SIGTERM, None),
        (signal.SIGKILL, None),
        (signal.SIGKILL, "psql"),
        (signal.SIGKILL, "pg_restore"),
    ],
)
def test_a_restore_that_is_cut_off_changes_nothing_and_can_be_made_again(
    full: ScratchDatabase, empty: ScratchDatabase, tmp_path: Path, number: signal.Signals, hit: str | None
) -> None:
    """`hit`: one of the programs that the command runs, else itself."""
    folder, data = tmp_path / "backup", tmp_path / "new"
    with connected(full.owner_url) as cursor:
        # More than the pipes between them hold.
        cursor.execute(
            "INSERT INTO users (username, first_name, last_name, role)"
            " SELECT md5(i::text), md5(i::text), md5(i::text), 'patient' FROM generate_series(1, 20000) i"
        )
    assert done("backup", folder, full, tmp_path / "old")[0] == 0
    with held_up(empty, "psql") as waits:
        process = started("restore", folder, empty, data)
        wait_until(waits)
        running = {Path(f"/proc/{pid}/comm").read_text("ascii").strip(): pid for pid in children(process.pid)}
        os.kill(running[hit] if hit else process.pid, number)
        if hit != "pg_restore":
            # At once, though the database still lets psql wait.
            process.wait(PATIENCE)
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    wait_until(lambda: not rows(empty, "SELECT FROM pg_stat_activity WHERE application_name = 'psql'"))
    assert _people(empty) == 0
    assert done("restore", folder, empty, data) == (0, "")
    assert _people(empty) == 20_001


def test_half_a_script_that_would_do_for_itself_is_not_committed(
    empty: ScratchDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can kill pg_restore just between two statements."""
    broken = tmp_path / "pg_restore"
    broken.write_text("#!/bin/sh\necho 'CREATE TABLE public.half ();'\necho 'no more' >&2\nexit 1\n", "utf-8")
    broken.chmod(0o700)
    monkeypatch.setattr(
        "server.backup.programs.find_program", lambda name: str(broken) if name == broken.name else find_program(name)
    )
    with pytest.raises(BackupError, match=r"^pg_restore failed: no more$"):
        restore(empty.owner_url, tmp_path / "database.dump")
    assert rows(empty, "SELECT to_regclass('public.half')") == [(None,)]


def test_what_only_newer_servers_know_is_not_asked_of_older_ones(full: ScratchDatabase, tmp_path: Path) -> None:
    """The pg_restore of version 17 does: with it nothing could be restored into versions 15 and 16."""
    folder, heard = tmp_path / "backup", tmp_path / "heard"
    assert done("backup", folder, full, tmp_path / "old")[0] == 0
    script = run("pg_restore", "--clean", "--if-exists", "--file=-", str(folder / "database.dump"))
    assert script.count(FOREIGN) == 1
    with heard.open("wb") as file:
        pour(io.BytesIO(script), file)
    said = heard.read_bytes()
    assert said.count(FOREIGN) == 0
    assert said == b"BEGIN;\n" + script.replace(FOREIGN, b"")
