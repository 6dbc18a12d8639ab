"""Sending, editing and deleting on a real database: gapless, idempotent, refused where it has to be."""

import asyncio
import uuid

import pytest

from services.errors import Conflict, Forbidden, NotFound, RateLimitExceeded, ValidationFailed
from services.events import MessageDeleted, MessageEdited, MessagePosted
from services.messages import NewMessage
from services.principal import DOCTOR
from tests.support.house import House


async def test_concurrent_sends_of_two_nodes_leave_no_gap(house: House, second_house: House) -> None:
    pair = await house.care_pair()
    sends = [
        node.messages.post(sender, NewMessage(conversation_id=pair.conversation_id, content=f"{number}"))
        for number in range(100)
        for node, sender in ((house, pair.first), (second_house, pair.second))
    ]
    posted = await asyncio.gather(*sends)
    assert sorted(item.message.seq for item in posted) == list(range(1, 201))
    assert sorted(item.message.change for item in posted) == list(range(1, 201))


async def test_one_clients_sends_keep_their_order(house: House) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "warm")
    waiting = [
        await house.messages.submit(pair.first, NewMessage(conversation_id=pair.conversation_id, content=f"{number}"))
        for number in range(300)
    ]
    posted = [await outcome for outcome in waiting]
    assert [item.message.seq for item in posted] == list(range(2, 302))
    facts = [fact for fact in house.published.facts if isinstance(fact, MessagePosted)]
    assert [fact.seq for fact in facts] == list(range(1, 302))


async def test_the_same_client_id_eight_times_at_once_on_two_nodes_is_one_message(
    house: House, second_house: House
) -> None:
    pair = await house.care_pair()
    new = NewMessage(conversation_id=pair.conversation_id, content="once", client_message_id=uuid.uuid4())
    posted = await asyncio.gather(
        *(node.messages.post(pair.first, new) for _ in range(8) for node in (house, second_house))
    )
    assert len({item.message.id for item in posted}) == 1
    assert sum(not item.duplicate for item in posted) == 1
    facts = [*house.published.facts, *second_house.published.facts]
    assert sum(isinstance(fact, MessagePosted) for fact in facts) == 1


async def test_a_client_id_with_other_content_is_a_conflict(house: House) -> None:
    pair = await house.care_pair()
    key = uuid.uuid4()
    await house.messages.post(
        pair.first, NewMessage(conversation_id=pair.conversation_id, content="a", client_message_id=key)
    )
    with pytest.raises(Conflict) as caught:
        await house.messages.post(
            pair.first, NewMessage(conversation_id=pair.conversation_id, content="b", client_message_id=key)
        )
    assert caught.value.reason == "client_id_reused"


async def test_a_repeat_of_an_edited_and_of_a_deleted_message_is_still_that_message(house: House) -> None:
    pair = await house.care_pair()
    new = NewMessage(conversation_id=pair.conversation_id, content="first", client_message_id=uuid.uuid4())
    sent = (await house.messages.post(pair.first, new)).message
    await house.changes.edit(pair.first, message_id=sent.id, content="second")
    again = await house.messages.post(pair.first, new)
    assert (again.duplicate, again.message.id, again.message.content) == (True, sent.id, "second")
    await house.changes.delete(pair.first, message_id=sent.id)
    again = await house.messages.post(pair.first, new)
    assert (again.duplicate, again.message.id, again.message.content) == (True, sent.id, "")


async def test_a_repeat_comes_back_although_the_conversation_is_closed_and_the_rate_used_up(house: House) -> None:
    pair = await house.care_pair()
    new = NewMessage(conversation_id=pair.conversation_id, content="first", client_message_id=uuid.uuid4())
    await house.messages.post(pair.first, new)
    async with house.database.transaction() as repositories:
        await repositories.conversations.set_status(conversation_id=pair.conversation_id, status="closed")
    assert (await house.messages.post(pair.first, new)).duplicate
    house.limiter.refuse("message")
    assert (await house.messages.post(pair.first, new)).duplicate
    with pytest.raises(RateLimitExceeded):
        await house.say(pair.first, pair, "another")


async def test_a_foreign_conversation_does_not_exist(house: House) -> None:
    pair, stranger = await house.care_pair(), await house.person(DOCTOR)
    [sent] = await house.say(pair.first, pair, "private")
    with pytest.raises(NotFound):
        await house.say(stranger, pair, "hello")
    with pytest.raises(NotFound):
        await house.changes.edit(stranger, message_id=sent.id, content="x")
    with pytest.raises(NotFound):
        await house.changes.delete(stranger, message_id=sent.id)
    with pytest.raises(NotFound):
        await house.messages.post(stranger, NewMessage(conversation_id=10**12, content="x"))


