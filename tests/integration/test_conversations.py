"""Who may open what, how lists are paged, and what settling changes for whom."""

import asyncio

import pytest

from repositories.conversations import ListPosition
from services.conversations import ConversationSettings
from services.errors import Forbidden, NotFound, ValidationFailed
from services.events import ConversationChanged, ConversationCreated, ParticipantRemoved
from services.messages import NewMessage
from services.principal import ADMIN, DOCTOR, MEMBER, MENTOR, PATIENT, Principal
from tests.support.house import House, Pair


async def linked(house: House, patient: Principal, doctor: Principal) -> None:
    async with house.database.transaction() as repositories:
        await repositories.seeding.links([(patient.user_id, doctor.user_id)])


async def test_two_nodes_at_once_open_one_conversation(house: House, second_house: House) -> None:
    patient, doctor = await house.person(PATIENT), await house.person(DOCTOR)
    await linked(house, patient, doctor)
    opened = await asyncio.gather(
        *(
            node.conversations.open(me, participant_id=other.user_id)
            for _ in range(8)
            for node, me, other in ((house, patient, doctor), (second_house, doctor, patient))
        )
    )
    assert len({item.view.row.id for item in opened}) == 1
    assert sum(item.created for item in opened) == 1
    facts = [*house.published.facts, *second_house.published.facts]
    assert sum(isinstance(fact, ConversationCreated) for fact in facts) == 1


@pytest.mark.parametrize(
    "roles", [(PATIENT, PATIENT), (DOCTOR, DOCTOR), (PATIENT, MENTOR), (MEMBER, DOCTOR), (ADMIN, PATIENT)]
)
async def test_wrong_pairs_of_roles_do_not_exist(house: House, roles: tuple[str, str]) -> None:
    first, second = [await house.person(role) for role in roles]
    with pytest.raises(NotFound):
        await house.conversations.open(first, participant_id=second.user_id)


async def test_no_link_unknown_and_disabled_are_one_answer(house: House) -> None:
    patient, doctor = await house.person(PATIENT), await house.person(DOCTOR)
    for participant_id in (doctor.user_id, 10**15):
        with pytest.raises(NotFound):
            await house.conversations.open(patient, participant_id=participant_id)
    with pytest.raises(ValidationFailed):
        await house.conversations.open(patient, participant_id=patient.user_id)


async def test_an_existing_one_comes_back_although_the_link_ended(house: House) -> None:
    pair = await house.care_pair()
    await house.end_link(pair)
    opened = await house.conversations.open(pair.second, participant_id=pair.first.user_id)
    assert (opened.created, opened.view.row.id) == (False, pair.conversation_id)
    assert (opened.view.can_reply, opened.view.row.obstacle, opened.view.online) == (False, "link_ended", False)


async def test_a_kind_that_is_switched_off_is_refused_and_hidden(house: House, care_only: House) -> None:
    pair = await house.mentoring_pair()
    mentor, member = await house.person(MENTOR), await house.person(MEMBER)
    for attempt in (
        care_only.conversations.open(member, participant_id=mentor.user_id),
        care_only.conversations.get(pair.first, conversation_id=pair.conversation_id),
        care_only.say(pair.first, pair, "x"),
        care_only.marks.read(pair.first, conversation_id=pair.conversation_id),
    ):
        with pytest.raises(Forbidden) as caught:
            await attempt
        assert caught.value.reason == "kind_off"
    with pytest.raises(NotFound):
        await care_only.say(mentor, pair, "a stranger is not even told that")
    page = await whole_list(care_only, pair.first)
    assert page == []


async def whole_list(
    house: House, principal: Principal, *, sort: str = "activity", limit: int = 3, **filters: str
) -> list[int]:
    """All pages put together."""
    found: list[int] = []
    before: ListPosition | None = None
    while True:
        page = await house.conversations.page(
            principal,
            status=filters.get("status"),
            kind=filters.get("kind"),
            q=filters.get("q"),
            sort=sort,
            before=before,
            limit=limit,
        )
        found += [view.row.id for view in page.items]
        before = page.next
        if before is None:
            return found


async def test_pages_give_each_conversation_once_pinned_and_latest_first(house: House) -> None:
    doctor = await house.person(DOCTOR)
    ids: list[int] = []
    for _ in range(8):
        patient = await house.person(PATIENT)
        await linked(house, patient, doctor)
        opened = await house.conversations.open(patient, participant_id=doctor.user_id)
        ids.append(opened.view.row.id)
    await house.say(doctor, Pair(doctor, doctor, ids[2]), "latest")
    await house.conversations.settle(doctor, conversation_id=ids[0], settings=ConversationSettings(pinned=True))
    await house.conversations.settle(doctor, conversation_id=ids[5], settings=ConversationSettings(status="archived"))
    rest = [key for key in reversed(ids) if key not in (ids[0], ids[2])]
    assert await whole_list(house, doctor) == [ids[0], ids[2], *rest]
    assert await whole_list(house, doctor, status="archived") == [ids[5]]
    assert await whole_list(house, doctor, kind="mentoring") == []


