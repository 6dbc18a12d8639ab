"""Backup and restore between two databases, by the commands that an operator runs; and what a client is told afterwards."""

import asyncio
import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from repositories.unit_of_work import Database
from server.cli.backups import backup, restore
from server.security.cipher import AesContentCipher
from server.security.master_keys import parse_master_keys
from services.epoch import Epoch
from services.resume import Position
from tests.support.house import House
from tests.support.postgres import DatabaseServer, ScratchDatabase, connected

KEYS = f"test:{base64.b64encode(os.urandom(32)).decode()}"
COMMANDS = {"backup": backup, "restore": restore}
NAME = Path("ab") / ("ab" * 17)


@pytest.fixture
def empty(cluster: DatabaseServer) -> Iterator[ScratchDatabase]:
    with cluster.fresh_database() as database:
        yield database


async def command(
    name: str, folder: Path, database: ScratchDatabase, data: Path, *more: str, keys: str = KEYS
) -> Result:
    environment = {
        "DATABASE_URL": database.server_url,
        "MIGRATE_DATABASE_URL": database.owner_url,
        "DATA_DIR": str(data),
        "JWT_SECRET": "a secret for tests that is long enough",
        "ENCRYPTION_KEYS": keys,
    }
    # Not in this thread: a command has an event loop of its own.
    return await asyncio.to_thread(CliRunner().invoke, COMMANDS[name], [str(folder), *more], env=environment)


def keep_file(data: Path) -> Path:
    place = data / "files" / NAME
    place.parent.mkdir(parents=True)
    place.write_bytes(b"sealed")
    return place


async def test_what_was_backed_up_comes_back_and_old_positions_are_known_as_such(
    database: Database, clean_database: ScratchDatabase, empty: ScratchDatabase, tmp_path: Path
) -> None:
    cipher = AesContentCipher(parse_master_keys(KEYS))
    house = House(database, cipher, clean_database.owner_url)
    pair = await house.care_pair()
    await house.say(pair.first, pair, "un", "deux")
    before = await Epoch(unit_of_work=database).current()
    keep_file(tmp_path / "old")
    folder = tmp_path / "backup"
    made = await command("backup", folder, clean_database, tmp_path / "old")
    assert made.exit_code == 0, made.output
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert KEYS.partition(":")[2].encode() not in kept
    await house.say(pair.first, pair, "perdu")
    await house.writer.close()

    done = await command("restore", folder, empty, tmp_path / "new")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "new" / "files" / NAME).read_bytes() == b"sealed"
    assert (await command("restore", folder, empty, tmp_path / "new", "--verify")).exit_code == 0
    again = await command("restore", folder, empty, tmp_path / "new")
    assert again.exit_code == 1
    assert "There are people in this database" in again.output

    restored = Database(url=empty.server_url, pool_size=2, patience=2.5, observe=lambda name, seconds: None)
    await restored.open()
    later = House(restored, cipher, empty.owner_url)
    after = await Epoch(unit_of_work=restored).current()
    assert after != before
    # The client saw three messages; three others came since: its position alone would not tell.
    await later.say(pair.first, pair, "autre", "encore")

    async def joined(epoch: str | None) -> bool:
        update = await later.resume.join(
            pair.first, conversation_id=pair.conversation_id, after_seq=3, after_change=3, epoch=epoch
        )
        return update.resync

    assert [await joined(epoch) for epoch in (before, after, None)] == [True, False, False]
    positions = {pair.conversation_id: Position(3, 3)}
    assert [u.resync for u in (await later.resume.sync(pair.first, positions=positions, epoch=before)).updates] == [
        True
    ]
    assert [u.resync for u in (await later.resume.sync(pair.first, positions=positions, epoch=after)).updates] == [
        False
    ]
    await later.writer.close()
    await restored.close()


async def test_verify_names_what_is_wrong(
    house: House, clean_database: ScratchDatabase, empty: ScratchDatabase, tmp_path: Path
) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "un")
    await house.writer.close()
    data, folder = tmp_path / "data", tmp_path / "backup"
    place = keep_file(data)
    assert (await command("backup", folder, clean_database, data)).exit_code == 0
    assert (await command("restore", folder, clean_database, data, "--verify")).exit_code == 0

    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE conversations SET last_seq = 7, last_change = 9 WHERE id = %s", (pair.conversation_id,))
    place.write_bytes(b"other")
    wrong = await command("restore", folder, clean_database, data, "--verify")
    assert wrong.exit_code == 1
    assert f"conversation {pair.conversation_id}: its counters" in wrong.output
    assert f"{NAME}: not in the file store as it was" in wrong.output

    other = f"test:{base64.b64encode(bytes(32)).decode()}"
    assert (
        "is not the one this database was used with"
        in (await command("restore", folder, empty, data, keys=other)).output
    )
    (folder / "database.dump").write_bytes(b"")
    damaged = await command("restore", folder, empty, tmp_path / "new")
    assert damaged.exit_code == 1
    assert "database.dump: changed" in damaged.output
    assert not (tmp_path / "new" / "files").exists()
