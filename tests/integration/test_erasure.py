"""Erasing people on a real database: what goes, what stays and why, and when the rest goes."""

import datetime
from typing import Any

import pytest

from repositories.contexts import ContextName
from repositories.unit_of_work import Database
from server.security.secrets_store import Secrets
from services.erasure_plan import ErasureReport
from services.errors import Conflict, NotFound, ValidationFailed
from services.events import CareLinkChanged, SessionsEnded, UserDisabled
from services.legal_holds import LegalHolds
from services.sealer import Sealer
from services.trail_check import TrailCheck
from services.user_admin import UserAdmin
from tests.integration.test_contexts import TITLE, Ward
from tests.integration.test_person_archives import Registry, registry
from tests.support.house import Pair
from tests.support.searching import Searching

__all__ = ["registry"]

# Tables with a column that names a person, and what becomes of it when they are erased. Who adds such a table
# decides, and adds a line; what is about a person is given out in their archive too.
DECIDED = {
    "activity_days": "removed; given out",
    "activity_replies": "removed; given out",
    "answers": "kept, public, under the pseudonym; given out",
    "attachments": "with the message it belongs to",
    "audit": "kept: the trail is a duty, and says numbers only",
    "break_glass": "kept: of administrators, and read by patients",
    "care_links": "ended; given out",
    "contexts": "the title goes at once where nobody wrote about it, else with its conversation; given out",
    "conversations": "kept until the end of retention, under the pseudonym",
    "erasures": "the erasure itself",
    "exports": "removed; given out",
    "legal_holds": "kept: others' decisions; not given out",
    "marks": "kept: who read when is part of the record",
    "mentor_pictures": "removed, by a trigger",
    "mentor_profiles": "emptied, by a trigger; given out",
    "message_reactions": "with the message; given out",
    "message_versions": "with the message",
    "messages": "kept until the end of retention, under the pseudonym; given out",
    "notification_decisions": "removed",
    "notification_deliveries": "removed",
    "notification_preferences": "removed; given out",
    "notifications": "removed; given out",
    "participants": "settings removed",
    "person_archives": "removed",
    "point_totals": "kept: sums of points",
    "points": "kept: a ledger of numbers; given out",
    "push_subscriptions": "removed; given out",
    "questions": "kept, public, under the pseudonym; given out",
    "reports": "kept, under the pseudonym; given out",
    "search_entries": "removed",
    "search_positions": "the indexer leaves out who was erased",
    "sessions": "ended and emptied; given out",
    "votes": "kept: counts stand on them; given out",
    "users": "name, contact and way in removed",
}


async def erased(registry: Registry, user_id: int) -> ErasureReport:
    return await registry.data.erasure.erase(user_id=user_id, reason="letter of 3 May", asked_by="A. Roy")


def kept(report: ErasureReport) -> dict[str, str]:
    return {item.what: item.why for item in report.kept}


def named(registry: Registry, user_id: int) -> Any:
    [row] = registry.rows(
        "SELECT username, first_name, last_name, email, external_id, password_hash, disabled_at IS NULL FROM users"
        " WHERE id = %s",
        user_id,
    )
    return row


def test_of_every_table_about_people_it_is_decided_what_becomes_of_it(registry: Registry) -> None:
    tables = registry.rows(
        "SELECT DISTINCT c.table_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        " AND c.column_name ~ '(user|sender|uploader|reader|patient|doctor|actor|author|mentor)_id$'"
        " UNION SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confrelid = 'users'::regclass"
    )
    assert sorted({name for (name,) in tables} - DECIDED.keys()) == []


