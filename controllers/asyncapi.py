"""AsyncAPI 3.0 of the Socket.IO side, from the two tables of events and the same schemas as everything else."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from marshmallow import Schema, fields

from controllers.examples import example_of
from controllers.rest.openapi import ErrorBodySchema, new_plugin, new_spec, schema_name
from controllers.schemas.base import ReplySchema
from controllers.schemas.events import ServerEvent
from controllers.socket.contract import SocketEvent

CHANNEL = {"$ref": "#/channels/socket"}
DESCRIPTION = (
    "Events take one object and an optional ack. An ack is `{ok: true, …}` or `{ok: false, error}`; an empty one is "
    "never success. Connect with `io(url, {auth: {token}})`."
)


class RefusedSchema(ReplySchema):
    """The ack of an event that was refused."""

    ok = fields.Constant(constant=False, required=True, metadata={"enum": [False]})
    error = fields.Nested(ErrorBodySchema, required=True)


def asyncapi_document(
    events: Iterable[SocketEvent], server_events: Iterable[ServerEvent], *, version: str
) -> dict[str, Any]:
    """`server_events`: every event that the server sends."""
    builder = _Builder(version)
    for event in events:
        builder.client_event(event)
    for told in server_events:
        builder.server_event(told)
    return builder.document(version)


class _Builder:
    def __init__(self, version: str) -> None:
        self._plugin = new_plugin()
        self._spec = new_spec(version, self._plugin)
        self._messages: dict[str, Any] = {"refused": self._message("refused", RefusedSchema, "The event was refused")}
        self._operations: dict[str, Any] = {}

    def client_event(self, event: SocketEvent) -> None:
        sent, ack = f"{event.name}.sent", f"{event.name}.ack"
        self._messages[sent] = self._message(event.name, event.schema, event.summary)
        self._messages[ack] = self._message(f"{event.name} ack", _with_ok(event.ack), f"Ack of {event.name}")
        self._operations[f"on.{event.name}"] = {
            "action": "receive",
            "channel": CHANNEL,
            "summary": event.summary,
            "messages": [_in_channel(sent)],
            "reply": {"channel": CHANNEL, "messages": [_in_channel(ack), _in_channel("refused")]},
        }

    def server_event(self, event: ServerEvent) -> None:
        self._messages[event.name] = self._message(event.name, event.schema, event.summary)
        self._operations[f"send.{event.name}"] = {
            "action": "send",
            "channel": CHANNEL,
            "summary": event.summary,
            "messages": [_in_channel(event.name)],
        }

    def document(self, version: str) -> dict[str, Any]:
        return {
            "asyncapi": "3.0.0",
            "info": {"title": "Colloque events", "version": version, "description": DESCRIPTION},
            "defaultContentType": "application/json",
            "channels": {
                "socket": {
                    "address": "/socket.io/",
                    "description": "One Socket.IO 5 connection on the default namespace",
                    "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in self._messages},
                }
            },
            "operations": self._operations,
            "components": {"messages": self._messages, "schemas": self._spec.to_dict()["components"]["schemas"]},
        }

    def _message(self, name: str, schema: type[Schema], summary: str) -> dict[str, Any]:
        return {
            "name": name,
            "summary": summary,
            "payload": self._reference(schema),
            "examples": [{"payload": example_of(schema())}],
        }

    def _reference(self, schema: type[Schema]) -> dict[str, str]:
        """Enters the schema among the components, once, under a name of its own."""
        converter: Any = self._plugin.converter
        reference: dict[str, str] = converter.resolve_nested_schema(schema)
        return reference


@cache
def _with_ok(ack: type[Schema]) -> type[Schema]:
    """The envelope is the boundary's; the schemas of acks do not name it."""
    ok = fields.Constant(constant=True, required=True, metadata={"enum": [True]})
    return type(f"{schema_name(ack)}AckSchema", (ack,), {"ok": ok})


def _in_channel(message: str) -> dict[str, str]:
    return {"$ref": f"#/channels/socket/messages/{message}"}
