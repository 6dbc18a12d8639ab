"""Who may do what about a context: role × relation × state × action, over REST and sockets, as `permissions` says it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from tests.support.clinic import Clinic, Pair, Person
from tests.support.contexts import Subject
from tests.support.rest import Rest
from tests.support.wire_client import WireClient

OK, DENIED, NOT_FOUND, FORBIDDEN, CONFLICT = "ok", "CONTEXT_ACCESS_DENIED", "NOT_FOUND", "FORBIDDEN", "CONFLICT"
PARTIES, REMOVED = ("patient", "doctor"), ("removed patient", "removed doctor")
STRANGERS = ("other patient", "other doctor", "mentor", "member", "admin")
WITHOUT = ("unknown", "fresh", "closed fresh")
WITH = ("open", "closed", "conversation closed", "partner left")
BY_CONTEXT = ("open", "read", "send", "open with")
BY_ID = ("get", "list", "join_room", "mark_as_read", "typing_start", "post", "send_message", "archive", "close")
STATES = (*WITHOUT, *WITH)
WRITING = {"open": OK, "closed": FORBIDDEN, "conversation closed": CONFLICT, "partner left": FORBIDDEN}


def everybody(state: str) -> tuple[str, ...]:
    """Whoever there can be in that state."""
    nobody_removed = state in WITHOUT or state == "partner left"
    return (*PARTIES, *STRANGERS) if nobody_removed else (*PARTIES, *REMOVED, *STRANGERS)


def expected(who: str, state: str, action: str) -> str:
    """The rules in the words of the contract."""
    if who in REMOVED:
        return NOT_FOUND
    if who in STRANGERS or state == "unknown":
        return DENIED if action in ("open", "read", "send") else NOT_FOUND
    if action in ("send", "post", "send_message", "typing_start"):
        return {"fresh": OK, "closed fresh": FORBIDDEN, **WRITING}[state]
    if state == "closed fresh" and action in ("open", "open with"):
        return FORBIDDEN if action == "open" else NOT_FOUND
    return FORBIDDEN if (who, action) == ("patient", "close") else OK


@dataclass
class Stage:
    """The people of the matrix, each with a token and a socket."""

    host: Rest
    pair: Pair
    people: dict[str, Person]
    sockets: dict[str, WireClient]

    async def subject(self, who: str, state: str) -> tuple[Subject, int]:
        """A context of its own in that state, and its conversation (0: none)."""
        subject = Subject(self.host, self.pair)
        if state == "unknown":
            return subject, 0
        await subject.put(state="closed" if state == "closed fresh" else "active")
        if state in WITHOUT:
            return subject, 0
        conversation_id = await subject.opened()
        if state == "closed":
            await subject.end()
        if state == "conversation closed":
            path = f"/api/messaging/conversations/{conversation_id}"
            await self.host.of(self.pair.doctor.token).patch(path, {"status": "closed"})
        if state == "partner left":
            await self._remove(conversation_id, "patient" if who == "doctor" else "doctor")
        if who in REMOVED:
            await self._remove(conversation_id, who.removeprefix("removed "))
        return subject, conversation_id

    async def _remove(self, conversation_id: int, who: str) -> None:
        path = f"/api/admin/conversations/{conversation_id}/participants/{self.people[who].id}"
        await self.host.delete(path)

    async def act(self, who: str, action: str, subject: Subject, conversation_id: int) -> str:
        """`ok`, or the code of the refusal."""
        if action in ("join_room", "mark_as_read", "typing_start", "send_message"):
            data: dict[str, Any] = {"conversationId": conversation_id}
            if action == "send_message":
                data["content"] = "by socket"
            ack = await self.sockets[who].call(action, data)
            return OK if ack["ok"] else str(ack["error"]["code"])
        answer = await self.host.of(self.people[who].token).call(*self._call(who, action, subject, conversation_id))
        return OK if answer.status in (200, 201) else str(answer.body["error"]["code"])

    def _call(self, who: str, action: str, subject: Subject, conversation_id: int) -> tuple[str, str, Any]:
        other = self.pair.patient if who.endswith("doctor") else self.pair.doctor
        context = {"type": subject.type, "id": subject.id}
        one = f"/api/messaging/conversations/{conversation_id}"
        calls: dict[str, tuple[str, str, Any]] = {
            "open": ("POST", "/api/messaging/sessions", subject.named),
            "read": ("GET", f"/api/messaging/history/{subject.path}", None),
            "send": ("POST", "/api/messaging/send", {**subject.named, "content": "by context"}),
            "open with": ("POST", "/api/messaging/conversations", {"participantId": other.id, "context": context}),
            "get": ("GET", one, None),
            "list": ("GET", f"{one}/messages", None),
            "post": ("POST", f"{one}/messages", {"content": "by id"}),
            "archive": ("PATCH", f"/api/messaging/sessions/{conversation_id}/archive", {}),
            "close": ("PATCH", one, {"status": "closed"}),
        }
        return calls[action]

    async def permissions(self, who: str, subject: Subject) -> dict[str, Any]:
        person = self.people[who]
        path = f"/api/messaging/permissions/{subject.path}/{person.role}/{person.id}"
        found: dict[str, Any] = (await self.host.of(person.token).get(path))["permissions"]
        return found


@pytest.fixture
async def stage(clinic: Clinic, rest: Rest, pair: Pair, stranger: Pair) -> AsyncIterator[Stage]:
    people = {
        "patient": pair.patient,
        "doctor": pair.doctor,
        "removed patient": pair.patient,
        "removed doctor": pair.doctor,
        "other patient": stranger.patient,
        "other doctor": stranger.doctor,
        "mentor": clinic.person("sofia"),
        "member": clinic.person("ines"),
        "admin": clinic.person("admin"),
    }
    async with aiohttp.ClientSession() as session:
        sockets = {who: await WireClient(session, clinic.url, person.token).connect() for who, person in people.items()}
        yield Stage(rest.of(people["admin"].token), pair, people, sockets)
        for socket in sockets.values():
            await socket.close()


@pytest.mark.parametrize("state", STATES)
async def test_every_action_of_everybody(stage: Stage, state: str) -> None:
    seen: dict[tuple[str, str], str] = {}
    for who in everybody(state):
        for action, outcome in (await outcomes(stage, who, state)).items():
            seen[who, action] = outcome
    assert seen == {(who, action): expected(who, state, action) for who, action in seen}
    assert len(seen) == len(everybody(state)) * (len(BY_CONTEXT) + (len(BY_ID) if state in WITH else 0))


async def outcomes(stage: Stage, who: str, state: str) -> dict[str, str]:
    """By action; what `permissions` said before is compared on the way."""
    seen: dict[str, str] = {}
    for action in BY_CONTEXT:  # the first of these may begin the conversation, so each has its own
        subject, _ = await stage.subject(who, state)
        said = (await stage.permissions(who, subject))["actions"].get(action)
        seen[action] = await stage.act(who, action, subject, 0)
        if said is not None:
            assert (said["allowed"], said["reason"] is None) == (seen[action] == OK,) * 2, (who, action, said, seen)
    if state in WITH:
        subject, conversation_id = await stage.subject(who, state)
        permissions = await stage.permissions(who, subject)
        assert permissions["conversationId"] == (None if who in STRANGERS else conversation_id)
        for action in BY_ID:
            seen[action] = await stage.act(who, action, subject, conversation_id)
        for action in ("archive", "close"):
            assert permissions["actions"][action]["allowed"] == (seen[action] == OK), (who, action)
    return seen


async def test_permissions_say_why_and_only_to_oneself_or_an_administrator(stage: Stage, rest: Rest) -> None:
    subject, _ = await stage.subject("patient", "closed")
    told = await stage.permissions("patient", subject)
    reasons = {action: one["reason"] for action, one in told["actions"].items()}
    wanted = {"open": None, "read": None, "send": "context_closed", "archive": None, "close": "only_closers"}
    assert reasons == {**wanted, "export": None}
    assert (told["contextType"], told["contextId"], told["version"], told["userType"]) == (
        subject.type,
        subject.id,
        1,
        "patient",
    )
    denied = await stage.permissions("other doctor", subject)
    assert {one["reason"] for one in denied["actions"].values()} == {"context_access_denied"}
    assert (denied["version"], denied["conversationId"]) == (None, None)
    patient, other = stage.people["patient"], stage.people["other doctor"]
    of_patient = f"/api/messaging/permissions/{subject.path}/patient/{patient.id}"
    assert (await rest.of(other.token).call("GET", of_patient)).status == 404
    assert (await stage.host.get(of_patient))["permissions"]["actions"] == told["actions"]
    for wrong in (f"medecin/{patient.id}", "patient/999999999"):
        answer = await stage.host.call("GET", f"/api/messaging/permissions/{subject.path}/{wrong}")
        assert answer.status == 404
