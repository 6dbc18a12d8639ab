"""What silence does to conversations, in a real database: archive, the end of retention, and what must be kept."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg2
import pytest

from repositories.unit_of_work import Database
from server.security.cipher import AesContentCipher
from services.conversations import ConversationSettings
from services.errors import Conflict, Forbidden, NotFound, ValidationFailed
from services.events import ConversationChanged
from services.jobs import Step
from services.legal_holds import LegalHolds
from services.ports import UnitOfWork
from services.principal import Principal
from services.resume import Position
from services.retention import Retention, RetentionPolicy
from tests.support.fakes import RecordingPublisher, RecordingTrail
from tests.support.forgetful import LosesAnAnswer
from tests.support.house import House, Pair
from tests.support.postgres import ScratchDatabase, connected

YEARS = {"care": 2557, "contextual": 2557, "mentoring": 2557}


class Office:
    """Retention and holds on the database of a house; `aged` puts the last thing that happened into the past."""

    def __init__(
        self, database: UnitOfWork, owner_url: str, *, archive_days: int = 30, days: Mapping[str, int] = YEARS
    ) -> None:
        self.published, self.trail = RecordingPublisher(), RecordingTrail()
        self.forgotten: list[int] = []
        self._owner_url = owner_url
        self.retention = Retention(
            unit_of_work=database,
            publisher=self.published,
            trail=self.trail,
            policy=RetentionPolicy(archive_days=archive_days, days=days),
            forget=[self._forget],
            window=2,
        )
        self.holds = LegalHolds(unit_of_work=database)

    async def _forget(self, conversation_id: int) -> None:
        self.forgotten.append(conversation_id)

    def aged(self, pair: Pair, *, days: int) -> None:
        self.rows(
            "UPDATE conversations SET updated_at = now() - %(ago)s, created_at = now() - %(ago)s,"
            " last_message_at = CASE WHEN last_message_at IS NOT NULL THEN now() - %(ago)s END"
            " WHERE id = %(id)s RETURNING id",
            id=pair.conversation_id,
            ago=f"{days} days",
        )

    def rows(self, sql: str, **parameters: Any) -> list[Any]:
        with connected(self._owner_url) as cursor:
            cursor.execute(sql.replace("%(ago)s", "%(ago)s::interval"), parameters)
            return list(cursor.fetchall())

    async def archive(self) -> None:
        await _through(self.retention.archive_step)

    async def shred(self) -> None:
        await _through(self.retention.shred_step)


async def _through(step: Step) -> None:
    bookmark = await step(None)
    while bookmark is not None:
        bookmark = await step(bookmark)


@pytest.fixture
def office(database: Database, clean_database: ScratchDatabase) -> Office:
    return Office(database, clean_database.owner_url)


async def status_of(house: House, pair: Pair, viewer: Principal | None = None) -> str:
    detail = await house.conversations.get(viewer or pair.first, conversation_id=pair.conversation_id)
    return detail.view.row.status


async def settled(house: House, who: Principal, pair: Pair, status: str) -> str:
    detail = await house.conversations.settle(
        who, conversation_id=pair.conversation_id, settings=ConversationSettings(status=status)
    )
    return detail.view.row.status


# -- the archive


async def test_silence_archives_for_all_and_a_message_reopens(house: House, office: Office) -> None:
    pairs = [await house.care_pair() for _ in range(5)]
    for pair in pairs:
        await house.say(pair.first, pair, "bonjour")
    for pair in pairs[:3]:
        office.aged(pair, days=31)
    office.aged(pairs[3], days=29)
    await office.archive()
    assert [await status_of(house, pair) for pair in pairs] == ["archived"] * 3 + ["active"] * 2
    assert await status_of(house, pairs[0], pairs[0].second) == "archived"
    changed = [fact.conversation_id for fact in office.published.of(ConversationChanged)]
    assert changed == [pair.conversation_id for pair in pairs[:3]]
    await house.say(pairs[0].second, pairs[0], "again")
    assert await status_of(house, pairs[0]) == "active"
    await office.archive()
    assert await status_of(house, pairs[0]) == "active"


async def test_an_archived_conversation_can_be_read_and_counts_as_unread(house: House, office: Office) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "bonjour")
    office.aged(pair, days=31)
    await office.archive()
    page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10)
    assert [message.content for message in page.items] == ["bonjour"]
    assert await house.marks.unread_count(pair.second) == 1


async def test_anybody_brings_back_what_silence_archived_for_as_long_again(house: House, office: Office) -> None:
    pair = await house.care_pair()
    office.aged(pair, days=31)
    await office.archive()
    assert await settled(house, pair.first, pair, "active") == "active"
    assert await status_of(house, pair, pair.second) == "active"
    await office.archive()
    assert await status_of(house, pair) == "active"


async def test_the_own_archive_is_ones_own(house: House) -> None:
    pair = await house.care_pair()
    assert await settled(house, pair.first, pair, "archived") == "archived"
    assert await status_of(house, pair, pair.second) == "active"
    await house.say(pair.second, pair, "bonjour")
    assert await status_of(house, pair) == "active"


async def test_what_is_being_written_to_is_not_waited_for(
    house: House, office: Office, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    office.aged(pair, days=31)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("BEGIN; SELECT FROM conversations FOR UPDATE")
        await asyncio.wait_for(office.archive(), 1.5)
        cursor.execute("ROLLBACK")
    assert await status_of(house, pair) == "active"


async def test_closing_is_for_the_doctor_and_stays_when_time_passes(house: House, office: Office) -> None:
    pair = await house.care_pair()
    with pytest.raises(Forbidden):
        await settled(house, pair.first, pair, "closed")
    assert await settled(house, pair.second, pair, "closed") == "closed"
    with pytest.raises(Conflict):
        await house.say(pair.first, pair, "one more")
    with pytest.raises(Forbidden):
        await settled(house, pair.first, pair, "active")
    office.aged(pair, days=31)
    await office.archive()
    assert await status_of(house, pair) == "closed"
    assert await settled(house, pair.second, pair, "active") == "active"
    await house.say(pair.first, pair, "one more")


async def test_a_doctor_closes_what_was_archived(house: House, office: Office) -> None:
    pair = await house.care_pair()
    office.aged(pair, days=31)
    await office.archive()
    with pytest.raises(Forbidden):
        await settled(house, pair.first, pair, "closed")
    assert await settled(house, pair.second, pair, "closed") == "closed"


async def test_never_archived_when_it_is_switched_off(
    house: House, database: Database, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    office = Office(database, clean_database.owner_url, archive_days=0)
    office.aged(pair, days=4000)
    await office.archive()
    assert await status_of(house, pair) == "active"


# -- the end of retention


async def nothing_opens(house: House, pair: Pair, cipher: AesContentCipher) -> None:
    """Not what was kept of any version, with what the conversation has for a key, by its readers' own way."""
    with connected(house.owner_url) as cursor:
        cursor.execute(
            "SELECT m.sender_id, m.message_key, v.version, v.content, c.key_id, c.data_key FROM message_versions v"
            " JOIN messages m ON m.id = v.message_id JOIN conversations c ON c.id = m.conversation_id WHERE c.id = %s",
            (pair.conversation_id,),
        )
        kept = cursor.fetchall()
    assert len(kept) == 4
    for sender_id, message_key, version, content, key_id, data_key in kept:
        assert b"one" not in bytes(content)
        opened = cipher.decrypt(
            cipher.unwrap(key_id, bytes(data_key)),
            bytes(content),
            conversation_id=pair.conversation_id,
            sender_id=sender_id,
            message_key=UUID(str(message_key)),
            version=version,
        )
        assert opened == ""


