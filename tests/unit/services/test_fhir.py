"""AuditEvents are as FHIR R4 defines them: its required elements, cardinalities, types and required value sets."""

import datetime
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from repositories.trail import TrailRecord
from services.fhir import audit_event

NOW = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.UTC)
STRING = {"type": "string", "pattern": r"^[ \r\n\t\S]+$"}
CODING = {
    "type": "object",
    "properties": {
        "system": {"type": "string"},
        "code": {"type": "string", "pattern": r"^\S+( \S+)*$"},
        "display": STRING,
    },
    "additionalProperties": False,
}
CONCEPT = {"type": "object", "properties": {"text": STRING}, "required": ["text"], "additionalProperties": False}
REFERENCE = {
    "type": "object",
    "properties": {
        "identifier": {"type": "object", "properties": {"value": STRING}, "additionalProperties": False},
        "display": STRING,
    },
    "additionalProperties": False,
    "minProperties": 1,
}
AGENT = {
    "type": "object",
    "properties": {
        "requestor": {"type": "boolean"},
        "who": REFERENCE,
        "role": {"type": "array", "items": CONCEPT, "minItems": 1},
        "name": STRING,
        "network": {
            "type": "object",
            "properties": {"address": STRING, "type": {"enum": ["1", "2", "3", "4", "5"]}},
            "additionalProperties": False,
        },
    },
    "required": ["requestor"],
    "additionalProperties": False,
}
DETAIL = {
    "type": "object",
    "properties": {"type": STRING, "valueString": STRING},
    "required": ["type", "valueString"],
    "additionalProperties": False,
}
ENTITY = {
    "type": "object",
    "properties": {"what": REFERENCE, "name": STRING, "detail": {"type": "array", "items": DETAIL, "minItems": 1}},
    "additionalProperties": False,
}
# From the definition of AuditEvent 4.0.1, of the elements that we use; any other is a mistake.
AUDIT_EVENT = {
    "type": "object",
    "properties": {
        "resourceType": {"const": "AuditEvent"},
        "id": {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"},
        "type": {**CODING, "required": ["system", "code"]},
        "subtype": {"type": "array", "items": CODING, "minItems": 1},
        "action": {"enum": ["C", "R", "U", "D", "E"]},
        "recorded": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
        "outcome": {"enum": ["0", "4", "8", "12"]},
        "outcomeDesc": STRING,
        "purposeOfEvent": {"type": "array", "items": CONCEPT, "minItems": 1},
        "agent": {"type": "array", "items": AGENT, "minItems": 1},
        "source": {"type": "object", "properties": {"observer": REFERENCE}, "required": ["observer"]},
        "entity": {"type": "array", "items": ENTITY, "minItems": 1},
    },
    "required": ["resourceType", "type", "recorded", "agent", "source"],
    "additionalProperties": False,
}


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
    Draft202012Validator(AUDIT_EVENT).validate(event)


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


def test_the_schema_of_this_test_refuses_what_is_none() -> None:
    event = audit_event("audit", record())
    assert re.fullmatch(r"audit-\d+", event["id"])
    for broken in ({**event, "agent": []}, {**event, "outcome": "1"}, {**event, "recorded": "today"}):
        assert not Draft202012Validator(AUDIT_EVENT).is_valid(broken)
