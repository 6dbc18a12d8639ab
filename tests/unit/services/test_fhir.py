"""AuditEvents are as FHIR R4 defines them, in the eyes of a library that hospitals' software is made with.

The AuditEvent of R4B, which the library has, is that of R4 (4.0.1) element by element.
"""

import datetime
import json
from typing import Any

import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from pydantic import ValidationError

from repositories.trail import TrailRecord
from services.fhir import audit_event

NOW = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.UTC)
# Codes that the definition fixes, and the library takes as any text.
ACTIONS, OUTCOMES = {"C", "R", "U", "D", "E"}, {"0", "4", "8", "12"}


def record(**changes: Any) -> TrailRecord:
    whole: dict[str, Any] = {
        "key": 12,
        "at": NOW,
        "action": "history.read",
        "user_id": 7,
        "role": "medecin",
        "on_behalf_of": 8,
        "object_type": "seq",
        "object_id": "3-17",
        "conversation_id": 3,
        "result": "ok",
        "reason": None,
        "address": "192.0.2.1",
        "device": "Firefox",
        "session_id": "s",
        "request_id": "r",
        "times": 2,
    }
    return TrailRecord(**{**whole, **changes})


BARE = dict.fromkeys(
    (
        "user_id",
        "role",
        "on_behalf_of",
        "object_type",
        "object_id",
        "conversation_id",
        "address",
        "device",
        "session_id",
        "request_id",
    )
)


@pytest.mark.parametrize(
    "changes", [{}, BARE, {**BARE, "request_id": "r"}, {"result": "denied", "reason": "NOT_FOUND"}]
)
@pytest.mark.parametrize("action", ["login", "message.stored", "message.removed", "break_glass", "history.read", "x"])
def test_each_is_an_audit_event(action: str, changes: dict[str, Any]) -> None:
    event = audit_event("audit", record(action=action, **changes))
    read = AuditEvent.model_validate(event)
    assert (event["action"] in ACTIONS, event["outcome"] in OUTCOMES, bool(event["agent"])) == (True, True, True)
    # What the library says of it again is what we said: nothing was left out or understood otherwise.
    said = json.loads(read.model_dump_json())
    assert {**said, "recorded": event["recorded"]} == event
    assert datetime.datetime.fromisoformat(said["recorded"]) == NOW


def test_who_did_what_to_which_thing_is_all_there() -> None:
    event = audit_event("audit", record())
    assert (event["id"], event["action"], event["outcome"]) == ("audit-12", "R", "0")
    assert [agent["who"]["identifier"]["value"] for agent in event["agent"]] == ["7", "8"]
    assert [agent["requestor"] for agent in event["agent"]] == [True, False]
    assert [entity["what"]["identifier"]["value"] for entity in event["entity"]] == ["3", "3-17"]
    details = {detail["type"]: detail["valueString"] for detail in event["entity"][0]["detail"]}
    assert details == {"session": "s", "requestId": "r", "times": "2"}


def test_the_reason_of_an_emergency_is_a_purpose_and_that_of_a_refusal_its_outcome() -> None:
    emergency = audit_event("audit", record(action="break_glass", reason="urgence"))
    refusal = audit_event("audit", record(result="denied", reason="FORBIDDEN:only_admins"))
    assert emergency["purposeOfEvent"] == [{"text": "urgence"}]
    assert (refusal["outcome"], refusal["outcomeDesc"]) == ("4", "FORBIDDEN:only_admins")


def test_the_library_refuses_what_is_none() -> None:
    event = audit_event("audit", record())
    nameless = {name: value for name, value in event.items() if name != "agent"}
    for broken in (
        nameless,
        {**event, "recorded": "today"},
        {**event, "agent": [{"who": 7}]},
        {**event, "reason": "x"},
    ):
        with pytest.raises(ValidationError):
            AuditEvent.model_validate(broken)
