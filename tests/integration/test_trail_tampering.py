"""Promise 15: whatever the owner of the database changes, removes, adds or reorders, the check names it."""

import datetime
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg2
import pytest

from repositories.unit_of_work import Database
from server.security.cipher import AesContentCipher
from server.trail.anchor import FileAnchor
from services.openings import Openings
from services.sealer import Sealer
from services.trail import BufferedTrail
from services.trail_check import Report, TrailCheck, read_anchors
from services.trail_ports import TrailEntry
from tests.support.fakes import RecordingPublisher
from tests.support.house import House
from tests.support.postgres import DatabaseServer, ScratchDatabase, connected

# What is done → in which chain it is found, and what is said of it.
TAMPERINGS = {
    "a text replaced": ("UPDATE messages SET content = 'x' WHERE id = 2", "message", "message 2 changed"),
    "two texts exchanged": (
        "UPDATE messages m SET content = o.content FROM messages o WHERE m.id IN (1, 2) AND o.id = 3 - m.id",
        "message",
        "message 1 changed",
    ),
    "two messages reordered": (
        (
            "UPDATE messages SET seq = -seq, change = -change WHERE id IN (1, 2);"
            "UPDATE messages SET seq = 3 + seq, change = 3 + change WHERE id IN (1, 2)"
        ),
        "message",
        "message 1 changed",
    ),
    "another sender": ("UPDATE messages SET sender_id = 2 WHERE id = 1", "message", "message 1 changed"),
    "another time": (
        "UPDATE messages SET sent_at = sent_at - interval '1 s' WHERE id = 1",
        "message",
        "message 1 changed",
    ),
    "no longer urgent": ("UPDATE messages SET is_urgent = NOT is_urgent WHERE id = 1", "message", "message 1 changed"),
    "a message removed": ("DELETE FROM messages WHERE id = 2", "message", "message 2 removed"),
    "an edit undone": (
        (
            "UPDATE messages SET content = (SELECT content FROM message_versions WHERE message_id = 3 AND version = 1),"
            " version = 1, edited_at = NULL, change = 3 WHERE id = 3"
        ),
        "version",
        "text kept of a message 1 changed",
    ),
    "an edit undone without a trace": (
        (
            "UPDATE messages SET content = (SELECT content FROM message_versions WHERE message_id = 3 AND version = 1),"
            " version = 1, edited_at = NULL, change = 3 WHERE id = 3; DELETE FROM message_versions WHERE message_id = 3"
        ),
        "version",
        "text kept of a message 1 removed",
    ),
    "the old text put back as the new one": (
        "UPDATE messages SET content = (SELECT content FROM message_versions WHERE message_id = 3) WHERE id = 3",
        "version",
        "text kept of a message 1 changed",
    ),
    "the kept text replaced": (
        "UPDATE message_versions SET content = 'x' WHERE message_id = 3",
        "message",
        "message 3 changed",
    ),
    "a deletion undone": (
        "UPDATE messages SET deleted_at = NULL WHERE id = 4",
        "version",
        "text kept of a message 2 changed",
    ),
    "an edit of one that was not edited": (
        "UPDATE messages SET content = 'x', version = 2, edited_at = now() WHERE id = 1",
        "message",
        "message 1 changed",
    ),
    "a mark moved back": ("UPDATE marks SET up_to_seq = 1 WHERE trail_id = 1", "mark", "mark 1 changed"),
    "a mark in the future": ("UPDATE marks SET at = at + interval '1 h' WHERE trail_id = 2", "mark", "mark 2 changed"),
    "a mark removed": ("DELETE FROM marks WHERE trail_id = 1", "mark", "mark 1 removed"),
    "an access renamed": ("UPDATE audit SET user_id = 99 WHERE id = 3", "audit", "audit entry 3 changed"),
    "an access removed": ("DELETE FROM audit WHERE id = 3", "audit", "audit entry 3 removed"),
    "an access added": (
        (
            "INSERT INTO audit (id, at, action, result, times, batch) OVERRIDING SYSTEM VALUE"
            " SELECT 1, at, action, result, times, batch FROM audit WHERE id = 2"
        ),
        "audit",
        "audit entry 1 added",
    ),
    "two accesses reordered": (
        "UPDATE audit a SET action = o.action FROM audit o WHERE a.id IN (2, 3) AND o.id = 5 - a.id",
        "audit",
        "audit entry 2 changed",
    ),
    "a refusal forgiven": ("UPDATE audit SET result = 'ok' WHERE id = 4", "audit", "audit entry 4 changed"),
    "a block removed": ("DELETE FROM trail_blocks WHERE chain = 'audit' AND number = 1", "audit", "block removed"),
    "the last block removed": (
        "DELETE FROM trail_blocks WHERE chain = 'audit' AND number = 2",
        "audit",
        "block removed: the anchor knows 2",
    ),
    "the end of the trail removed": (
        "DELETE FROM trail_blocks WHERE chain = 'audit' AND number = 2; DELETE FROM audit WHERE id = 5",
        "audit",
        "block removed: the anchor knows 2",
    ),
    "two blocks exchanged": (
        (
            "UPDATE trail_blocks SET number = 10 - number WHERE chain = 'audit';"
            "UPDATE trail_blocks SET number = number - 7 WHERE chain = 'audit'"
        ),
        "audit",
        "block",
    ),
    "a digest made to fit": (
        "UPDATE trail_blocks SET digests = overlay(digests PLACING '\\x00'::bytea FROM 1) WHERE chain = 'message'",
        "message",
        "block changed",
    ),
}


