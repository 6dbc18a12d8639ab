"""Clients of every kind by name, and what several tests do with them first."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tests.support.clients import POLLING, POLLING_THEN_WEBSOCKET, WEBSOCKET, Client, JsHost, PyClient
from tests.support.clinic import Clinic, Pair
from tests.support.rest import Rest

JS_OPTIONS: dict[str, Mapping[str, Any]] = {
    "js": POLLING_THEN_WEBSOCKET,
    "js websocket": WEBSOCKET,
    "js polling": POLLING,
}
KINDS = (*JS_OPTIONS, "python")
Connect = Callable[[str], Awaitable[Client]]


@asynccontextmanager
async def connecting(kind: str, clinic: Clinic, js: JsHost) -> AsyncIterator[Connect]:
    """`await connect(token)` gives a connected client of that kind; all are closed at the end."""
    clients: list[Client] = []

    async def connect(token: str) -> Client:
        if kind == "python":
            client: Client = await PyClient().connect(clinic.url, token)
        else:
            client = await js.connected(clinic.url, token, options=JS_OPTIONS[kind])
        clients.append(client)
        return client

    try:
        yield connect
    finally:
        for client in clients:
            await client.close()


async def joined(client: Client, conversation_id: int) -> dict[str, Any]:
    """In the room; the ack."""
    return accepted(await client.ask("join_room", {"conversationId": conversation_id}))


def accepted(ack: dict[str, Any]) -> dict[str, Any]:
    assert ack.get("ok") is True, ack
    return ack


def refused(ack: dict[str, Any]) -> str:
    """The code of a refusal."""
    assert ack.get("ok") is False, ack
    code: str = ack["error"]["code"]
    return code


async def say(client: Client, conversation_id: int, content: str, **more: Any) -> dict[str, Any]:
    """The message as stored."""
    ack = accepted(await client.ask("send_message", {"conversationId": conversation_id, "content": content, **more}))
    message: dict[str, Any] = ack["message"]
    return message


async def nothing_more_comes(client: Client, pair: Pair, rest: Rest) -> None:
    """When this returns, `client` (of somebody in `pair`, in no room) has been told all that happened before.

    Word of a message sent now travels behind everything else, through the same queues.
    """
    path = f"/api/messaging/conversations/{pair.conversation_id}/messages"
    sent = await rest.of(pair.doctor.token).post(path, {"content": "the last thing"})
    seq = sent["message"]["seq"]
    await client.event("conversation_updated", lambda data: bool(data["conversation"]["lastSeq"] >= seq))


def mentions(seen: Any, conversation_id: int) -> bool:
    """Whether the id of that conversation is anywhere in it, under any key that holds one."""
    if isinstance(seen, dict):
        if seen.get("conversationId") == conversation_id or seen.get("conversation", {}).get("id") == conversation_id:
            return True
        return any(mentions(value, conversation_id) for value in seen.values())
    return isinstance(seen, list) and any(mentions(value, conversation_id) for value in seen)
