"""The two transports are two doors of one house."""

import asyncio
import json
from uuid import uuid4

from tests.support.clients import POLLING, WEBSOCKET, JsHost
from tests.support.clinic import Clinic, Pair
from tests.support.flows import accepted, joined, refused, say
from tests.support.looks import looked_at_rights
from tests.support.rest import Rest

SET_BY_THE_SERVER = ("id", "seq", "change", "sentAt", "clientMessageId")


def _messages(conversation_id: int) -> str:
    return f"/api/messaging/conversations/{conversation_id}/messages"


async def test_a_message_sent_by_rest_is_the_event_that_one_sent_by_socket_is(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair
) -> None:
    doctor, patient = (
        await js.connected(clinic.url, pair.doctor.token),
        await js.connected(clinic.url, pair.patient.token),
    )
    await joined(doctor, pair.conversation_id)
    first, second = str(uuid4()), str(uuid4())
    body: dict[str, object] = {"content": "le même texte", "isUrgent": True, "requiresResponse": True}
    replied = await rest.of(pair.patient.token).post(_messages(pair.conversation_id), body | {"clientMessageId": first})
    whole = body | {"conversationId": pair.conversation_id, "clientMessageId": second}
    acked = accepted(await patient.ask("send_message", whole))["message"]
    by_rest = await doctor.event("new_message", lambda data: data["message"]["clientMessageId"] == first)
    by_socket = await doctor.event("new_message", lambda data: data["message"]["clientMessageId"] == second)
    assert by_rest["message"] == replied["message"]
    assert by_socket["message"] == acked
    for event in (by_rest, by_socket):
        for name in SET_BY_THE_SERVER:
            assert event["message"].pop(name) is not None
    assert by_rest == by_socket


async def test_the_same_client_id_eight_at_once_over_both_transports_is_one_message(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair
) -> None:
    watcher = await js.connected(clinic.url, pair.doctor.token)
    await joined(watcher, pair.conversation_id)
    senders = [await js.connected(clinic.url, pair.patient.token, options=way) for way in (WEBSOCKET, POLLING)]
    body = {"content": "once", "clientMessageId": str(uuid4())}
    by_socket = [
        sender.ask("send_message", body | {"conversationId": pair.conversation_id}) for sender in senders for _ in "12"
    ]
    by_rest = [rest.of(pair.patient.token).post(_messages(pair.conversation_id), body) for _ in "1234"]
    outcomes = await asyncio.gather(*by_socket, *by_rest)
    assert {outcome["message"]["id"] for outcome in outcomes} == {outcomes[0]["message"]["id"]}
    assert sorted(outcome["duplicate"] for outcome in outcomes) == [False] + [True] * 7
    last = await say(senders[0], pair.conversation_id, "behind it")
    assert last["seq"] == 2
    await watcher.event("new_message", lambda data: data["message"]["seq"] == 2)
    assert [told["message"]["seq"] for told in watcher.all("new_message")] == [1, 2]


async def test_a_client_id_used_for_another_text_is_a_conflict(clinic: Clinic, js: JsHost, pair: Pair) -> None:
    patient = await js.connected(clinic.url, pair.patient.token)
    used = str(uuid4())
    await say(patient, pair.conversation_id, "this", clientMessageId=used)
    other = {"conversationId": pair.conversation_id, "content": "that", "clientMessageId": used}
    assert refused(await patient.ask("send_message", other)) == "CONFLICT"


async def test_marks_by_rest_are_told_to_the_room(clinic: Clinic, js: JsHost, rest: Rest, pair: Pair) -> None:
    patient = await js.connected(clinic.url, pair.patient.token)
    await joined(patient, pair.conversation_id)
    await say(patient, pair.conversation_id, "one")
    await say(patient, pair.conversation_id, "two")
    doctor = rest.of(pair.doctor.token)
    assert await doctor.get("/api/messaging/unread-count") == {"unreadCount": 2}
    reply = await doctor.post(f"/api/messaging/conversations/{pair.conversation_id}/read", {"upToSeq": 1})
    assert reply == {"updatedCount": 1, "unreadCount": 1}
    assert (await patient.event("messages_read"))["readSeq"] == 1
    page = await doctor.get(_messages(pair.conversation_id), markRead="true")
    assert [message["content"] for message in page["items"]] == ["one", "two"]
    await patient.event("messages_read", lambda data: data["readSeq"] == 2)


