"""Watermarks never go back, their times are kept, and unread equals a recount whatever happened before."""

import random

import pytest

from services.conversations import ConversationSettings
from services.errors import NotFound
from services.events import MessagesDelivered, MessagesRead
from services.principal import DOCTOR, Principal
from tests.support.house import House, Pair


async def recount(house: House, pair: Pair, principal: Principal) -> tuple[int, int]:
    """(unread as kept, unread as counted from the messages)"""
    async with house.database.reading() as repositories:
        people = await repositories.conversations.participants([pair.conversation_id])
        rows = await repositories.messages.after(conversation_id=pair.conversation_id, after_seq=0, limit=10_000)
    me = next(person for person in people if person.user_id == principal.user_id)
    counted = sum(
        row.seq > me.read_seq and row.sender_id != principal.user_id and row.deleted_at is None for row in rows
    )
    return me.unread, counted


@pytest.mark.parametrize("seed", range(5))
async def test_unread_equals_a_recount_after_random_operations(house: House, seed: int) -> None:
    pair, chance = await house.care_pair(), random.Random(seed)
    sent: dict[int, list[int]] = {pair.first.user_id: [], pair.second.user_id: []}
    for _ in range(60):
        who = chance.choice((pair.first, pair.second))
        match chance.choice(("send", "send", "read", "read_all", "delivered", "delete")):
            case "send":
                sent[who.user_id] += [message.id for message in await house.say(who, pair, "text")]
            case "read":
                await house.marks.read(who, conversation_id=pair.conversation_id, up_to_seq=chance.randint(0, 40))
            case "read_all":
                await house.marks.read(who, conversation_id=pair.conversation_id)
            case "delivered":
                await house.marks.delivered(who, conversation_id=pair.conversation_id, up_to_seq=chance.randint(0, 40))
            case "delete" if sent[who.user_id]:
                await house.changes.delete(who, message_id=sent[who.user_id].pop())
        for person in (pair.first, pair.second):
            kept, counted = await recount(house, pair, person)
            assert kept == counted


async def test_a_watermark_never_goes_back_and_says_nothing_then(house: House) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, *"abcde")
    assert (await house.marks.read(pair.second, conversation_id=pair.conversation_id, up_to_seq=4)).updated_count == 4
    before = len(house.published.facts)
    back = await house.marks.read(pair.second, conversation_id=pair.conversation_id, up_to_seq=2)
    assert (back.updated_count, back.unread_count, len(house.published.facts)) == (0, 1, before)
    assert await house.marks.delivered(pair.second, conversation_id=pair.conversation_id, up_to_seq=1) == 4
    assert len(house.published.facts) == before


async def test_a_mark_beyond_the_end_stops_at_the_end(house: House) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "only")
    assert await house.marks.delivered(pair.second, conversation_id=pair.conversation_id, up_to_seq=10**15) == 1
    assert [fact.delivered_seq for fact in house.published.facts if isinstance(fact, MessagesDelivered)] == [1]


async def test_when_a_message_was_read_stays_as_it_was(house: House) -> None:
    pair = await house.care_pair()
    first, second = await house.say(pair.first, pair, "a", "b")
    await house.marks.read(pair.second, conversation_id=pair.conversation_id, up_to_seq=first.seq)
    [early, unread] = (await house.history.page(pair.first, conversation_id=pair.conversation_id, limit=10)).items
    await house.marks.read(pair.second, conversation_id=pair.conversation_id)
    [later, read] = (await house.history.page(pair.first, conversation_id=pair.conversation_id, limit=10)).items
    assert (early.status, unread.status) == ("read", "sent")
    assert later.read_at == early.read_at
    assert read.read_at is not None
    assert later.read_at is not None
    assert read.read_at > later.read_at
    reads = [fact for fact in house.published.facts if isinstance(fact, MessagesRead)]
    assert [(fact.read_seq, fact.updated_count) for fact in reads] == [(1, 1), (2, 1)]
    assert second.seq == 2


async def test_reading_takes_the_personal_unread_flag_off(house: House) -> None:
    pair = await house.care_pair()
    await house.conversations.settle(
        pair.first, conversation_id=pair.conversation_id, settings=ConversationSettings(marked_unread=True)
    )
    await house.marks.read(pair.first, conversation_id=pair.conversation_id)
    detail = await house.conversations.get(pair.first, conversation_id=pair.conversation_id)
    assert not detail.view.row.marked_unread


async def test_read_up_to_a_message_and_the_total(house: House) -> None:
    pair, other = await house.care_pair(), await house.care_pair()
    messages = await house.say(pair.first, pair, *"abc")
    result = await house.marks.read_message(pair.second, message_id=messages[1].id)
    assert (result.updated_count, result.unread_count) == (2, 1)
    assert await house.marks.unread_count(pair.second) == 1
    with pytest.raises(NotFound):
        await house.marks.read_message(other.first, message_id=messages[0].id)
    with pytest.raises(NotFound):
        await house.marks.read(await house.person(DOCTOR), conversation_id=pair.conversation_id)
