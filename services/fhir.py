"""Records of the trail as FHIR R4 AuditEvent resources, which hospitals' audit repositories take (IHE BALP, DICOM codes)."""

import datetime
from typing import Any

from repositories.trail import TrailRecord

DCM = "http://dicom.nema.org/resources/ontology/DCM"
SUBTYPE = "https://colloque.example/fhir/trail-action"
REST = "http://terminology.hl7.org/CodeSystem/audit-event-type"
OUTCOMES = {"ok": "0", "denied": "4", "failed": "8"}
# First word or words of an action → (DICOM code, its name).
TYPES = (
    (("login", "logout", "session", "password", "socket.connect"), ("110114", "User Authentication")),
    (("break_glass",), ("110113", "Security Alert")),
    (("export", "audit.export", "backup.make"), ("110106", "Export")),
    (("backup.restore",), ("110107", "Import")),
    (("search", "people.search"), ("110112", "Query")),
)
OTHER = ("110110", "Patient Record")
CREATES = frozenset({"message.send", "message.stored", "conversation.make", "attachment.upload"})
UPDATES = frozenset(
    {
        "message.edit",
        "message.react",
        "message.unreact",
        "message.replaced",
        "conversation.settle",
        "admin.change",
        "context.change",
    }
)
DELETES = frozenset({"message.delete", "message.removed", "session.end"})


def audit_event(chain: str, record: TrailRecord) -> dict[str, Any]:
    """One AuditEvent. Its id is the record's place on the trail."""
    code, display = _type(record.action)
    event: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": f"{chain}-{record.key}",
        "type": {"system": DCM, "code": code, "display": display},
        "subtype": [{"system": SUBTYPE, "code": record.action}],
        "action": _verb(record.action),
        "recorded": record.at.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "outcome": OUTCOMES[record.result],
        "agent": [_agent(record), *_behalf(record)],
        "source": {"observer": {"display": "Colloque"}},
    }
    if record.reason:
        purpose = record.action.startswith("break_glass") and record.result == "ok"
        event["purposeOfEvent" if purpose else "outcomeDesc"] = [{"text": record.reason}] if purpose else record.reason
    if entities := _entities(record):
        event["entity"] = entities
    return event


def _type(action: str) -> tuple[str, str]:
    for beginnings, coding in TYPES:
        if action.startswith(beginnings):
            return coding
    return OTHER


def _verb(action: str) -> str:
    if action in CREATES:
        return "C"
    if action in UPDATES:
        return "U"
    if action in DELETES:
        return "D"
    is_read = action.endswith((".read", ".open", ".view", ".list", ".join", ".sync", ".download"))
    return "R" if is_read else "E"


def _agent(record: TrailRecord) -> dict[str, Any]:
    agent: dict[str, Any] = {"requestor": True}
    if record.user_id is not None:
        agent["who"] = {"identifier": {"value": str(record.user_id)}}
    if record.role:
        agent["role"] = [{"text": record.role}]
    if record.device:
        agent["name"] = record.device
    if record.address:
        agent["network"] = {"address": record.address, "type": "2"}
    return agent


def _behalf(record: TrailRecord) -> list[dict[str, Any]]:
    if record.on_behalf_of is None:
        return []
    return [{"requestor": False, "who": {"identifier": {"value": str(record.on_behalf_of)}}}]


def _entities(record: TrailRecord) -> list[dict[str, Any]]:
    entities: list[dict[str, Any]] = []
    if record.conversation_id is not None:
        entities.append(_entity("conversation", str(record.conversation_id)))
    if record.object_id is not None and record.object_type != "conversation":
        entities.append(_entity(record.object_type or "object", record.object_id))
    if details := _details(record):
        entities = entities or [{"name": "call"}]
        entities[0]["detail"] = details
    return entities


def _entity(kind: str, value: str) -> dict[str, Any]:
    return {"what": {"identifier": {"value": value}}, "name": kind}


def _details(record: TrailRecord) -> list[dict[str, Any]]:
    said = {
        "session": record.session_id,
        "requestId": record.request_id,
        "times": str(record.times) if record.times > 1 else None,
    }
    return [{"type": kind, "valueString": value} for kind, value in said.items() if value]
