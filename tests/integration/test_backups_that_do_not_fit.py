"""What is refused before anything is done: other keys, other schemas, a file store that is not the server's."""

import base64
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from repositories.unit_of_work import Database
from server.backup import database as programs
from server.backup.contents import DUMP, VERSION, About, digest
from server.postgres.embedded import SERVER_ROLE
from server.postgres.migrations import FOLDER, applied_version, load, migrate
from server.security.cipher import AesContentCipher
from server.security.fingerprints import fingerprints
from server.security.master_keys import parse_master_keys
from server.security.secrets_store import Secrets
from tests.integration.test_attachments import put, send
from tests.integration.test_backups import KEYS, command, keep_file
from tests.support.files import attachments_in
from tests.support.house import House
from tests.support.postgres import DatabaseServer, ScratchDatabase, connected

OTHER = f"other:{base64.b64encode(os.urandom(32)).decode()}"
SECRETS = Secrets(b"a secret for tests that is long enough", parse_master_keys(KEYS))
SOMEBODY = "INSERT INTO users (username, first_name, last_name, role) VALUES ('a', 'A', 'B', 'patient')"
NEWEST = load()[-1].version


@pytest.fixture
def new(cluster: DatabaseServer) -> Iterator[ScratchDatabase]:
    """As CREATE DATABASE makes it."""
    with cluster.fresh_database(template="template0") as database:
        yield database


@contextmanager
def of_version(cluster: DatabaseServer, version: int, folder: Path) -> Iterator[ScratchDatabase]:
    """A database with somebody in it, as an earlier Colloque left it."""
    shutil.copytree(FOLDER, folder)
    for path in sorted((folder / "migrations").glob("*.sql"))[version:]:
        path.unlink()
    with cluster.fresh_database(template="template0") as database:
        migrate(database.owner_url, folder=folder)
        _run(database, f"GRANT SELECT ON schema_migrations TO {SERVER_ROLE}; {SOMEBODY}")
        yield database


def backed_up(database: ScratchDatabase, folder: Path) -> Path:
    """By a Colloque whose schema that is."""
    folder.mkdir()
    programs.dump(database.owner_url, folder / DUMP)
    about = About(
        version=VERSION, made_at="then", fingerprints=fingerprints(SECRETS), dump=digest(folder / DUMP), files={}
    )
    about.write(folder)
    return folder


def _run(database: ScratchDatabase, sql: str) -> None:
    with connected(database.owner_url) as cursor:
        cursor.execute(sql)


def _entries(database: ScratchDatabase) -> list[tuple[str, str]]:
    with connected(database.owner_url) as cursor:
        cursor.execute("SELECT key, value FROM instance ORDER BY key")
        found: list[tuple[str, str]] = cursor.fetchall()
        return found


@pytest.mark.parametrize("version", [11, 20, 28])
async def test_an_older_backup_is_restored_and_migrated(
    cluster: DatabaseServer, new: ScratchDatabase, tmp_path: Path, version: int
) -> None:
    with of_version(cluster, version, tmp_path / "sql") as old:
        folder = backed_up(old, tmp_path / "backup")
    done = await command("restore", folder, new, tmp_path / "data")
    assert done.exit_code == 0, done.output
    assert applied_version(new.owner_url) == NEWEST
    assert (await command("restore", folder, new, tmp_path / "data", "--verify")).exit_code == 0


async def test_where_another_schema_is_already_nothing_is_restored(
    cluster: DatabaseServer, clean_database: ScratchDatabase, new: ScratchDatabase, tmp_path: Path
) -> None:
    with of_version(cluster, NEWEST - 1, tmp_path / "sql") as old:
        older = backed_up(old, tmp_path / "older")
    refused = await command("restore", older, clean_database, tmp_path / "data")
    assert f"at migration {NEWEST:04d} already, the backup at {NEWEST - 1:04d}" in refused.output
    assert refused.exit_code == 1
    with of_version(cluster, NEWEST, tmp_path / "later") as old:
        _run(
            old,
            "INSERT INTO schema_migrations SELECT max(version) + 1, 'to_come', repeat('a', 64) FROM schema_migrations",
        )
        newer = backed_up(old, tmp_path / "newer")
    refused = await command("restore", newer, new, tmp_path / "data")
    assert f"The backup is at migration {NEWEST + 1:04d}, newer than this code's {NEWEST:04d}" in refused.output
    assert refused.exit_code == 1
    assert applied_version(new.owner_url) == 0


