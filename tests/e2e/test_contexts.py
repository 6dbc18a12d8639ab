"""Prescriptions and exams from outside: what host applications put, patients and doctors get, over REST and sockets."""

import time
from typing import Any
from uuid import uuid4

import pytest

from tests.support.clients import JsHost
from tests.support.clinic import Clinic, Pair
from tests.support.contexts import Subject
from tests.support.flows import accepted, joined, refused, say
from tests.support.rest import Rest


@pytest.fixture
def host(clinic: Clinic, rest: Rest) -> Rest:
    return rest.of(clinic.person("admin").token)


async def test_types_come_with_texts_and_actions_in_both_languages(rest: Rest, pair: Pair) -> None:
    page = await rest.of(pair.patient.token).get("/api/messaging/context-types")
    types = {kind["type"]: kind for kind in page["items"]}
    assert {name: [action["action"] for action in kind["actions"]] for name, kind in types.items()} == {
        "ordonnance": ["question", "clarification", "side_effects"],
        "examen": ["explanation", "interpretation", "next_steps"],
    }
    for kind in types.values():
        said = [kind["label"], kind["title"], kind["description"], kind["button"]]
        assert all(text["fr"] and text["en"] for text in [*said, *(action["label"] for action in kind["actions"])])


async def test_administration_of_contexts(host: Rest, rest: Rest, pair: Pair, stranger: Pair) -> None:
    subject = Subject(host, pair)
    put = await subject.put()
    assert (put.status, put.body["created"], put.body["context"]["state"]) == (201, True, "active")
    assert (
        put.body["context"].items() >= {"id": subject.id, "type": "ordonnance", "version": 1, "closedAt": None}.items()
    )
    assert "title" not in put.body["context"]
    again = await subject.put()
    assert (again.status, again.body["created"]) == (200, False)
    assert (await subject.put(patientId=stranger.patient.id)).status == 409
    assert (await subject.put(version=2)).body["context"]["version"] == 2
    stale = await subject.put(version=1)
    assert (stale.status, stale.body["error"]["code"]) == (409, "CONFLICT")
    for wrong in ({"version": 0}, {"title": " "}, {"state": "lost"}, {"type": "facture"}, {"doctorExternalId": "x"}):
        answer = await subject.put(**wrong)
        assert (answer.status, answer.body["error"]["code"]) == (400, "VALIDATION_FAILED"), wrong
    ended = await subject.end()
    assert (ended.status, ended.body["context"]["state"]) == (200, "closed")
    page = await host.get("/api/admin/contexts", patientId=pair.patient.id, closed="true")
    assert [item["id"] for item in page["items"]] == [subject.id]
    assert (await host.get("/api/admin/contexts", patientId=pair.patient.id, closed="false"))["items"] == []
    for method in ("GET", "PUT", "DELETE"):
        answer = await rest.of(pair.doctor.token).call(
            method, "/api/admin/contexts" + ("" if method == "GET" else "/1")
        )
        assert answer.status == 403


async def test_a_conversation_about_a_prescription(clinic: Clinic, js: JsHost, host: Rest, pair: Pair) -> None:
    """From the first message to a newer version, seen by both."""
    subject = Subject(host, pair)
    await subject.put()
    doctor = await js.connected(clinic.url, pair.doctor.token)
    first = await subject.say(pair.patient.token, "Puis-je arrêter ?", action="question", requiresResponse=True)
    assert (first["context"], first["seq"]) == ({"type": "ordonnance", "id": subject.id, "version": 1}, 1)
    created = (await doctor.event("conversation_created"))["conversation"]
    assert created["kind"] == "contextual"
    assert created["context"] == {
        "type": "ordonnance",
        "id": subject.id,
        "version": 1,
        "title": "Amoxicilline 500 mg",
        "state": "active",
    }
    await joined(doctor, created["id"])
    await subject.put(version=2, title="Amoxicilline 1 g")
    announced = (await doctor.event("new_message", lambda data: data["message"]["type"] == "system"))["message"]
    assert announced["content"]["code"] == "context_version_changed"
    assert announced["content"]["params"]["version"] == 2
    assert (announced["senderId"], announced["context"]["version"]) == (None, 2)
    updated = await doctor.event("conversation_updated", lambda data: data["conversation"]["context"]["version"] == 2)
    assert updated["conversation"]["context"]["title"] == "Amoxicilline 1 g"
    assert updated["conversation"]["lastMessage"]["content"] == ""
    assert updated["conversation"]["lastMessage"]["system"] == announced["content"]
    reply = await say(doctor, created["id"], "Oui, depuis la nouvelle dose.")
    assert reply["context"]["version"] == 2
    page = await host.of(pair.patient.token).get(f"/api/messaging/history/{subject.path}")
    present = (await host.of(pair.patient.token).get(f"/api/messaging/conversations/{created['id']}"))["conversation"]
    outdated = [item["context"]["version"] < present["context"]["version"] for item in page["items"]]
    assert (outdated, [item["isMine"] for item in page["items"]]) == ([True, False, False], [True, False, False])
    rejoined = await joined(doctor, created["id"])
    assert rejoined["lastSeq"] == 3


