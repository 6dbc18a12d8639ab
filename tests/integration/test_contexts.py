"""Prescriptions and exams: kept in step with the host application, and what their conversations then say."""

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from repositories.contexts import ContextFilter, ContextName
from repositories.errors import OutcomeUnknown
from services.care_links import LinkPeople, PersonKey
from services.contexts import ContextDetails, PutContext
from services.errors import Conflict, ContextAccessDenied, DomainError, Forbidden, NotFound, ValidationFailed
from services.events import ConversationChanged, ConversationCreated, MessagePosted, NotificationsTold
from services.messages import NewMessage
from services.principal import ADMIN, DOCTOR, PATIENT, Origin, Principal
from tests.support.forgetful import LosesAnAnswer
from tests.support.house import House
from tests.support.postgres import ScratchDatabase, connected

ORIGIN = Origin(address="192.0.2.7", device="Test/1.0", request_id="r", language="fr")
HOST = Principal(1, ADMIN, None, 2e9)
TITLE = "Amoxicilline 500 mg"


@dataclass
class Ward:
    """A patient and a doctor whom contexts name; no care link joins them."""

    house: House
    patient: Principal
    doctor: Principal

    async def put(self, name: ContextName, **changes: Any) -> PutContext:
        people = LinkPeople(
            patient=PersonKey(user_id=changes.pop("patient", self.patient).user_id),
            doctor=PersonKey(user_id=changes.pop("doctor", self.doctor).user_id),
        )
        details = {"version": 1, "title": TITLE, "people": people, "closed": False, **changes}
        return await self.house.contexts.put(HOST, ORIGIN, name, ContextDetails(**details))

    async def opened(self, name: ContextName) -> int:
        await self.put(name)
        return (await self.house.contextual.open(self.patient, name)).view.row.id

    async def say(self, who: Principal, name: ContextName, text: str) -> Any:
        new = NewMessage(conversation_id=0, content=text, client_message_id=uuid.uuid4())
        return (await self.house.contextual.send(who, name, new)).message

    async def history(self, name: ContextName) -> list[Any]:
        page = await self.house.contextual.read(
            self.patient, name, limit=200, before_seq=None, after_seq=None, mark_read=False
        )
        return list(page.items)

    async def notified(self, who: Principal) -> list[tuple[str, int | None, str | None, str | None]]:
        page = await self.house.notifications.page(
            who, role=who.role, user_id=who.user_id, unread=False, before=None, limit=9
        )
        return [(row.kind, row.conversation_id, row.subject_type, row.subject_id) for row in page.items]


RX = ContextName("ordonnance", "rx-1")


@pytest.fixture
async def ward(house: House) -> Ward:
    return Ward(house, await house.person(PATIENT), await house.person(DOCTOR))


async def refused(call: Any) -> DomainError:
    with pytest.raises(DomainError) as caught:
        await call
    return caught.value


async def test_putting_it_again_changes_nothing_and_tells_nobody(ward: Ward) -> None:
    assert (await ward.put(RX)).created
    await ward.house.contextual.open(ward.patient, RX)
    ward.house.published.clear()
    again = await ward.put(RX)
    assert (again.created, again.context.external_id, again.context.version) == (False, "rx-1", 1)
    assert ward.house.published.facts == []
    assert [(entry.action, entry.object_id, entry.principal) for entry in ward.house.trail.entries] == [
        ("context.change", "rx-1", HOST)
    ] * 2


async def test_many_puts_at_once_make_one(ward: Ward, second_house: House) -> None:
    other = Ward(second_house, ward.patient, ward.doctor)
    made = await asyncio.gather(*(who.put(RX) for who in (ward, other) for _ in range(4)))
    assert sorted(one.created for one in made) == [False] * 7 + [True]


async def test_the_same_id_of_another_type_is_another_context(ward: Ward) -> None:
    await ward.put(RX)
    assert (await ward.put(ContextName("examen", "rx-1"))).created
    page = await ward.house.contexts.page(filters=ContextFilter(), before=None, limit=1)
    assert ([row.type for row in page.items], page.next) == (["examen"], str(page.items[0].id))
    page = await ward.house.contexts.page(filters=ContextFilter(), before=page.items[0].id, limit=1)
    assert ([row.type for row in page.items], page.next) == (["ordonnance"], None)