async def test_a_patient_goes_and_the_record_stays_under_a_pseudonym(
    registry: Registry, database: Database, secrets: Secrets
) -> None:
    house, searching = registry.house, Searching(database, secrets.master_keys)
    pair = await house.care_pair()
    me = pair.first.user_id
    await house.say(pair.first, pair, "douleur au genou")
    await house.say(pair.second, pair, "au repos")
    await house.marks.read(pair.second, conversation_id=pair.conversation_id)
    await searching.catch_up()
    registry.run(
        "UPDATE users SET email = 'p@example.org', external_id = 'H-77', password_hash = 'x' WHERE id = %s", me
    )
    session = registry.session(me)
    registry.run("INSERT INTO notifications (user_id, kind, since) VALUES (%s, 'conversation_opened', now())", me)
    registry.run("INSERT INTO notification_preferences (user_id) VALUES (%s)", me)
    registry.run("INSERT INTO activity_days (user_id, day, sent) VALUES (%s, '2026-05-03', 7)", me)
    await registry.made(pair.first)
    before = named(registry, me)

    planned = await registry.data.erasure.report(user_id=me)
    assert (planned.state, planned.name_kept, named(registry, me)) == ("planned", None, before)
    counts = {item.what: item.count for item in planned.removed}
    assert counts == {
        "name": 1,
        "sessions": 1,
        "care_links": 1,
        "context_titles": 0,
        "search_index": None,
        "notifications": 1,
        "push_subscriptions": 0,
        "notification_preferences": 1,
        "activity": 1,
        "exports": 0,
        "archives": 1,
    }
    [conversations] = [item for item in planned.kept if item.what == "conversations"]
    assert (conversations.count, conversations.messages, conversations.why) == (1, 2, "retention")
    assert conversations.until is not None
    assert 2555 < (conversations.until - datetime.datetime.now(datetime.UTC)).days < 2558

    report = await erased(registry, me)
    assert (report.state, report.removed) == ("waiting", planned.removed)
    assert kept(report) == {"conversations": "retention", "identity": "retention", "trail": "accountability"}
    assert report.pseudonym is not None
    assert named(registry, me) == (
        f"anonyme-{report.pseudonym}",
        "Anonyme",
        report.pseudonym.upper(),
        None,
        None,
        None,
        False,
    )
    facts = house.published.facts
    assert SessionsEnded(user_id=me, session_ids=(session,)) in facts
    assert UserDisabled(user_id=me) in facts
    assert CareLinkChanged(patient_id=me, doctor_id=pair.second.user_id) in facts
    assert registry.rows("SELECT end_reason, address, device FROM sessions WHERE user_id = %s", me) == [
        ("erased", None, None)
    ]
    assert registry.kept() == []
    everything = registry.everything()
    assert not [text for text in ("p@example.org", "H-77", before[0], before[1]) if text in everything]

    await _goes_on_for_the_doctor(registry, searching, pair, report.pseudonym)
    # Who must know who it was can find out, for now.
    identity = await registry.data.erasure.identity(user_id=me)
    assert (identity.username, identity.email, identity.external_id) == (before[0], "p@example.org", "H-77")
    await _trail_is_whole(registry)

    # At the end of retention nothing leads back any more.
    await registry.shred(pair)
    assert await registry.data.erasure.step(None) is not None
    assert (await registry.data.erasure.report(user_id=me)).state == "finished"
    with pytest.raises(NotFound):
        await registry.data.erasure.identity(user_id=me)
    assert await registry.data.erasure.step(None) is None
    await _trail_is_whole(registry)


async def _goes_on_for_the_doctor(registry: Registry, searching: Searching, pair: Pair, pseudonym: str) -> None:
    # The doctor's record is whole, and findable; the ticks say what they said.
    page = await registry.house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10)
    assert [(item.content, item.sender_name) for item in page.items] == [
        ("douleur au genou", f"Anonyme {pseudonym.upper()}"),
        ("au repos", page.items[1].sender_name),
    ]
    gone = (
        "SELECT (SELECT count(*) FROM search_entries WHERE reader_id = %s),"
        " (SELECT count(*) FROM notifications WHERE user_id = %s)"
    )
    assert registry.rows(gone, pair.first.user_id, pair.first.user_id) == [(0, 0)]
    await searching.catch_up()
    assert [hit.message.content for hit in (await searching.page(pair.second, "genou")).items] == ["douleur au genou"]
    assert registry.rows(gone, pair.first.user_id, pair.first.user_id) == [(0, 0)]


async def _trail_is_whole(registry: Registry) -> None:
    class Nowhere:
        async def keep(self, heads: object) -> None:
            """No anchor."""

    sealer = Sealer(
        unit_of_work=registry.house.database, anchor=Nowhere(), now=lambda: datetime.datetime.now(datetime.UTC)
    )
    for _ in range(2):
        await sealer.round()
    assert (await TrailCheck(unit_of_work=registry.house.database).run({})).breaks == []


async def test_a_hold_on_the_person_forbids_it_and_one_on_a_conversation_keeps_the_name(registry: Registry) -> None:
    house = registry.house
    holds = LegalHolds(unit_of_work=house.database)
    pair = await house.care_pair()
    me = pair.first.user_id
    await house.say(pair.first, pair, "un")
    before = named(registry, me)
    on_person = await holds.place(user_id=me, reason="inquiry", placed_by="court")
    assert (await registry.data.erasure.report(user_id=me)).state == "refused"
    with pytest.raises(Conflict) as refusal:
        await erased(registry, me)
    assert (refusal.value.reason, named(registry, me)) == ("legal_hold", before)

    on_conversation = await holds.place(conversation_id=pair.conversation_id, reason="case 12", placed_by="court")
    await holds.release(hold_id=on_person.id, reason="over", released_by="court")
    report = await erased(registry, me)
    assert (report.state, report.name_kept, kept(report)["conversations"]) == ("waiting", "legal_hold", "legal_hold")
    assert named(registry, me)[1:3] == before[1:3]
    assert named(registry, me)[0] == f"anonyme-{report.pseudonym}"
    await holds.release(hold_id=on_conversation.id, reason="over", released_by="court")
    await registry.data.erasure.step(None)
    assert named(registry, me)[1] == "Anonyme"
    assert (await erased(registry, me)).name_kept is None