async def test_at_the_end_the_key_is_destroyed_and_tombstones_stay(
    house: House, office: Office, cipher: AesContentCipher
) -> None:
    pair, other = await house.care_pair(), await house.care_pair()
    [first, second, _] = await house.say(pair.first, pair, "one", "two", "three")
    await house.changes.edit(pair.first, message_id=first.id, content="one, edited")
    await house.changes.delete(pair.first, message_id=second.id)
    await house.say(other.first, other, "kept")
    office.aged(pair, days=2558)
    office.aged(other, days=2556)
    await office.shred()
    assert office.rows(
        "SELECT key_id, data_key::text, emptied_at IS NOT NULL FROM conversations WHERE id = %(id)s",
        id=pair.conversation_id,
    ) == [("", "\\x", True)]
    left = office.rows(
        "SELECT content FROM messages WHERE conversation_id = %(id)s ORDER BY seq", id=pair.conversation_id
    )
    assert [bytes(content) for (content,) in left[::2]] == [b"", b""]
    await nothing_opens(house, pair, cipher)
    page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10)
    assert [(message.seq, message.content) for message in page.items] == [(1, ""), (2, ""), (3, "")]
    assert all(message.deleted_at for message in page.items)
    assert [entry.action for entry in office.trail.entries] == ["retention.shred"]
    assert office.forgotten == [pair.conversation_id]
    page = await house.history.page(other.second, conversation_id=other.conversation_id, limit=10)
    assert [message.content for message in page.items] == ["kept"]


