"""Promise 15: whatever the owner of the database changes, removes, adds or reorders, the check names it."""

import datetime
from collections.abc import Sequence
from pathlib import Path

import psycopg2
import pytest

from repositories.unit_of_work import Database
from server.trail.anchor import FileAnchor
from services.openings import Openings
from services.sealer import Sealer
from services.trail import BufferedTrail
from services.trail_check import Report, TrailCheck, read_anchors
from services.trail_ports import TrailEntry
from tests.support.fakes import RecordingPublisher
from tests.support.house import House
from tests.support.postgres import ScratchDatabase, connected

# All of one go, so that the sealed state is one; {0} is the second message's id.
TAMPERINGS = {
    "a text replaced": ("UPDATE messages SET content = 'x' WHERE id = 2", "message", "message 2 changed"),
    "two texts exchanged": (
        "UPDATE messages m SET content = o.content FROM messages o WHERE m.id IN (1, 2) AND o.id = 3 - m.id",
        "message",
        "message 1 changed",
    ),
    "two messages reordered": (
        "UPDATE messages SET seq = -seq, change = -change WHERE id IN (1, 2);"
        "UPDATE messages SET seq = 3 + seq, change = 3 + change WHERE id IN (1, 2)",
        "message",
        "message 1 changed",
    ),
    "another sender": ("UPDATE messages SET sender_id = 2 WHERE id = 1", "message", "message 1 changed"),
    "another time": ("UPDATE messages SET sent_at = sent_at - interval '1 s' WHERE id = 1", "message", "message 1 changed"),
    "no longer urgent": ("UPDATE messages SET is_urgent = NOT is_urgent WHERE id = 1", "message", "message 1 changed"),
    "a message removed": ("DELETE FROM messages WHERE id = 2", "message", "message 2 removed"),
    "a message slipped in": (
        "DELETE FROM messages WHERE id = 2; INSERT INTO messages OVERRIDING SYSTEM VALUE SELECT * FROM put_aside",
        "message",
        "message 2 changed",
    ),
    "an edit undone": (
        "UPDATE messages SET content = (SELECT content FROM message_versions WHERE message_id = 3 AND version = 1),"
        " version = 1, edited_at = NULL, change = 3 WHERE id = 3",
        "version",
        "text kept of a message 1 changed",
    ),
    "an edit undone without a trace": (
        "UPDATE messages SET content = (SELECT content FROM message_versions WHERE message_id = 3 AND version = 1),"
        " version = 1, edited_at = NULL, change = 3 WHERE id = 3; DELETE FROM message_versions WHERE message_id = 3",
        "version",
        "text kept of a message 1 removed",
    ),
    "the old text put back as the new one": (
        "UPDATE messages SET content = (SELECT content FROM message_versions WHERE message_id = 3 AND version = 1) WHERE id = 3",
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
    "an access renamed": ("UPDATE audit SET user_id = 99 WHERE id = 2", "audit", "audit entry 2 changed"),
    "an access removed": ("DELETE FROM audit WHERE id = 2", "audit", "audit entry 2 removed"),
    "an access added": (
        "INSERT INTO audit OVERRIDING SYSTEM VALUE SELECT 2, at, 'x', user_id, role, on_behalf_of, object_type, object_id,"
        " conversation_id, result, reason, address, device, session_id, request_id, times, batch FROM moved",
        "audit",
        "audit entry 2 changed",
    ),
    "two accesses reordered": (
        "UPDATE audit a SET action = o.action FROM audit o WHERE a.id IN (1, 2) AND o.id = 3 - a.id",
        "audit",
        "audit entry 1 changed",
    ),
    "a refusal forgiven": ("UPDATE audit SET result = 'ok' WHERE id = 3", "audit", "audit entry 3 changed"),
    "a block removed": ("DELETE FROM trail_blocks WHERE chain = 'audit' AND number = 1", "audit", "block removed"),
    "the last block removed": (
        "DELETE FROM trail_blocks WHERE chain = 'audit' AND number = 2",
        "audit",
        "block removed: the anchor knows 2",
    ),
    "the end of the trail removed": (
        "DELETE FROM trail_blocks WHERE chain = 'audit' AND number = 2; DELETE FROM audit WHERE id = 4",
        "audit",
        "block removed: the anchor knows 2",
    ),
    "two blocks exchanged": (
        "UPDATE trail_blocks SET number = 10 - number WHERE chain = 'audit';"
        "UPDATE trail_blocks SET number = number - 7 WHERE chain = 'audit'",
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
        house, pair = self.house, await self.house.care_pair()
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
async def recorded(house: House, database: Database, tmp_path: Path) -> Recorded:
    made = Recorded(house, database, tmp_path / "anchor.jsonl")
    await made.fill()
    return made


def tamper(url: str, statements: Sequence[str]) -> None:
    """As the owner of the tables, constraints out of the way."""
    with connected(url) as cursor:
        for constraint in ("messages_pkey", "messages_change_key", "participants_watermarks"):
            table = constraint.split("_", 1)[0]
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {constraint} CASCADE")
        for statement in statements:
            cursor.execute(statement)


async def test_an_untouched_trail_is_whole(recorded: Recorded) -> None:
    report = await recorded.check()
    assert report.breaks == []
    assert {chain.chain: (chain.rows, chain.unsealed) for chain in report.chains} == {
        "message": (4, 0),
        "version": (2, 0),
        "mark": (3, 0),
        "audit": (4, 0),
    }
