"""What a messenger does, with every kind of client: two people talk, and a third hears nothing."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.support.clients import JsHost
from tests.support.clinic import Clinic, Pair
from tests.support.flows import KINDS, Connect, accepted, connecting, joined, mentions, nothing_more_comes, refused, say
from tests.support.rest import Rest


@pytest.fixture(params=KINDS)
async def connect(request: pytest.FixtureRequest, clinic: Clinic, js: JsHost) -> AsyncIterator[Connect]:
    async with connecting(request.param, clinic, js) as connect:
        yield connect


async def test_the_greeting_says_who_one_is_and_what_the_limits_are(connect: Connect, pair: Pair) -> None:
    client = await connect(pair.patient.token)
    greeting = client.all("connection_established")
    assert len(greeting) == 1
    assert greeting[0]["userId"] == pair.patient.id
    assert greeting[0]["userRole"] == "patient"
    assert greeting[0]["unreadCount"] == 0
    assert greeting[0]["limits"]["maxContentLength"] == 5000
    assert greeting[0]["serverTime"].endswith("Z")


async def test_a_message_is_acked_and_told_once_to_both_and_not_to_a_third(
    connect: Connect, pair: Pair, stranger: Pair, rest: Rest
) -> None:
    patient, doctor, third = [await connect(who.token) for who in (pair.patient, pair.doctor, stranger.patient)]
    assert (await joined(patient, pair.conversation_id))["lastSeq"] == 0
    await joined(doctor, pair.conversation_id)
    message = await say(patient, pair.conversation_id, "  Bonjour docteur ✓ ", clientMessageId=str(uuid4()))
    assert message["content"] == "Bonjour docteur ✓"
    assert (message["seq"], message["senderId"], message["status"]) == (1, pair.patient.id, "sent")
    for client in (patient, doctor):
        told = await client.event("new_message")
        assert told == {"conversationId": pair.conversation_id, "message": message}
    assert await patient.event("room_joined") == {"conversationId": pair.conversation_id, "lastSeq": 0}
    await nothing_more_comes(third, stranger, rest)
    assert not [seen for seen in third.seen if mentions(seen.data, pair.conversation_id)]
    assert len(doctor.all("new_message")) == 1
    assert len(patient.all("new_message")) == 1


async def test_read_and_delivered_marks_reach_the_sender_and_never_go_back(connect: Connect, pair: Pair) -> None:
    patient, doctor = await connect(pair.patient.token), await connect(pair.doctor.token)
    for client in (patient, doctor):
        await joined(client, pair.conversation_id)
    for number in range(3):
        await say(patient, pair.conversation_id, f"number {number}")
    await doctor.event("unread_count", lambda data: data["unreadCount"] == 3)
    accepted(await doctor.ask("mark_as_delivered", {"conversationId": pair.conversation_id, "upToSeq": 3}))
    delivered = await patient.event("messages_delivered")
    assert (delivered["userId"], delivered["deliveredSeq"]) == (pair.doctor.id, 3)
    ack = accepted(await doctor.ask("mark_as_read", {"conversationId": pair.conversation_id, "upToSeq": 2}))
    assert (ack["updatedCount"], ack["unreadCount"]) == (2, 1)
    read = await patient.event("messages_read")
    assert (read["userId"], read["readSeq"], read["updatedCount"]) == (pair.doctor.id, 2, 2)
    await doctor.event("unread_count", lambda data: data["unreadCount"] == 1)
    back = accepted(await doctor.ask("mark_as_read", {"conversationId": pair.conversation_id, "upToSeq": 1}))
    assert (back["updatedCount"], back["unreadCount"]) == (0, 1)
    rest_of_it = accepted(await doctor.ask("mark_as_read", {"conversationId": pair.conversation_id}))
    assert (rest_of_it["updatedCount"], rest_of_it["unreadCount"]) == (1, 0)
    await patient.event("messages_read", lambda data: data["readSeq"] == 3)
    assert [data["readSeq"] for data in patient.all("messages_read")] == [2, 3]


async def test_typing_is_told_to_the_others_and_ends_by_itself(connect: Connect, pair: Pair) -> None:
    patient, doctor = await connect(pair.patient.token), await connect(pair.doctor.token)
    for client in (patient, doctor):
        await joined(client, pair.conversation_id)
    accepted(await patient.ask("typing_start", {"conversationId": pair.conversation_id}))
    told = {"conversationId": pair.conversation_id, "userId": pair.patient.id}
    assert await doctor.event("typing_start") == told
    accepted(await patient.ask("typing_stop", {"conversationId": pair.conversation_id}))
    assert await doctor.event("typing_stop") == told
    doctor.forget()
    await patient.fire("typing_start", {"conversationId": pair.conversation_id})
    await doctor.event("typing_start")
    assert await doctor.event("typing_stop", patience=9) == told
    assert patient.all("typing_start") == []


async def test_a_reader_of_the_list_is_told_outside_the_room(connect: Connect, pair: Pair) -> None:
    patient, doctor = await connect(pair.patient.token), await connect(pair.doctor.token)
    await say(patient, pair.conversation_id, "x" * 120)
    told = (await doctor.event("conversation_updated"))["conversation"]
    assert told["id"] == pair.conversation_id
    assert told["lastMessage"]["content"] == "x" * 100
    assert (told["unreadCount"], told["lastSeq"]) == (1, 1)
    assert told["participantInfo"]["id"] == pair.patient.id
    assert await doctor.event("unread_count") == {"unreadCount": 1}
    assert doctor.all("new_message") == []


async def test_presence_comes_at_once_and_goes_with_some_grace(connect: Connect, pair: Pair, stranger: Pair) -> None:
    patient = await connect(pair.patient.token)
    await joined(patient, pair.conversation_id)
    asked = {"userIds": [pair.doctor.id, stranger.doctor.id]}
    known = accepted(await patient.ask("get_presence", asked))["presence"]
    assert [(one["userId"], one["online"]) for one in known] == [(pair.doctor.id, False)]
    doctor = await connect(pair.doctor.token)
    await patient.event("presence_changed", lambda data: data["userId"] == pair.doctor.id and data["online"])
    await doctor.close()
    gone = await patient.event(
        "presence_changed", lambda data: data["userId"] == pair.doctor.id and not data["online"], patience=20
    )
    assert gone["lastSeenAt"] is not None


async def test_edits_and_deletions_reach_the_room(connect: Connect, pair: Pair, rest: Rest) -> None:
    patient, doctor = await connect(pair.patient.token), await connect(pair.doctor.token)
    await joined(doctor, pair.conversation_id)
    first = await say(patient, pair.conversation_id, "frist")
    mine = rest.of(pair.patient.token)
    edited = (await mine.patch(f"/api/messaging/messages/{first['id']}", {"content": "first"}))["message"]
    told = await doctor.event("message_updated")
    assert told["message"] == edited
    assert (edited["content"], edited["seq"], told["change"]) == ("first", 1, 2)
    await mine.delete(f"/api/messaging/messages/{first['id']}")
    gone = (await doctor.event("message_deleted"))["message"]
    assert (gone["content"], gone["seq"], gone["change"]) == ("", 1, 3)
    assert gone["deletedAt"] is not None


async def test_who_left_the_room_hears_no_messages_of_it(connect: Connect, pair: Pair) -> None:
    patient, doctor = await connect(pair.patient.token), await connect(pair.doctor.token)
    await joined(doctor, pair.conversation_id)
    accepted(await doctor.ask("leave_room", {"conversationId": pair.conversation_id}))
    assert (await doctor.event("room_left"))["conversationId"] == pair.conversation_id
    await say(patient, pair.conversation_id, "anybody there?")
    await doctor.event("conversation_updated")
    assert doctor.all("new_message") == []


async def test_a_stranger_gets_the_same_answer_as_for_a_conversation_that_is_not_there(
    connect: Connect, pair: Pair, stranger: Pair
) -> None:
    third = await connect(stranger.patient.token)
    for event, more in (
        ("join_room", {}),
        ("send_message", {"content": "let me in"}),
        ("mark_as_read", {}),
        ("mark_as_delivered", {"upToSeq": 1}),
        ("typing_start", {}),
    ):
        there = await third.ask(event, {"conversationId": pair.conversation_id, **more})
        absent = await third.ask(event, {"conversationId": 2**40, **more})
        assert refused(there) == refused(absent) == "NOT_FOUND"
        assert there["error"]["message"] == absent["error"]["message"]


async def test_what_the_server_does_not_have_is_said_so(connect: Connect, pair: Pair) -> None:
    client = await connect(pair.patient.token)
    assert refused(await client.ask("no_such_event", {})) == "UNKNOWN_EVENT"
    await client.fire("send_message", {"conversationId": pair.conversation_id})
    told = await client.event("error")
    assert (told["code"], told["event"]) == ("VALIDATION_FAILED", "send_message")
    assert told["conversationId"] == pair.conversation_id
