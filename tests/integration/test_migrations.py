"""The migration runner on a real database: from nothing, again, at the same time, and where it must refuse."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from server.postgres.embedded import SERVER_ROLE
from server.postgres.migrations import FOLDER, MigrationError, load, migrate, pending
from tests.support.postgres import DatabaseServer, ScratchDatabase, connected, database_server

LABELS = [migration.label for migration in load()]
APPEND_ONLY = ("marks", "message_versions", "instance", "schema_migrations")


@pytest.fixture(scope="module")
def postgres() -> Iterator[DatabaseServer]:
    with database_server() as server:
        yield server


@pytest.fixture
def empty(postgres: DatabaseServer) -> Iterator[ScratchDatabase]:
    with postgres.fresh_database(template="template0") as database:
        yield database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of sql/ that a test may change."""
    return Path(shutil.copytree(FOLDER, tmp_path / "sql"))


def test_nothing_becomes_the_schema_and_a_second_run_has_nothing_to_do(empty: ScratchDatabase) -> None:
    assert pending(empty.owner_url) == LABELS
    assert migrate(empty.owner_url, server_role=SERVER_ROLE) == LABELS
    assert pending(empty.server_url) == []
    assert migrate(empty.owner_url, server_role=SERVER_ROLE) == []


def test_two_nodes_that_start_together_apply_each_file_once(empty: ScratchDatabase) -> None:
    applied: list[str] = []
    nodes = [
        threading.Thread(target=lambda: applied.extend(migrate(empty.owner_url, server_role=SERVER_ROLE)))
        for _ in range(4)
    ]
    for node in nodes:
        node.start()
    for node in nodes:
        node.join()
    assert applied == LABELS


def test_a_file_that_fails_leaves_no_trace_and_those_before_it_stay(empty: ScratchDatabase, folder: Path) -> None:
    broken = folder / "migrations" / f"{len(LABELS) + 1:04d}_broken.sql"
    broken.write_text("CREATE TABLE half (id int); SELECT 1 / 0;", "utf-8")
    with pytest.raises(MigrationError, match=r"_broken\.sql failed and left no trace: division by zero"):
        migrate(empty.owner_url, folder=folder)
    assert pending(empty.owner_url, folder=folder) == [broken.stem]
    with connected(empty.owner_url) as cursor:
        cursor.execute("SELECT to_regclass('half') IS NULL, to_regclass('messages') IS NOT NULL")
        assert cursor.fetchone() == (True, True)


def test_a_changed_file_is_refused(empty: ScratchDatabase, folder: Path) -> None:
    migrate(empty.owner_url, folder=folder)
    changed = folder / "migrations" / f"{LABELS[0]}.sql"
    changed.write_text(changed.read_text("utf-8") + "-- one more thought\n", "utf-8")
    with pytest.raises(MigrationError, match="was changed after it had been applied"):
        migrate(empty.owner_url, folder=folder)


def test_a_database_newer_than_the_code_is_refused(empty: ScratchDatabase, folder: Path) -> None:
    migrate(empty.owner_url, folder=folder)
    (folder / "migrations" / f"{LABELS[-1]}.sql").unlink()
    with pytest.raises(MigrationError, match="newer than this code's"):
        pending(empty.owner_url, folder=folder)


def test_a_missing_file_is_noticed_before_anything_is_done(empty: ScratchDatabase, folder: Path) -> None:
    (folder / "migrations" / f"{LABELS[0]}.sql").unlink()
    with pytest.raises(MigrationError, match="not numbered"):
        migrate(empty.owner_url, folder=folder)
    assert pending(empty.owner_url) == LABELS


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "out of reach.*Start it, or correct"),
        ("postgresql:/%%%", "malformed"),
    ],
)
def test_a_database_that_is_not_there_gives_a_sentence(url: str, advice: str) -> None:
    with pytest.raises(MigrationError, match=f"(?s){advice}"):
        migrate(url)


def test_a_server_role_that_does_not_exist_is_named_whatever_its_name_contains(empty: ScratchDatabase) -> None:
    with pytest.raises(MigrationError, match="does not exist; create it"):
        migrate(empty.owner_url, server_role='x"; DROP TABLE users; --')


def test_a_role_with_a_difficult_name_gets_its_rights(postgres: DatabaseServer, empty: ScratchDatabase) -> None:
    with connected(postgres.admin_url(empty.name)) as cursor:
        cursor.execute('CREATE ROLE "a b-""c" LOGIN')
    try:
        migrate(empty.owner_url, server_role='a b-"c')
        with connected(empty.owner_url) as cursor:
            cursor.execute("SELECT has_table_privilege(%s, 'users', 'INSERT')", ('a b-"c',))
            assert cursor.fetchone() == (True,)
    finally:
        with connected(postgres.admin_url(empty.name)) as cursor:
            cursor.execute('DROP OWNED BY "a b-""c"; DROP ROLE "a b-""c"')


@pytest.fixture(scope="module")
def migrated(postgres: DatabaseServer) -> Iterator[ScratchDatabase]:
    with postgres.fresh_database() as database:
        yield database


def test_the_server_role_owns_nothing(migrated: ScratchDatabase) -> None:
    with connected(migrated.server_url) as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchall() == []
        cursor.execute("SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CREATE TABLE mine (id int)")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("command", ["DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} ADD COLUMN more int"])
def test_what_is_append_only_cannot_be_changed_by_the_server(
    migrated: ScratchDatabase, table: str, command: str
) -> None:
    with connected(migrated.server_url) as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(command.format(table))


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_no_column_of_what_is_append_only_can_be_updated(migrated: ScratchDatabase, table: str) -> None:
    with connected(migrated.server_url) as cursor:
        cursor.execute("SELECT has_any_column_privilege(%s, 'UPDATE')", (table,))
        assert cursor.fetchone() == (False,)


def test_messages_cannot_be_deleted_by_the_server(migrated: ScratchDatabase) -> None:
    with connected(migrated.server_url) as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("DELETE FROM messages")


def test_messages_come_in_through_their_function_alone(migrated: ScratchDatabase) -> None:
    with connected(migrated.server_url) as cursor:
        cursor.execute(
            "SELECT has_table_privilege('messages', 'INSERT'), has_column_privilege('messages', 'seq', 'UPDATE')"
        )
        assert cursor.fetchone() == (False, False)


def test_a_hold_is_placed_and_lifted_and_never_rewritten(migrated: ScratchDatabase) -> None:
    with connected(migrated.server_url) as cursor:
        for column, may in (("reason", False), ("placed_by", False), ("user_id", False), ("released_at", True)):
            cursor.execute("SELECT has_column_privilege('legal_holds', %s, 'UPDATE')", (column,))
            assert cursor.fetchone() == (may,)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("DELETE FROM legal_holds")