async def test_the_rate_does_not_tell_a_foreign_conversation_from_none(house: House, care_only: House) -> None:
    pair, switched_off = await house.care_pair(), await house.mentoring_pair()
    stranger = await house.person(DOCTOR)
    care_only.limiter.refuse("message")
    for conversation_id in (pair.conversation_id, switched_off.conversation_id, 10**12):
        with pytest.raises(RateLimitExceeded):
            await care_only.messages.post(stranger, NewMessage(conversation_id=conversation_id, content="x"))


async def test_nobody_writes_after_the_link_ended_or_the_conversation_was_closed(house: House) -> None:
    pair = await house.care_pair()
    [sent] = await house.say(pair.first, pair, "before")
    await house.end_link(pair)
    for attempt in (
        house.say(pair.first, pair, "after"),
        house.changes.edit(pair.first, message_id=sent.id, content="x"),
        house.changes.delete(pair.first, message_id=sent.id),
    ):
        with pytest.raises(Forbidden) as caught:
            await attempt
        assert caught.value.reason == "link_ended"


async def test_content_and_references_are_judged(house: House) -> None:
    pair, other = await house.care_pair(), await house.care_pair()
    [foreign] = await house.say(other.first, other, "elsewhere")
    await house.say(pair.first, pair, "x" * 5000)
    for wrong, field in (
        (NewMessage(conversation_id=pair.conversation_id, content=""), "content"),
        (NewMessage(conversation_id=pair.conversation_id, content="x" * 5001), "content"),
        (NewMessage(conversation_id=pair.conversation_id, content="x", reply_to_id=foreign.id), "replyToId"),
        (NewMessage(conversation_id=pair.conversation_id, content="x", attachment_ids=(1,)), "attachmentIds"),
    ):
        with pytest.raises(ValidationFailed) as caught:
            await house.messages.post(pair.first, wrong)
        assert caught.value.fields is not None
        assert list(caught.value.fields) == [field]


async def test_what_the_database_refuses_fails_alone(house: House) -> None:
    pair = await house.care_pair()
    texts = ["good", "bad", "good"]
    outcomes = await asyncio.gather(
        *(
            house.messages.post(
                pair.first,
                NewMessage(conversation_id=pair.conversation_id, content=text, action="\0" if text == "bad" else None),
            )
            for text in texts
        ),
        return_exceptions=True,
    )
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, True, False]


async def test_edit_keeps_the_earlier_text_and_moves_change_only(house: House) -> None:
    pair = await house.care_pair()
    sent, last = await house.say(pair.first, pair, "first", "last")
    edited = await house.changes.edit(pair.first, message_id=sent.id, content="better")
    assert (edited.content, edited.seq, edited.change) == ("better", sent.seq, last.change + 1)
    assert edited.edited_at is not None
    async with house.database.reading() as repositories:
        row = await repositories.messages.find(message_id=sent.id, viewer_id=pair.second.user_id)
        kept = await repositories.messages.first_content(message_id=sent.id)
    assert row is not None
    assert kept is not None
    assert house.opener.text(row, kept, 1) == "first"
    assert isinstance(house.published.facts[-1], MessageEdited)


async def test_delete_leaves_a_tombstone_once(house: House) -> None:
    pair = await house.care_pair()
    [sent] = await house.say(pair.first, pair, "oops")
    first = await house.changes.delete(pair.first, message_id=sent.id)
    again = await house.changes.delete(pair.first, message_id=sent.id)
    assert (first.content, first.change) == ("", sent.change + 1)
    assert again == first
    assert sum(isinstance(fact, MessageDeleted) for fact in house.published.facts) == 1
    with pytest.raises(Conflict):
        await house.changes.edit(pair.first, message_id=sent.id, content="x")


async def test_only_ones_own_and_only_for_a_while(house: House) -> None:
    pair = await house.care_pair()
    [sent] = await house.say(pair.first, pair, "mine")
    with pytest.raises(Forbidden) as caught:
        await house.changes.edit(pair.second, message_id=sent.id, content="yours")
    assert caught.value.reason == "not_own"
    async with house.database.transaction() as repositories:
        await repositories.seeding.backdate(conversation_id=pair.conversation_id, minutes=[16])
    with pytest.raises(Forbidden) as caught:
        await house.changes.delete(pair.first, message_id=sent.id)
    assert caught.value.reason == "too_late"
