"""The AsyncAPI document against what is really said: every event and ack of a busy hour fits what the document promises."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from controllers.schemas.events import SERVER_EVENTS
from controllers.schemas.forum_events import FORUM_EVENTS
from tests.support.clinic import Clinic, Pair
from tests.support.promise import Promise
from tests.support.rest import Rest
from tests.support.wire_client import WireClient

Ask = Callable[[WireClient, str, dict[str, Any]], Awaitable[dict[str, Any]]]

# What this hour does not bring about; each has a test of its own in tests/e2e or tests/realtime.
NOT_TODAY = {"session_expired", "token_expiring", "presence_changed", "connection_stats"}
NOT_TODAY |= {name for name, *_ in FORUM_EVENTS}


async def _forum(rest: Rest, pair: Pair, ask: Ask, patient: WireClient, doctor: WireClient) -> None:
    """A question is asked by the patient, answered by the doctor, voted for, accepted and changed."""
    asker, author = rest.of(pair.patient.token), rest.of(pair.doctor.token)
    await ask(doctor, "join_questions", {})
    body = {"title": "Quelle eau boire en été ?", "body": "**Combien** par jour ?", "tags": ["été"]}
    question = (await asker.post("/api/questions", body))["question"]
    await doctor.wait_for("question_created")
    await ask(doctor, "leave_questions", {})
    room = {"questionId": question["id"]}
    await ask(patient, "join_question", room)
    await ask(doctor, "join_question", room)
    await ask(doctor, "answer_typing_start", room)
    await patient.wait_for("answer_typing_start")
    await ask(doctor, "answer_typing_stop", room)
    answer = (await author.post(f"/api/questions/{question['id']}/answers", {"body": "Un litre et demi."}))["answer"]
    await asker.post(f"/api/answers/{answer['id']}/vote", {"value": 1})
    await asker.post(f"/api/answers/{answer['id']}/accept", {})
    await author.patch(f"/api/answers/{answer['id']}", {"body": "Au moins un litre et demi."})
    await asker.patch(f"/api/questions/{question['id']}", {"title": "Combien d’eau boire en été ?"})
    for event in ("answer_updated", "question_updated"):
        await doctor.wait_for(event)
    await ask(doctor, "leave_question", room)


async def test_every_event_and_ack_is_as_documented(clinic: Clinic, pair: Pair, rest: Rest) -> None:
    promise = Promise(await rest.get("/api/asyncapi.json"))
    conversation = {"conversationId": pair.conversation_id}
    async with aiohttp.ClientSession() as session:
        patient = await WireClient(session, clinic.url, pair.patient.token).connect()
        doctor = await WireClient(session, clinic.url, pair.doctor.token).connect()
        outside = await WireClient(session, clinic.url, pair.doctor.token).connect()

        async def ask(client: WireClient, event: str, data: dict[str, Any]) -> dict[str, Any]:
            ack = await client.call(event, data)
            assert ack["ok"], ack
            promise.check(f"{event}.ack", ack)
            return ack

        for client in (patient, doctor):
            await ask(client, "join_room", {**conversation, "afterSeq": 0, "afterChange": 0})
        message = {**conversation, "content": "hello", "clientMessageId": str(uuid.uuid4()), "isUrgent": True}
        sent = await ask(patient, "send_message", message)
        await outside.wait_for("unread_count", lambda data: data["unreadCount"] == 1)
        await ask(doctor, "mark_as_delivered", {**conversation, "upToSeq": 1})
        await ask(doctor, "mark_as_read", conversation)
        await ask(doctor, "typing_start", conversation)
        await ask(doctor, "typing_stop", conversation)
        await ask(patient, "get_presence", {"userIds": [pair.doctor.id]})
        await ask(patient, "sync", {"positions": {str(pair.conversation_id): {"seq": 0, "change": 0}}})
        await ask(patient, "refresh_token", {"token": pair.patient.token})
        react = {"messageId": sent["message"]["id"], "emoji": "👍"}
        await ask(doctor, "add_reaction", react)
        await ask(doctor, "remove_reaction", react)
        await ask(doctor, "send_message", {**conversation, "content": "hello too", "replyToId": react["messageId"]})
        reacted = {"messageId": sent["message"]["id"], "emoji": "👍🏽"}
        await ask(doctor, "add_reaction", reacted)
        await ask(doctor, "remove_reaction", reacted)
        by = rest.of(pair.patient.token)
        await by.patch(f"/api/messaging/messages/{sent['message']['id']}", {"content": "edited"})
        await by.delete(f"/api/messaging/messages/{sent['message']['id']}")
        await patient.send("mark_as_read", {"conversationId": "seven"})
        refused = await patient.call("no_such_event", {})
        promise.check("refused", refused)
        await by.post(f"/api/messaging/conversations/{pair.conversation_id}/exports", {"format": "json"})
        await by.post("/api/messaging/archives", {})
        await _forum(rest, pair, ask, patient, doctor)
        await ask(doctor, "leave_room", conversation)

        await outside.wait_for("conversation_updated")
        await outside.wait_for("unread_count", lambda data: data["unreadCount"] == 0)
        await patient.wait_for("message_deleted")
        await doctor.wait_for("room_left")
        await patient.wait_for("export_progress", lambda data: data["state"] == "ready")
        await patient.wait_for("archive_progress", lambda data: data["state"] == "ready")
        await patient.wait_for("notification")
        told: set[str] = set()
        for client in (patient, doctor, outside):
            for name, data in client.events:
                promise.check(name, data)
                told.add(name)
            await client.close()
    assert set(SERVER_EVENTS) - NOT_TODAY - told <= {"error", "conversation_created"}