@pytest.mark.parametrize("end", ["context", "link"])
async def test_the_end_is_told_at_once_in_the_room_and_outside(
    clinic: Clinic, js: JsHost, host: Rest, pair: Pair, end: str
) -> None:
    subject = Subject(host, pair, kind="examen")
    conversation_id = await subject.opened() if end == "context" else pair.conversation_id
    inside, outside = [await js.connected(clinic.url, who.token) for who in (pair.doctor, pair.patient)]
    await joined(inside, conversation_id)
    links = (await host.get("/api/admin/care-links", patientId=pair.patient.id))["items"]
    started = time.monotonic()
    if end == "context":
        assert (await subject.end()).status == 200
    else:
        await host.delete(f"/api/admin/care-links/{links[0]['id']}")
    reason = "context_closed" if end == "context" else "link_ended"
    for client in (inside, outside):
        told = await client.event("conversation_updated", lambda data: not data["conversation"]["canReply"])
        assert told["conversation"]["canReplyReason"] == reason
    assert time.monotonic() - started < 1
    message = {"conversationId": conversation_id, "content": "too late"}
    assert refused(await inside.ask("send_message", message)) == "FORBIDDEN"
    assert refused(await inside.ask("typing_start", {"conversationId": conversation_id})) == "FORBIDDEN"
    assert (await host.of(pair.patient.token).get(f"/api/messaging/conversations/{conversation_id}/messages"))[
        "items"
    ] == []


async def test_sent_delivered_and_read_have_their_times_and_come_from_the_device(
    clinic: Clinic, js: JsHost, host: Rest, pair: Pair
) -> None:
    subject = Subject(host, pair)
    conversation_id = await subject.opened()
    patient, doctor = [await js.connected(clinic.url, who.token) for who in (pair.patient, pair.doctor)]
    for client in (patient, doctor):
        await joined(client, conversation_id)
    await subject.say(pair.patient.token, "reçu ?")
    await doctor.event("new_message")

    async def state() -> tuple[str, bool, bool, bool]:
        [item] = (await host.of(pair.doctor.token).get(f"/api/messaging/history/{subject.path}"))["items"]
        return item["status"], item["isRead"], item["deliveredAt"] is not None, item["readAt"] is not None

    assert await state() == ("sent", False, False, False)
    accepted(await doctor.ask("mark_as_delivered", {"conversationId": conversation_id, "upToSeq": 1}))
    told = await patient.event("messages_delivered")
    assert (told["userId"], told["deliveredSeq"]) == (pair.doctor.id, 1)
    assert await state() == ("delivered", False, True, False)
    await host.of(pair.doctor.token).get(f"/api/messaging/history/{subject.path}", markRead="true")
    told = await patient.event("messages_read")
    assert await state() == ("read", True, True, True)
    [item] = (await host.of(pair.patient.token).get(f"/api/messaging/history/{subject.path}"))["items"]
    assert (item["status"], item["readAt"]) == ("read", told["readAt"])
    assert item["sentAt"] <= item["deliveredAt"] <= item["readAt"]