@pytest.mark.parametrize("stored", [True, False])
async def test_both_are_notified_of_a_change_if_it_was_stored_though_the_answer_to_the_commit_was_lost(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, stored: bool
) -> None:
    conversation_id = await ward.opened(RX)
    losing = LosesAnAnswer(ward.house.database, "contexts", stored=stored)
    with monkeypatch.context() as patch:
        patch.setattr(ward.house.contexts, "_unit_of_work", losing)
        with pytest.raises(OutcomeUnknown):
            await ward.put(RX, version=2)
    assert (await ward.put(RX, version=2)).context.version == 2
    for who in (ward.patient, ward.doctor):
        assert await ward.notified(who) == [("context_changed", conversation_id, "ordonnance", "rx-1")]
    told = [fact.user_id for fact in ward.house.published.of(NotificationsTold)]
    assert set(told) == {ward.patient.user_id, ward.doctor.user_id}


async def test_what_does_not_fit_is_refused(ward: Ward) -> None:
    await ward.put(RX, version=3)
    other = await ward.house.person(PATIENT)
    assert isinstance(await refused(ward.put(RX, version=2)), Conflict)
    assert isinstance(await refused(ward.put(RX, version=3, patient=other)), Conflict)
    for wrong in (
        ward.put(ContextName("facture", "1")),
        ward.put(ContextName("examen", "1"), patient=ward.doctor),
        ward.put(ContextName("examen", "1"), doctor=ward.patient),
        ward.put(ContextName("examen", "1"), doctor=Principal(10**12, DOCTOR, None, 2e9)),
    ):
        assert isinstance(await refused(wrong), ValidationFailed)
    assert isinstance(await refused(ward.house.contexts.end(HOST, ORIGIN, ContextName("examen", "1"))), NotFound)


async def test_a_conversation_needs_no_link_but_the_context_and_is_one(ward: Ward, second_house: House) -> None:
    await ward.put(RX)
    opened = await asyncio.gather(
        *(house.contextual.open(who, RX) for house in (ward.house, second_house) for who in (ward.patient, ward.doctor))
    )
    assert len({one.view.row.id for one in opened}) == 1
    assert sorted(one.created for one in opened) == [False] * 3 + [True]
    facts = [*ward.house.published.facts, *second_house.published.facts]
    assert [type(fact) for fact in facts] == [ConversationCreated]
    context = opened[0].view.context
    assert context is not None
    assert (context.type, context.id, context.version, context.title, context.state) == (
        "ordonnance",
        "rx-1",
        1,
        TITLE,
        "active",
    )


async def test_each_message_keeps_the_version_of_its_time_and_the_system_says_when_it_changed(ward: Ward) -> None:
    conversation_id = await ward.opened(RX)
    first = await ward.say(ward.patient, RX, "about the first")
    ward.house.published.clear()
    await ward.put(RX, version=4, title="Amoxicilline 1 g")
    [posted] = ward.house.published.of(MessagePosted)
    assert ward.house.published.of(ConversationChanged) == [ConversationChanged(conversation_id=conversation_id)]
    assert {fact.user_id for fact in ward.house.published.of(NotificationsTold)} == {
        ward.patient.user_id,
        ward.doctor.user_id,
    }
    for who in (ward.patient, ward.doctor):
        assert await ward.notified(who) == [("context_changed", conversation_id, "ordonnance", "rx-1")]
    second = await ward.say(ward.doctor, RX, "about the fourth")
    assert (first.context.version, posted.seq, second.context.version) == (1, 2, 4)
    history = await ward.history(RX)
    assert [(message.type, message.context.version) for message in history] == [
        ("text", 1),
        ("system", 4),
        ("text", 4),
    ]
    assert history[1].content == {
        "code": "context_version_changed",
        "params": {"contextType": "ordonnance", "contextId": "rx-1", "version": 4, "previousVersion": 1},
    }
    assert (history[1].sender_id, history[1].seq, history[1].change) == (None, posted.seq, posted.change)
    detail = await ward.house.conversations.get(ward.patient, conversation_id=conversation_id)
    assert detail.view.context is not None
    assert (detail.view.context.version, detail.view.context.title) == (4, "Amoxicilline 1 g")
    assert (detail.view.row.unread, detail.view.row.message_count, detail.view.row.last_seq) == (1, 3, 3)