async def test_a_doctor_is_named_in_the_record_that_they_signed(registry: Registry) -> None:
    house = registry.house
    pair, silent = await house.care_pair(), await house.care_pair()
    await house.say(pair.second, pair, "prenez ceci")
    await house.say(silent.first, silent, "personne ?")
    before = named(registry, pair.second.user_id)
    report = await erased(registry, pair.second.user_id)
    assert (report.name_kept, named(registry, pair.second.user_id)[1:3]) == ("authorship", before[1:3])
    assert (await erased(registry, silent.second.user_id)).name_kept is None
    await registry.shred(pair)
    await registry.data.erasure.step(None)
    assert named(registry, pair.second.user_id)[1] == "Anonyme"
    assert (await registry.data.erasure.report(user_id=pair.second.user_id)).state == "finished"


async def test_who_never_said_anything_is_gone_at_once_and_nobody_comes_back(registry: Registry) -> None:
    pair: Pair = await registry.house.care_pair()
    report = await erased(registry, pair.first.user_id)
    assert (report.state, kept(report)) == ("finished", {"trail": "accountability"})
    admin = UserAdmin(unit_of_work=registry.house.database, publisher=registry.house.published, hasher=None)  # type: ignore[arg-type]  # no password is set here
    for changes in ({"disabled": False}, {"first_name": "Zoé"}, {"email": "z@example.org"}):
        with pytest.raises(Conflict) as refusal:
            await admin.change(user_id=pair.first.user_id, changes=changes)  # type: ignore[arg-type]  # a table of cases
        assert refusal.value.reason == "person_erased"
    with pytest.raises(NotFound):
        await registry.data.archives.ask(pair.first, about=pair.first.user_id)
    with pytest.raises(NotFound):
        await registry.data.erasure.report(user_id=10**9)


async def test_a_title_that_nobody_wrote_about_goes_at_once_and_does_not_come_back(registry: Registry) -> None:
    """Of a prescription without a conversation, or with an empty one; what was talked about goes with the talk."""
    pair = await registry.house.care_pair()
    ward, me = Ward(registry.house, pair.first, pair.second), pair.first.user_id
    alone, empty, spoken = (ContextName("ordonnance", f"rx-{n}") for n in range(3))
    await ward.put(alone)
    await ward.opened(empty)
    await ward.opened(spoken)
    await ward.say(ward.patient, spoken, "Jusqu’à quand ?")
    other = Ward(registry.house, (await registry.house.care_pair()).first, pair.second)
    theirs = ContextName("ordonnance", "of somebody else")
    await other.put(theirs)

    assert {item.what: item.count for item in (await registry.data.erasure.report(user_id=me)).removed}[
        "context_titles"
    ] == 2
    assert titled(registry) == {alone.id, empty.id, spoken.id, theirs.id}
    report = await erased(registry, me)
    assert ("context_titles", 2) in [(item.what, item.count) for item in report.removed]
    assert titled(registry) == {spoken.id, theirs.id}
    assert registry.rows("SELECT count(*) FROM contexts WHERE closed_at IS NULL AND patient_id = %s", me) == [(1,)]
    # A host application that sends it again, as it does each night, brings nothing back.
    for name in (alone, empty, ContextName("ordonnance", "rx-9")):
        with pytest.raises(ValidationFailed):
            await ward.put(name, title=TITLE, version=2)
    assert titled(registry) == {spoken.id, theirs.id}
    await registry.shred(await _conversation_of(registry, pair, spoken))
    assert titled(registry) == {theirs.id}


async def test_a_hold_on_the_other_keeps_such_a_title_until_it_is_lifted(registry: Registry) -> None:
    pair = await registry.house.care_pair()
    ward, me = Ward(registry.house, pair.first, pair.second), pair.first.user_id
    holds = LegalHolds(unit_of_work=registry.house.database)
    await ward.put(ContextName("examen", "1"))
    hold = await holds.place(user_id=pair.second.user_id, reason="inquiry", placed_by="court")
    report = await erased(registry, me)
    assert (report.state, kept(report)["context_titles"]) == ("waiting", "legal_hold")
    assert [item.count for item in report.removed if item.what == "context_titles"] == [0]
    assert titled(registry) == {"1"}
    assert (await registry.data.erasure.identity(user_id=me)).first_name
    await holds.release(hold_id=hold.id, reason="over", released_by="court")
    await registry.data.erasure.step(None)
    assert titled(registry) == set()
    assert (await registry.data.erasure.report(user_id=me)).state == "finished"


def titled(registry: Registry) -> set[str]:
    """Which contexts still have something that could be read."""
    rows = registry.rows("SELECT external_id FROM contexts WHERE title <> '' OR key_id <> '' OR data_key <> ''")
    return {name for (name,) in rows}


async def _conversation_of(registry: Registry, pair: Pair, name: ContextName) -> Pair:
    [(conversation_id,)] = registry.rows("SELECT id FROM conversations WHERE context_id = %s", name.id)
    return Pair(pair.first, pair.second, conversation_id)