async def test_fetching_the_history_marks_nothing(clinic: Clinic, js: JsHost, rest: Rest, pair: Pair) -> None:
    patient = await js.connected(clinic.url, pair.patient.token)
    await say(patient, pair.conversation_id, "unread")
    doctor = rest.of(pair.doctor.token)
    page = await doctor.get(_messages(pair.conversation_id))
    assert [(item["isMine"], item["status"]) for item in page["items"]] == [(False, "sent")]
    assert await doctor.get("/api/messaging/unread-count") == {"unreadCount": 1}


async def test_that_a_conversation_was_closed_or_opened_again_is_told_once(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair
) -> None:
    client, doctor = await js.connected(clinic.url, pair.patient.token), rest.of(pair.doctor.token)
    await joined(client, pair.conversation_id)
    # The second look has to know the room first, or it would have no news of it.
    await looked_at_rights(rest.session, clinic.url)
    for status in ("closed", "active"):
        await doctor.patch(f"/api/messaging/conversations/{pair.conversation_id}", {"status": status})
        await looked_at_rights(rest.session, clinic.url)
    told = [data["conversation"] for data in client.all("conversation_updated")]
    assert [(row["status"], row["canReply"]) for row in told] == [("closed", False), ("active", True)]


async def test_a_new_conversation_is_told_to_both_and_opened_once(clinic: Clinic, js: JsHost, rest: Rest) -> None:
    patient, doctor = clinic.person("lucie"), clinic.person("dr.martin")
    sockets = [await js.connected(clinic.url, who.token) for who in (patient, doctor)]
    by = rest.of(patient.token)
    opened = await asyncio.gather(
        *(by.post("/api/messaging/conversations", {"participantId": doctor.id}) for _ in range(4))
    )
    assert len({one["conversation"]["id"] for one in opened}) == 1
    assert sorted(one["created"] for one in opened) == [False] * 3 + [True]
    for socket, other in zip(sockets, (doctor, patient), strict=True):
        told = (await socket.event("conversation_created"))["conversation"]
        assert told["id"] == opened[0]["conversation"]["id"]
        assert told["participantInfo"]["id"] == other.id


async def test_thirty_sends_buffered_before_the_connection_are_all_acked_in_order(
    clinic: Clinic, js: JsHost, rest: Rest, three_pairs: list[Pair]
) -> None:
    for pair, options in zip(three_pairs, ({}, WEBSOCKET, POLLING), strict=True):
        client = await js.open(clinic.url, pair.patient.token, options=options)
        wanted = [f"buffered {number}" for number in range(30)]
        acks = await asyncio.gather(
            *(client.ask("send_message", {"conversationId": pair.conversation_id, "content": text}) for text in wanted)
        )
        assert [accepted(ack)["message"]["seq"] for ack in acks] == list(range(1, 31)), options
        page = await rest.of(pair.doctor.token).get(_messages(pair.conversation_id), limit=100)
        assert [message["content"] for message in page["items"]] == wanted
        assert client.all("error") == []


async def test_a_polling_body_over_the_limit_is_refused_in_the_words_of_rest(clinic: Clinic, rest: Rest) -> None:
    address = f"{clinic.url}/socket.io/?EIO=4&transport=polling"
    async with rest.session.get(address) as reply:
        opened = json.loads((await reply.text())[1:])
    too_long = b"4" + b"x" * opened["maxPayload"]
    async with rest.session.post(f"{address}&sid={opened['sid']}", data=too_long) as reply:
        assert (reply.status, (await reply.json())["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")


async def test_the_default_client_upgrades_to_a_websocket(clinic: Clinic, js: JsHost, pair: Pair) -> None:
    client = await js.connected(clinic.url, pair.patient.token)
    assert (await client.happened("open")).name == "polling"
    assert (await client.happened("upgrade")).name == "websocket"
    await say(client, pair.conversation_id, "after the upgrade")