async def test_a_corrected_title_is_no_new_version(ward: Ward) -> None:
    conversation_id = await ward.opened(RX)
    await ward.put(RX, title="Amoxicilline 250 mg")
    assert await ward.history(RX) == []
    detail = await ward.house.conversations.get(ward.doctor, conversation_id=conversation_id)
    assert detail.view.context is not None
    assert detail.view.context.title == "Amoxicilline 250 mg"


async def test_the_last_message_of_the_system_is_no_text_and_unread_by_nobody(ward: Ward) -> None:
    conversation_id = await ward.opened(RX)
    await ward.put(RX, version=2)
    view = (await ward.house.conversations.get(ward.patient, conversation_id=conversation_id)).view
    assert (view.snippet, view.row.unread, view.system and view.system["code"]) == ("", 0, "context_version_changed")
    assert (await ward.house.marks.read(ward.patient, conversation_id=conversation_id)).updated_count == 0


async def test_versions_and_messages_that_race_never_cross(ward: Ward) -> None:
    """A message after the word of a version is of that version; one before it is not."""
    await ward.opened(RX)

    async def change() -> None:
        for version in range(2, 12):
            await ward.put(RX, version=version)

    await asyncio.gather(change(), *(ward.say(ward.patient, RX, str(number)) for number in range(60)))
    version = 1
    history = await ward.history(RX)
    assert [message.seq for message in history] == list(range(1, 71))
    for message in history:
        if message.type == "system":
            version = message.content["params"]["version"]
        assert message.context.version == version


async def test_when_it_ends_nobody_writes_and_all_is_still_there(ward: Ward) -> None:
    conversation_id = await ward.opened(RX)
    sent = NewMessage(conversation_id=conversation_id, content="before", client_message_id=uuid.uuid4())
    await ward.house.messages.post(ward.patient, sent)
    ward.house.published.clear()
    await ward.house.contexts.end(HOST, ORIGIN, RX)
    await ward.house.contexts.end(HOST, ORIGIN, RX)
    assert ward.house.published.facts == [ConversationChanged(conversation_id=conversation_id)]
    error = await refused(ward.say(ward.doctor, RX, "too late"))
    assert (error.code, error.reason) == ("FORBIDDEN", "context_closed")
    assert (await ward.house.contextual.send(ward.patient, RX, sent)).duplicate
    detail = await ward.house.conversations.get(ward.patient, conversation_id=conversation_id)
    assert (detail.view.can_reply, detail.view.row.obstacle) == (False, "context_closed")
    assert [message.content for message in await ward.history(RX)] == ["before"]
    assert not (await ward.house.contextual.open(ward.doctor, RX)).created
    await ward.put(RX)
    await ward.say(ward.doctor, RX, "open again")


async def test_a_closed_context_gets_no_conversation(ward: Ward) -> None:
    await ward.put(RX, closed=True)
    assert isinstance(await refused(ward.house.contextual.open(ward.patient, RX)), Forbidden)
    call = ward.house.contextual.open_with(ward.patient, RX, participant_id=ward.doctor.user_id)
    assert isinstance(await refused(call), NotFound)


async def test_of_others_and_of_nobody_are_one_answer(ward: Ward) -> None:
    await ward.put(RX)
    stranger = await ward.house.person(DOCTOR)
    for name in (RX, ContextName("ordonnance", "none"), ContextName("nonsense", "1")):
        assert isinstance(await refused(ward.house.contextual.open(stranger, name)), ContextAccessDenied)
        assert isinstance(await refused(ward.say(stranger, name, "x")), ContextAccessDenied)
        call = ward.house.contextual.open_with(stranger, name, participant_id=ward.patient.user_id)
        assert isinstance(await refused(call), NotFound)