async def test_verify_changes_nothing(cluster: DatabaseServer, tmp_path: Path) -> None:
    with of_version(cluster, NEWEST - 1, tmp_path / "sql") as old:
        folder = backed_up(old, tmp_path / "backup")
        refused = await command("restore", folder, old, tmp_path / "data", "--verify")
        assert (refused.exit_code, "The database lacks 1 migrations" in refused.output) == (1, True), refused.output
        assert "Colloque that serves from it" in refused.output
        assert applied_version(old.owner_url) == NEWEST - 1
        migrate(old.owner_url, server_role=SERVER_ROLE)
        before = _entries(old)
        verified = await command("restore", folder, old, tmp_path / "data", "--verify", keys=f"{KEYS},{OTHER}")
        assert verified.exit_code == 0, verified.output
        assert _entries(old) == before


async def test_a_backup_under_other_keys_is_not_made(
    house: House, clean_database: ScratchDatabase, tmp_path: Path
) -> None:
    folder = tmp_path / "backups" / "today"
    await house.care_pair()
    await house.writer.close()
    keep_file(tmp_path / "data")
    # As the server that started with these keys did.
    entries = fingerprints(SECRETS)
    with connected(clean_database.owner_url) as cursor:
        for entry in entries.items():
            cursor.execute("INSERT INTO instance (key, value) VALUES (%s, %s)", entry)
    other = f"test:{base64.b64encode(bytes(32)).decode()}"
    refused = await command("backup", folder, clean_database, tmp_path / "data", keys=other)
    assert (refused.exit_code, "is not the one this database was used with" in refused.output) == (1, True)
    assert not folder.parent.exists()
    before = _entries(clean_database)
    made = await command("backup", folder, clean_database, tmp_path / "data", keys=f"{KEYS},{OTHER}")
    assert made.exit_code == 0, made.output
    assert _entries(clean_database) == before


async def test_a_key_of_the_backup_that_is_missing_restores_nothing(
    clean_database: ScratchDatabase, new: ScratchDatabase, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    keep_file(tmp_path / "data")
    assert (await command("backup", folder, clean_database, tmp_path / "data", keys=f"{KEYS},{OTHER}")).exit_code == 0
    refused = await command("restore", folder, new, tmp_path / "new")
    assert (refused.exit_code, "ENCRYPTION_KEYS lacks other" in refused.output) == (1, True), refused.output
    assert applied_version(new.owner_url) == 0
    assert not (tmp_path / "new" / "files").exists()


async def test_a_backup_without_the_files_of_the_database_says_so(
    database: Database, clean_database: ScratchDatabase, tmp_path: Path
) -> None:
    """As by somebody who does not have the server's DATA_DIR or FILE_STORE."""
    cipher = AesContentCipher(parse_master_keys(KEYS))
    house = House(database, cipher, clean_database.owner_url)
    pair = await house.care_pair()
    letter = await put(attachments_in(tmp_path / "data", database=database, cipher=cipher), pair.first, pair)
    await house.messages.post(pair.first, send(pair, letter.id, type="file"))
    await house.writer.close()
    made = await command("backup", tmp_path / "elsewhere", clean_database, tmp_path / "nothing")
    assert f"attachment {letter.id}: not in the file store" in made.output
    assert f"{tmp_path / 'elsewhere'} lacks 1 files" in made.output
    assert made.exit_code == 1
    # What there is can be restored all the same.
    assert (tmp_path / "elsewhere" / "backup.json").exists()
    assert (await command("backup", tmp_path / "whole", clean_database, tmp_path / "data")).exit_code == 0
