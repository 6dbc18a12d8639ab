"""Every field of every event and endpoint replaced by the wrong type: told which one it was, and never a 5xx.

What there is to try comes from the server's own documents, so that a new event or endpoint is tried too.
"""

import io
from typing import Any

from tests.support.clients import WEBSOCKET, JsHost
from tests.support.clinic import Clinic, Pair
from tests.support.documents import VALUES, Operation, asyncapi, openapi
from tests.support.flows import accepted
from tests.support.rest import Answer, Rest

WRONG_NUMBERS = ("x", "1.5", "-1", "1e3", "٣", "0x1", "9" * 30)


def _names(error: dict[str, Any], field: str) -> bool:
    """Whether the answer says that it was this field (or something in it)."""
    return any(name.split(".")[0] == field for name in error.get("fields", {}))


def _somewhere(operation: Operation) -> str:
    path = operation.path
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", "1")
    return path


async def test_every_event(clinic: Clinic, js: JsHost, rest: Rest, pair: Pair) -> None:
    said_before = len(clinic.log)
    client = await js.connected(clinic.url, pair.patient.token, options=WEBSOCKET)
    admin = await js.connected(clinic.url, clinic.person("admin").token, options=WEBSOCKET)
    document, tried = await asyncapi(rest), 0
    for event, schema in document.events():
        for caller in (client, admin):
            for spoilt in document.spoilt(schema):
                ack = await caller.ask(event, spoilt.data)
                what = (event, spoilt.field, spoilt.value, ack)
                assert ack["ok"] is False, what
                assert ack["error"]["code"] == "VALIDATION_FAILED", what
                assert _names(ack["error"], spoilt.field), what
                tried += 1
            for value in (*VALUES.values(), []):
                if value != {} and not isinstance(value, dict):
                    ack = await caller.ask(event, value)
                    assert ack["error"]["code"] == "VALIDATION_FAILED", (event, value, ack)
    assert tried > 300
    accepted(await client.ask("sync", {"positions": {}}))
    assert '"level": "error"' not in clinic.log[said_before:]


async def test_every_body(clinic: Clinic, rest: Rest) -> None:
    said_before = len(clinic.log)
    by, document, tried = rest.of(clinic.person("admin").token), await openapi(rest), 0
    for operation in document.operations():
        if operation.body is None:
            continue
        for spoilt in document.spoilt(operation.body):
            answer = await by.call(operation.method, _somewhere(operation), spoilt.data)
            what = (operation.name, spoilt.field, spoilt.value, answer)
            assert answer.status == 400, what
            assert _names(answer.body["error"], spoilt.field), what
            tried += 1
        for value in VALUES.values():
            if value is not None and not isinstance(value, dict):
                answer = await by.call(operation.method, _somewhere(operation), value)
                assert answer.status == 400, (operation.name, value, answer)
    assert tried > 200
    assert '"level": "error"' not in clinic.log[said_before:]


async def test_every_query_and_path(clinic: Clinic, rest: Rest) -> None:
    said_before = len(clinic.log)
    by, document, tried = rest.of(clinic.person("admin").token), await openapi(rest), 0
    for operation in document.operations():
        body = None if operation.body is None else document.sample(operation.body)
        for parameter in operation.parameters:
            kinds = document.types(parameter["schema"])
            if kinds == {"string"} and not {"enum", "format"} & parameter["schema"].keys():
                continue
            for value in WRONG_NUMBERS:
                answer = await _with_parameter(by, operation, body, parameter, value)
                what = (operation.name, parameter["name"], value, answer)
                assert answer.status in ((400, 404) if parameter["in"] == "path" else (400,)), what
                tried += 1
    assert tried > 200
    assert '"level": "error"' not in clinic.log[said_before:]


async def _with_parameter(by: Rest, operation: Operation, body: Any, parameter: dict[str, Any], value: str) -> Answer:
    if parameter["in"] == "query":
        return await by.call(operation.method, _somewhere(operation), body, **{parameter["name"]: value})
    path = operation.path.replace(f"{{{parameter['name']}}}", value)
    return await by.call(operation.method, path.replace("{id}", "1").replace("{userId}", "1"), body)


async def test_a_body_that_is_no_json(clinic: Clinic, rest: Rest, pair: Pair) -> None:
    path = f"{clinic.url}/api/messaging/conversations/{pair.conversation_id}/messages"
    headers = {"Authorization": f"Bearer {pair.patient.token}", "Content-Type": "application/json"}
    for data in (b"", b"{", b"[1,", b'{"content": "x"} x', b"\xff\xfe", b"NaN", b'{"content": NaN}', b"[" * 100_000):
        async with rest.session.post(path, data=data, headers=headers) as reply:
            assert reply.status == 400, data[:40]
            assert (await reply.json())["error"]["code"] == "VALIDATION_FAILED"
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        async with rest.session.post(path, data=b'{"content": "x"}', headers=headers | {"Content-Type": kind}) as reply:
            assert reply.status == 400, kind
    too_big = io.BytesIO(b'{"content": "' + b"x" * 1_100_000 + b'"}')
    async with rest.session.post(path, data=too_big, headers=headers) as reply:
        assert reply.status == 413
    page = await rest.of(pair.doctor.token).get(f"/api/messaging/conversations/{pair.conversation_id}/messages")
    assert page["items"] == []