async def test_opening_with_a_person_takes_the_other_one_of_the_context(ward: Ward) -> None:
    await ward.put(RX)
    third = await ward.house.person(DOCTOR)
    call = ward.house.contextual.open_with(ward.patient, RX, participant_id=third.user_id)
    assert isinstance(await refused(call), NotFound)
    call = ward.house.contextual.open_with(ward.patient, RX, participant_id=ward.patient.user_id)
    assert isinstance(await refused(call), ValidationFailed)
    assert (await ward.house.contextual.open_with(ward.patient, RX, participant_id=ward.doctor.user_id)).created


async def test_the_database_binds_a_conversation_to_the_two_of_its_context(
    ward: Ward, clean_database: ScratchDatabase
) -> None:
    await ward.put(RX)
    other = await ward.house.person(PATIENT)
    insert = (
        "INSERT INTO conversations (kind, first_user_id, second_user_id, context_type, context_id, key_id, data_key)"
        " VALUES ('contextual', %s, %s, 'ordonnance', %s, 'k', 'k')"
    )
    with connected(clean_database.owner_url) as cursor:
        for first, context_id in ((other.user_id, "rx-1"), (ward.patient.user_id, "rx-2")):
            with pytest.raises(Exception, match="conversations_context_fkey"):
                cursor.execute(insert, (first, ward.doctor.user_id, context_id))


async def test_a_title_is_sealed_and_opens_nowhere_else(ward: Ward, clean_database: ScratchDatabase) -> None:
    await ward.opened(RX)
    await ward.put(ContextName("examen", "ex-1"), title="IRM du genou")
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT string_agg(x::text, '') FROM contexts x")
        assert TITLE.encode().hex() not in cursor.fetchone()[0]
        cursor.execute(
            "UPDATE contexts SET title = (SELECT title FROM contexts WHERE type = 'examen') WHERE type = 'ordonnance'"
        )
    [shown] = (
        await ward.house.conversations.page(
            ward.patient, status=None, kind=None, q=None, sort=None, before=None, limit=9
        )
    ).items
    assert shown.context is not None
    assert (shown.context.id, shown.context.title) == (RX.id, ""), "the list is shown all the same"
    assert ward.house.unreadable.count == 1


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    "damage", ["title = set_bit(title, 130, 1 - get_bit(title, 130))", "data_key = 'x'", "key_id = 'x'"]
)
async def test_putting_it_again_replaces_a_title_that_does_not_open(
    ward: Ward, clean_database: ScratchDatabase, damage: str, version: int
) -> None:
    await ward.opened(RX)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute(f"UPDATE contexts SET {damage}")  # noqa: S608  # of ours
    assert not (await ward.put(RX, version=version)).created
    [shown] = (
        await ward.house.conversations.page(
            ward.patient, status=None, kind=None, q=None, sort=None, before=None, limit=9
        )
    ).items
    assert shown.context is not None
    assert (shown.context.version, shown.context.title) == (version, TITLE)
    ward.house.published.clear()
    await ward.put(RX, version=version)
    assert ward.house.published.facts == [], "the same again"


async def test_archived_for_oneself_until_the_context_changes(ward: Ward) -> None:
    conversation_id = await ward.opened(RX)
    archived = await ward.house.contextual.archive(ward.patient, conversation_id=conversation_id)
    assert archived.view.row.status == "archived"
    assert (
        await ward.house.conversations.get(ward.doctor, conversation_id=conversation_id)
    ).view.row.status == "active"
    await ward.put(RX, version=2)
    detail = await ward.house.conversations.get(ward.patient, conversation_id=conversation_id)
    assert detail.view.row.status == "active"
    care = await ward.house.care_pair()
    call = ward.house.contextual.archive(care.first, conversation_id=care.conversation_id)
    assert isinstance(await refused(call), NotFound)
