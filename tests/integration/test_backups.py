"""Backup and restore between two databases, by the commands that an operator runs; and what a client is told afterwards."""

import asyncio
import base64
import datetime
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from click.testing import CliRunner, Result

from repositories.unit_of_work import Database
from server.cli.backups import backup, restore
from server.security.cipher import AesContentCipher
from server.security.master_keys import parse_master_keys
from server.trail.anchor import FileAnchor
from services.attachment_ports import Part
from services.attachment_reader import store_key
from services.epoch import Epoch
from services.resume import Position
from services.sealer import Sealer
from tests.integration.test_attachments import put, send
from tests.support.files import attachments_in
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
    name: str, folder: Path, database: ScratchDatabase, data: Path, *more: str, keys: str = KEYS, owner: bool = True
) -> Result:
    environment = {
        "DATABASE_URL": database.server_url,
        "MIGRATE_DATABASE_URL": database.owner_url if owner else "",
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


def noted(database: ScratchDatabase) -> list[str]:
    with connected(database.owner_url) as cursor:
        cursor.execute("SELECT action, device FROM audit WHERE object_type = 'backup' ORDER BY id")
        found = cursor.fetchall()
    assert {device for _, device in found} == {"command line"}
    return [action for action, _ in found]


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
    # Every night, where the owner's password is not.
    made = await command("backup", folder, clean_database, tmp_path / "old", owner=False)
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

    assert [noted(place) for place in (clean_database, empty)] == [["backup.make"], ["backup.restore"]]

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


COUNTERS = "conversation {0}: its counters"
RULES_ON = """ALTER TABLE conversations
ENABLE ALWAYS TRIGGER conversations_rules, ENABLE ALWAYS TRIGGER conversations_rules_of_status"""
BROKEN = "conversation {0}: breaks conversations_kind_known"
# What is done to the database, how it is undone, and what is said of it.
HARM = (
    (
        "UPDATE conversations SET last_seq = 7, last_change = 9",
        "UPDATE conversations SET last_seq = 2, last_change = 2",
        COUNTERS,
    ),
    ("UPDATE conversations SET message_count = 9", "UPDATE conversations SET message_count = 2", COUNTERS),
    ("UPDATE participants SET unread = unread + 1", "UPDATE participants SET unread = unread - 1", COUNTERS),
    ("UPDATE participants SET delivered_seq = 7", "UPDATE participants SET delivered_seq = read_seq", COUNTERS),
    (
        "UPDATE conversations SET data_key = '\\x00' || data_key",
        "UPDATE conversations SET data_key = substr(data_key, 2)",
        "conversations {0}: its data key does not open",
    ),
    (
        "ALTER TABLE conversations DISABLE TRIGGER USER; UPDATE conversations SET kind = 'group'",
        f"UPDATE conversations SET kind = 'care'; {RULES_ON}",  # noqa: S608  # words of ours
        BROKEN,
    ),
    (
        "UPDATE messages SET is_urgent = true WHERE seq = 1",
        "UPDATE messages SET is_urgent = false WHERE seq = 1",
        "trail message block 1: message",
    ),
    (
        "UPDATE trail_blocks SET hash = substr(hash, 2) || substr(hash, 1, 1)",
        "UPDATE trail_blocks SET hash = substr(hash, length(hash)) || substr(hash, 1, length(hash) - 1)",
        "trail message block 1: block changed",
    ),
)


def _run(database: ScratchDatabase, sql: str) -> None:
    with connected(database.owner_url) as cursor:
        cursor.execute(sql)


async def test_verify_names_what_is_wrong(database: Database, clean_database: ScratchDatabase, tmp_path: Path) -> None:
    cipher = AesContentCipher(parse_master_keys(KEYS))
    house = House(database, cipher, clean_database.owner_url)
    pair = await house.care_pair()
    await house.say(pair.first, pair, "un")
    data, folder, anchor = tmp_path / "data", tmp_path / "backup", tmp_path / "anchor.jsonl"
    letter = await put(attachments_in(data, database=database, cipher=cipher), pair.first, pair)
    await house.messages.post(pair.first, send(pair, letter.id, type="file"))
    await house.writer.close()
    sealer = Sealer(unit_of_work=database, anchor=FileAnchor(anchor), now=lambda: datetime.datetime.now(datetime.UTC))
    for _ in range(2):
        await sealer.round()
    place = keep_file(data)
    assert (await command("backup", folder, clean_database, data)).exit_code == 0

    async def verified() -> Result:
        return await command("restore", folder, clean_database, data, "--verify", "--anchor", str(anchor))

    whole = await verified()
    assert whole.exit_code == 0, whole.output
    assert "Verified: 1 keys, 2 records of the trail, all counters, 1 files." in whole.output
    for harm, undo, sentence in HARM:
        _run(clean_database, harm)
        wrong = await verified()
        assert (wrong.exit_code, sentence.format(pair.conversation_id) in wrong.output) == (1, True), wrong.output
        _run(clean_database, undo)
    assert (await verified()).exit_code == 0
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT token FROM attachments")
        [(token,)] = cursor.fetchall()
    key = store_key(token, Part.WHOLE)
    (data / "files" / key[:2] / key).unlink()
    place.write_bytes(b"other")
    wrong = await verified()
    assert f"attachment {letter.id}: not in the file store" in wrong.output
    assert f"{NAME}: not in the file store as it was" in wrong.output


async def test_a_backup_of_what_breaks_a_rule_is_told_of_and_the_rules_come_back_with_it(
    house: House, clean_database: ScratchDatabase, empty: ScratchDatabase, tmp_path: Path
) -> None:
    pair = await house.care_pair()
    await house.writer.close()
    keep_file(tmp_path / "data")
    rules = "SELECT tgname, tgenabled, tgattr::text FROM pg_trigger WHERE tgname LIKE 'conversations_rules%' ORDER BY 1"
    with connected(clean_database.owner_url) as cursor:
        cursor.execute(rules)
        before = cursor.fetchall()
        assert {enabled for _, enabled, _ in before} == {"A"}
        cursor.execute("ALTER TABLE conversations DISABLE TRIGGER USER; UPDATE conversations SET kind = 'group'")
        cursor.execute(RULES_ON)
    folder = tmp_path / "backup"
    assert (await command("backup", folder, clean_database, tmp_path / "data")).exit_code == 0
    restored = await command("restore", folder, empty, tmp_path / "new")
    assert (restored.exit_code, BROKEN.format(pair.conversation_id) in restored.output) == (1, True), restored.output
    with connected(empty.owner_url) as cursor:
        cursor.execute(rules)
        assert cursor.fetchall() == before
        with pytest.raises(psycopg2.errors.CheckViolation, match="conversations_two_people"):
            cursor.execute("UPDATE conversations SET kind = 'care', first_user_id = second_user_id")


async def test_a_damaged_backup_and_other_keys_restore_nothing(
    house: House, clean_database: ScratchDatabase, empty: ScratchDatabase, tmp_path: Path
) -> None:
    await house.care_pair()
    await house.writer.close()
    data, folder = tmp_path / "data", tmp_path / "backup"
    keep_file(data)
    assert (await command("backup", folder, clean_database, data)).exit_code == 0
    other = f"test:{base64.b64encode(bytes(32)).decode()}"
    refused = await command("restore", folder, empty, data, keys=other)
    assert "is not the one this database was used with" in refused.output
    (folder / "database.dump").write_bytes(b"")
    damaged = await command("restore", folder, empty, tmp_path / "new")
    assert damaged.exit_code == 1
    assert "database.dump: changed" in damaged.output
    assert not (tmp_path / "new" / "files").exists()