async def test_urgent_ones_are_first_for_doctors_filtered_and_counted(host: Rest, pair: Pair) -> None:
    quiet, pressing = Subject(host, pair), Subject(host, pair, kind="examen")
    await quiet.put()
    await pressing.put()
    await pressing.say(pair.patient.token, "vite", isUrgent=True)
    await pressing.say(pair.patient.token, "et vite", isUrgent=True)
    await quiet.say(pair.patient.token, "quand vous pourrez", requiresResponse=True)
    doctor, patient = host.of(pair.doctor.token), host.of(pair.patient.token)

    async def listed(who: Rest, **query: Any) -> list[str]:
        page = await who.get("/api/messaging/conversations", kind="contextual", **query)
        return [item["context"]["id"] for item in page["items"]]

    assert await listed(doctor) == [pressing.id, quiet.id]
    assert await listed(doctor, sort="activity") == [quiet.id, pressing.id]
    assert await listed(patient) == [quiet.id, pressing.id]
    assert await listed(doctor, urgent="true") == [pressing.id]
    assert await listed(doctor, awaitingReply="true") == [quiet.id]
    assert await listed(doctor, awaitingReply="true", urgent="true") == []
    first_page = await doctor.get("/api/messaging/conversations", kind="contextual", limit=1)
    assert await listed(doctor, limit=1, before=first_page["next"]) == [quiet.id]
    assert await doctor.get("/api/messaging/attention") == {"urgentCount": 2, "awaitingReplyCount": 1}
    assert await patient.get("/api/messaging/attention") == {"urgentCount": 0, "awaitingReplyCount": 0}
    await doctor.get(f"/api/messaging/history/{pressing.path}", markRead="true")
    await quiet.say(pair.doctor.token, "voilà")
    assert await doctor.get("/api/messaging/attention") == {"urgentCount": 0, "awaitingReplyCount": 0}
    assert await listed(doctor, urgent="true") == []


async def test_a_repeat_by_context_and_by_socket_is_one_message(
    clinic: Clinic, js: JsHost, host: Rest, pair: Pair
) -> None:
    subject = Subject(host, pair)
    await subject.put()
    client_id = str(uuid4())
    first = await subject.say(pair.patient.token, "une fois", clientMessageId=client_id)
    assert (await subject.say(pair.patient.token, "une fois", clientMessageId=client_id))["id"] == first["id"]
    patient = await js.connected(clinic.url, pair.patient.token)
    again = await say(patient, first["conversationId"], "une fois", clientMessageId=client_id)
    assert (again["id"], again["context"]) == (first["id"], first["context"])


async def test_opening_with_a_person_and_a_context(host: Rest, pair: Pair, stranger: Pair) -> None:
    subject = Subject(host, pair)
    await subject.put()
    named = {"type": subject.type, "id": subject.id}
    patient, body = host.of(pair.patient.token), {"participantId": pair.doctor.id, "context": named}
    made = await patient.call("POST", "/api/messaging/conversations", body)
    assert (made.status, made.body["created"], made.body["conversation"]["kind"]) == (201, True, "contextual")
    assert made.body["conversation"]["id"] != pair.conversation_id
    assert (await patient.call("POST", "/api/messaging/conversations", body)).status == 200
    answers = [
        await patient.call("POST", "/api/messaging/conversations", {**body, "participantId": stranger.doctor.id}),
        await patient.call("POST", "/api/messaging/conversations", {**body, "context": {**named, "id": "none"}}),
        await host.of(stranger.patient.token).call("POST", "/api/messaging/conversations", body),
    ]
    assert [(answer.status, answer.body["error"]["message"]) for answer in answers] == [
        (404, answers[0].body["error"]["message"])
    ] * 3


async def test_the_demo_clinic_has_a_prescription_and_an_exam(clinic: Clinic, rest: Rest) -> None:
    for name, kind in (("amelie", "ordonnance"), ("lucie", "examen")):
        page = await rest.of(clinic.person(name).token).get("/api/messaging/conversations", kind="contextual")
        assert [item["context"]["type"] for item in page["items"]] == [kind]
        assert page["items"][0]["context"]["title"]