async def test_urgent_first_and_found_by_name_without_accents(house: House) -> None:
    pair = await house.care_pair()
    other_patient = await house.person(PATIENT)
    await linked(house, other_patient, pair.second)
    other = (await house.conversations.open(other_patient, participant_id=pair.second.user_id)).view.row.id
    await house.messages.post(
        pair.first,
        NewMessage(conversation_id=pair.conversation_id, content="help", is_urgent=True, requires_response=True),
    )
    await house.say(other_patient, Pair(other_patient, pair.second, other), "later, not urgent")
    assert await whole_list(house, pair.second) == [other, pair.conversation_id]
    assert await whole_list(house, pair.second, sort="urgent", limit=1) == [pair.conversation_id, other]
    detail = await house.conversations.get(pair.second, conversation_id=pair.conversation_id)
    assert (detail.view.row.urgent_count, detail.view.row.awaiting_reply, detail.view.snippet) == (1, True, "help")
    async with house.database.reading() as repositories:
        [name] = [
            person.first_name
            for person in await repositories.conversations.participants([other])
            if person.user_id == other_patient.user_id
        ]
    accented = name.upper().replace("PATIENT", "PÀTÏÉNT")
    assert other in await whole_list(house, pair.second, q=accented)
    assert await whole_list(house, pair.second, q="zzzz") == []
    assert await whole_list(house, pair.second, q="%") == []


async def test_archive_is_for_oneself_and_a_message_brings_it_back(house: House) -> None:
    pair = await house.care_pair()
    settled = await house.conversations.settle(
        pair.first, conversation_id=pair.conversation_id, settings=ConversationSettings(status="archived")
    )
    other = await house.conversations.get(pair.second, conversation_id=pair.conversation_id)
    assert (settled.view.row.status, other.view.row.status) == ("archived", "active")
    assert house.published.facts[-1] == ConversationChanged(
        conversation_id=pair.conversation_id, user_id=pair.first.user_id
    )
    await house.say(pair.second, pair, "hello?")
    again = await house.conversations.get(pair.first, conversation_id=pair.conversation_id)
    assert again.view.row.status == "active"


async def test_only_doctor_or_mentor_close_and_reopen_for_all(house: House) -> None:
    pair = await house.care_pair()
    closed, active = ConversationSettings(status="closed"), ConversationSettings(status="active")
    with pytest.raises(Forbidden):
        await house.conversations.settle(pair.first, conversation_id=pair.conversation_id, settings=closed)
    await house.conversations.settle(pair.second, conversation_id=pair.conversation_id, settings=closed)
    seen = await house.conversations.get(pair.first, conversation_id=pair.conversation_id)
    assert (seen.view.row.status, seen.view.row.obstacle) == ("closed", "conversation_closed")
    with pytest.raises(Forbidden):
        await house.conversations.settle(pair.first, conversation_id=pair.conversation_id, settings=active)
    reopened = await house.conversations.settle(pair.second, conversation_id=pair.conversation_id, settings=active)
    assert (reopened.view.row.status, reopened.view.can_reply) == ("active", True)


async def test_nothing_changed_tells_nobody(house: House) -> None:
    pair = await house.care_pair()
    before = len(house.published.facts)
    for settings in (ConversationSettings(), ConversationSettings(muted=False), ConversationSettings(status="active")):
        await house.conversations.settle(pair.second, conversation_id=pair.conversation_id, settings=settings)
    assert len(house.published.facts) == before


async def test_removed_and_brought_back(house: House) -> None:
    pair = await house.care_pair()
    await house.conversations.set_left(conversation_id=pair.conversation_id, user_id=pair.first.user_id, left=True)
    people = await house.conversations.set_left(
        conversation_id=pair.conversation_id, user_id=pair.first.user_id, left=True
    )
    assert [person.left_at is not None for person in people] == [True, False]
    assert sum(isinstance(fact, ParticipantRemoved) for fact in house.published.facts) == 1
    for attempt in (
        house.conversations.get(pair.first, conversation_id=pair.conversation_id),
        house.say(pair.first, pair, "x"),
        house.history.page(pair.first, conversation_id=pair.conversation_id, limit=10),
    ):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(Forbidden) as caught:
        await house.say(pair.second, pair, "anybody there?")
    assert caught.value.reason == "participant_left"
    await house.conversations.set_left(conversation_id=pair.conversation_id, user_id=pair.first.user_id, left=False)
    await house.say(pair.first, pair, "back")
    for conversation_id, user_id in ((10**12, 1), (pair.conversation_id, 10**12)):
        with pytest.raises(NotFound):
            await house.conversations.set_left(conversation_id=conversation_id, user_id=user_id, left=True)
    with pytest.raises(NotFound):
        await house.conversations.participants(conversation_id=10**12)
    assert len(await house.conversations.participants(conversation_id=pair.conversation_id)) == 2


async def test_history_goes_both_ways(house: House) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, *"abcdefg")
    newest = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=3)
    older = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=3, before_seq=newest.next)
    oldest = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=3, before_seq=older.next)
    texts = [[message.content for message in page.items] for page in (newest, older, oldest)]
    assert (texts, oldest.has_more, oldest.next) == ([list("efg"), list("bcd"), ["a"]], False, None)
    on = await house.history.page(
        pair.second, conversation_id=pair.conversation_id, limit=2, after_seq=5, mark_read=True
    )
    assert ([message.seq for message in on.items], on.has_more) == ([6, 7], False)
    assert await house.marks.unread_count(pair.second) == 0
    with pytest.raises(ValidationFailed):
        await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=2, after_seq=1, before_seq=9)