async def test_a_client_that_comes_back_learns_that_all_is_gone(house: House, office: Office) -> None:
    pair = await house.care_pair()
    messages = await house.say(pair.first, pair, *[str(number) for number in range(7)])
    position = Position(messages[-1].seq, messages[-1].change)
    office.aged(pair, days=3000)
    await office.shred()
    result = await house.resume.sync(pair.second, positions={pair.conversation_id: position})
    [update] = result.updates
    assert [(change.seq, change.content) for change in update.changes] == [(number, "") for number in range(1, 8)]
    assert [change.change for change in update.changes] == list(range(8, 15))
    assert (update.has_more, update.last_change) == (False, 14)
    assert await house.marks.unread_count(pair.second) == 0


async def test_what_was_shredded_stays_closed_and_the_pair_may_begin_anew(house: House, office: Office) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "long ago")  # the writing node keeps the key at hand
    office.aged(pair, days=3000)
    await office.shred()
    for who in (pair.first, pair.second):
        with pytest.raises(Conflict):
            await house.say(who, pair, "are you there?")
    with pytest.raises(Conflict):
        await settled(house, pair.second, pair, "active")
    opened = await house.conversations.open(pair.first, participant_id=pair.second.user_id)
    assert opened.created
    assert opened.view.row.id != pair.conversation_id
    anew = Pair(pair.first, pair.second, opened.view.row.id)
    await house.say(anew.first, anew, "hello again")
    again = await house.conversations.open(pair.second, participant_id=pair.first.user_id)
    assert (again.created, again.view.row.id) == (False, anew.conversation_id)


async def test_a_node_that_never_saw_the_key_refuses_as_well(house: House, second_house: House, office: Office) -> None:
    pair = await house.care_pair()
    office.aged(pair, days=3000)
    await office.shred()
    with pytest.raises(Conflict):
        await second_house.say(pair.first, pair, "are you there?")
    with pytest.raises(NotFound):
        await second_house.say((await house.care_pair()).first, pair, "let me in")


@pytest.mark.parametrize("stored", [True, False])
async def test_what_was_shredded_is_on_the_trail_though_the_answer_to_the_commit_was_lost(
    house: House, clean_database: ScratchDatabase, stored: bool
) -> None:
    forgetful = LosesAnAnswer(house.database, "retention", stored=stored)
    office = Office(forgetful, clean_database.owner_url)
    pair = await house.care_pair()
    office.aged(pair, days=3000)
    await office.shred()
    assert forgetful.lost == 1
    noted = [(entry.action, entry.conversation_id) for entry in office.trail.entries]
    assert noted == [("retention.shred", pair.conversation_id)]


async def test_a_message_that_comes_meanwhile_saves_it(house: House, office: Office, database: Database) -> None:
    pair = await house.care_pair()
    office.aged(pair, days=3000)
    await house.say(pair.first, pair, "just in time")
    async with database.transaction() as repositories:
        assert not await repositories.retention.shred(conversation_id=pair.conversation_id, days=2557)
    page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10)
    assert [message.content for message in page.items] == ["just in time"]


async def test_a_run_that_was_cut_off_is_gone_on_with(house: House, office: Office, database: Database) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "one", "two")
    office.aged(pair, days=3000)
    async with database.transaction() as repositories:
        assert await repositories.retention.shred(conversation_id=pair.conversation_id, days=2557)
    page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10)
    assert [message.content for message in page.items] == ["", ""], "unreadable from the first moment"
    await office.shred()
    assert office.rows("SELECT count(*) FROM messages WHERE content <> ''") == [(0,)]
    assert office.rows("SELECT count(*) FROM conversations WHERE emptied_at IS NULL") == [(0,)]


async def test_each_kind_has_its_own_time_and_may_have_none(
    house: House, database: Database, clean_database: ScratchDatabase
) -> None:
    office = Office(database, clean_database.owner_url, days={"care": 0, "mentoring": 10})
    care, mentoring = await house.care_pair(), await house.mentoring_pair()
    for pair in (care, mentoring):
        office.aged(pair, days=20_000)
    await office.shred()
    shredded = office.rows("SELECT id FROM conversations WHERE shredded_at IS NOT NULL")
    assert shredded == [(mentoring.conversation_id,)]


async def test_the_database_lets_nobody_open_what_was_shredded(house: House, office: Office) -> None:
    pair = await house.care_pair()
    office.aged(pair, days=3000)
    await office.shred()
    for change in (
        "UPDATE conversations SET status = 'active'",
        "UPDATE conversations SET key_id = 'k1'",
        "UPDATE conversations SET key_id = 'k1', data_key = 'x'",
    ):
        with pytest.raises(psycopg2.errors.CheckViolation, match="conversations_"):
            office.rows(change)


# -- holds, dry run and report