class Recorded:
    """A trail with something in each chain, sealed twice."""

    def __init__(self, house: House, database: Database, anchor: Path) -> None:
        self.house = house
        self.database = database
        self.anchor = anchor
        self.sealer = Sealer(
            unit_of_work=database, anchor=FileAnchor(anchor), now=lambda: datetime.datetime.now(datetime.UTC)
        )

    async def fill(self) -> None:
        house = self.house
        pair = self.pair = await house.care_pair()
        await house.say(pair.first, pair, "un", "deux", "trois", "quatre")
        await house.changes.edit(pair.first, message_id=3, content="trois, non")
        await house.changes.delete(pair.first, message_id=4)
        await house.marks.delivered(pair.second, conversation_id=pair.conversation_id, up_to_seq=2)
        await house.marks.read(pair.second, conversation_id=pair.conversation_id)
        await self.note(("history.read", "ok"), ("conversation.join", "ok"), ("history.read", "denied"))
        await self.seal()
        await self.note(("export.make", "ok"))
        await self.seal()

    async def note(self, *entries: tuple[str, str]) -> None:
        trail = BufferedTrail(
            unit_of_work=self.database, openings=Openings(publisher=RecordingPublisher()), now=lambda: 1_800_000_000.25
        )
        trail.start()
        for action, result in entries:
            trail.note(TrailEntry(action=action, principal=None, result=result))  # type: ignore[arg-type]  # a Literal
        await trail.close()

    async def seal(self) -> None:
        """What was committed before is sealed after two rounds: the first sees what is there."""
        await self.sealer.round()
        await self.sealer.round()

    async def check(self) -> Report:
        anchors = read_anchors(self.anchor.read_text("ascii").splitlines())
        return await TrailCheck(unit_of_work=self.database).run(anchors)


@pytest.fixture
async def scratch(cluster: DatabaseServer) -> AsyncIterator[ScratchDatabase]:
    """Its numbers are its own, and so is what is done to it."""
    with cluster.fresh_database() as made:
        yield made


@pytest.fixture
async def recorded(scratch: ScratchDatabase, cipher: AesContentCipher, tmp_path: Path) -> AsyncIterator[Recorded]:
    database = Database(url=scratch.server_url, pool_size=3, patience=2.5, observe=lambda name, seconds: None)
    await database.open()
    made = Recorded(House(database, cipher, scratch.owner_url), database, tmp_path / "anchor.jsonl")
    tamper(scratch, "SELECT nextval('audit_id_seq')")  # a number that nobody has
    await made.fill()
    yield made
    await database.close()


def tamper(scratch: ScratchDatabase, statements: str) -> None:
    """As the owner of the tables."""
    with connected(scratch.owner_url) as cursor:
        cursor.execute(statements)


async def test_an_untouched_trail_is_whole(recorded: Recorded) -> None:
    report = await recorded.check()
    assert report.breaks == []
    assert {chain.chain: (chain.rows, chain.unsealed) for chain in report.chains} == {
        "message": (4, 0),
        "version": (2, 0),
        "mark": (3, 0),
        "audit": (4, 0),
    }


@pytest.mark.parametrize("deed", TAMPERINGS)
async def test_each_kind_of_tampering_is_named(recorded: Recorded, scratch: ScratchDatabase, deed: str) -> None:
    statements, chain, said = TAMPERINGS[deed]
    tamper(scratch, statements)
    breaks = (await recorded.check()).breaks
    assert [(broken.chain, said in broken.what) for broken in breaks][:1] == [(chain, True)], breaks


async def test_a_chain_made_anew_as_a_whole_is_known_by_its_anchor(
    recorded: Recorded, scratch: ScratchDatabase
) -> None:
    """The owner forges a row and seals everything again, so that the database agrees with itself."""
    tamper(scratch, "UPDATE audit SET action = 'nothing' WHERE id = 2; DELETE FROM trail_blocks")
    again = Recorded(recorded.house, recorded.database, recorded.anchor.with_name("forged.jsonl"))
    await again.seal()
    assert (await again.check()).breaks == []
    broken = (await recorded.check()).breaks
    assert {item.chain for item in broken} == {"message", "version", "mark", "audit"}


@pytest.mark.parametrize("table", ["audit", "marks", "message_versions", "trail_blocks", "break_glass"])
@pytest.mark.parametrize("deed", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET {}"])
async def test_the_server_itself_may_only_add(
    recorded: Recorded, scratch: ScratchDatabase, table: str, deed: str
) -> None:
    column = {"audit": "action", "trail_blocks": "chain", "break_glass": "reason", "marks": "kind"}.get(
        table, "content"
    )
    sql = deed.format(table, f"{column} = {column}")
    with connected(scratch.server_url) as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(sql)


async def test_the_server_cannot_choose_a_number_of_the_trail(recorded: Recorded, scratch: ScratchDatabase) -> None:
    insert = (
        "INSERT INTO audit (id, at, action, result, times, batch) OVERRIDING SYSTEM VALUE"
        " SELECT 1, at, action, result, times, batch FROM audit LIMIT 1"
    )
    with connected(scratch.server_url) as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(insert)


async def test_edits_after_the_sealing_are_no_tampering(recorded: Recorded) -> None:
    sender = recorded.pair.first
    await recorded.house.changes.edit(sender, message_id=1, content="un, oui")
    await recorded.house.changes.edit(sender, message_id=3, content="trois, encore")
    await recorded.house.changes.delete(sender, message_id=1)
    assert (await recorded.check()).breaks == []
    await recorded.seal()
    report = await recorded.check()
    assert report.breaks == [] and report.chains[1].rows == 5