async def test_a_hold_keeps_a_conversation_until_it_is_lifted(house: House, office: Office) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "evidence")
    office.aged(pair, days=3000)
    hold = await office.holds.place(conversation_id=pair.conversation_id, reason="case 12", placed_by="A. Roy")
    await office.shred()
    page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10)
    assert [message.content for message in page.items] == ["evidence"]
    await office.holds.release(hold_id=hold.id, reason="case closed", released_by="B. Kent")
    with pytest.raises(NotFound):
        await office.holds.release(hold_id=hold.id, reason="twice", released_by="B. Kent")
    await office.shred()
    page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10)
    assert [message.content for message in page.items] == [""]
    [row] = [row async for row in office.holds.all(with_released=True)]
    assert (row.reason, row.placed_by, row.release_reason, row.released_by) == (
        "case 12",
        "A. Roy",
        "case closed",
        "B. Kent",
    )
    assert [row async for row in office.holds.all(with_released=False)] == []
    assert [(entry.action, entry.reason) for entry in office.trail.entries] == [("retention.shred", "retention_ended")]


async def test_a_hold_on_a_person_keeps_all_of_theirs(house: House, office: Office) -> None:
    pair, other = await house.care_pair(), await house.care_pair()
    for each in (pair, other):
        office.aged(each, days=3000)
    await office.holds.place(user_id=pair.second.user_id, reason="inquiry", placed_by="A. Roy")
    await house.conversations.set_left(conversation_id=pair.conversation_id, user_id=pair.second.user_id, left=True)
    await office.shred()
    kept = office.rows("SELECT id FROM conversations WHERE shredded_at IS NULL")
    assert kept == [(pair.conversation_id,)]


async def test_a_hold_names_one_thing_that_exists_and_a_reason(house: House, office: Office) -> None:
    pair = await house.care_pair()
    for wrong in ({"conversation_id": 999}, {"user_id": 999}):
        with pytest.raises(NotFound):
            await office.holds.place(**wrong, reason="x", placed_by="A")
    one, both = {"conversation_id": pair.conversation_id}, {"user_id": 1, "conversation_id": pair.conversation_id}
    for wrong, reason, by in ((one, " ", "A"), (one, "x", ""), (both, "x", "A"), ({}, "x", "A")):
        with pytest.raises(ValidationFailed):
            await office.holds.place(**wrong, reason=reason, placed_by=by)


async def test_a_dry_run_reports_and_changes_nothing(house: House, office: Office) -> None:
    pairs = [await house.care_pair() for _ in range(3)] + [await house.mentoring_pair()]
    for pair in pairs:
        await house.say(pair.first, pair, "one", "two")
        office.aged(pair, days=3000)
    await office.holds.place(conversation_id=pairs[0].conversation_id, reason="case 12", placed_by="A. Roy")
    before = office.rows("SELECT c::text FROM conversations c ORDER BY id")
    report = await office.retention.run(dry=True)
    assert office.rows("SELECT c::text FROM conversations c ORDER BY id") == before
    care, mentoring = report.kinds["care"], report.kinds["mentoring"]
    assert (care.conversations, care.messages, care.held) == (3, 6, 1)
    assert (mentoring.conversations, mentoring.messages, mentoring.held) == (1, 2, 0)
    assert (report.due, report.shredded) == (3, [])
    real = await office.retention.run(dry=False)
    assert real.shredded == [pair.conversation_id for pair in pairs[1:]]
    assert (await office.retention.run(dry=False)).shredded == []


async def test_many_that_are_due_take_several_steps(
    house: House, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.retention.SHREDDED_AT_ONCE", 1)
    monkeypatch.setattr("services.retention.MESSAGES_AT_ONCE", 2)
    pairs = [await house.care_pair() for _ in range(3)]
    for pair in pairs:
        await house.say(pair.first, pair, *"abcde")
        office.aged(pair, days=3000)
    await office.shred()
    assert office.rows("SELECT count(*) FROM conversations WHERE emptied_at IS NOT NULL") == [(3,)]
    gapless = office.rows("SELECT conversation_id, array_agg(change ORDER BY seq) FROM messages GROUP BY 1")
    assert [changes for _, changes in gapless] == [[6, 7, 8, 9, 10]] * 3


async def test_two_runs_at_once_do_no_harm(
    house: House, office: Office, second_database: Database, clean_database: ScratchDatabase
) -> None:
    pairs = [await house.care_pair() for _ in range(6)]
    for pair in pairs:
        await house.say(pair.first, pair, "a", "b")
        office.aged(pair, days=3000)
    there = Office(second_database, clean_database.owner_url)
    reports = await asyncio.gather(office.retention.run(dry=False), there.retention.run(dry=False))
    assert sorted(reports[0].shredded + reports[1].shredded) == [pair.conversation_id for pair in pairs]
    assert office.rows("SELECT count(*) FROM conversations WHERE emptied_at IS NULL") == [(0,)]
