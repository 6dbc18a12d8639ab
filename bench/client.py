"""A client that speaks Engine.IO 4 and Socket.IO 5 over a raw websocket, so that it costs less than the server it loads."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

PATH = "/socket.io/?EIO=4&transport=websocket"


class Void(Exception):
    """What was measured means nothing; the text says why."""


class Client(WSListener):
    """One socket: acks by their id, and `on_event` for what the server sends by itself."""

    transport: WSTransport

    def __init__(self, token: str) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.on_event: Callable[[bytes], None] | None = None
        self._token = token
        self._acks: dict[int, asyncio.Future[bytes]] = {}
        self._last_id = 0

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._fail("the server closed a socket")

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        payload = frame.get_payload_as_bytes()
        if frame.msg_type is WSMsgType.PING:
            transport.send_pong(payload)
        elif frame.msg_type is WSMsgType.CLOSE:
            transport.disconnect()
        else:
            self._on_packet(payload)

    def _on_packet(self, payload: bytes) -> None:
        head = payload[:2]
        if head == b"42":
            if self.on_event is not None:
                self.on_event(payload)
        elif head == b"43":
            bracket = payload.index(b"[")
            self._acks.pop(int(payload[2:bracket])).set_result(payload[bracket:])
        elif payload == b"2":
            self._raw(b"3")
        elif head == b"40":
            self.ready.set_result(None)
        elif head[:1] == b"0":
            self._raw(b"40" + orjson.dumps({"token": self._token}))
        elif head in {b"41", b"44"}:
            self._fail(f"the server refused a socket: {payload.decode(errors='replace')}")

    def emit(self, event: str, data: dict[str, Any]) -> None:
        self._raw(b"42" + orjson.dumps([event, data]))

    def call(self, event: str, data: dict[str, Any]) -> "asyncio.Future[bytes]":
        """The ack as it came. Raises Void when the socket ends before."""
        self._last_id += 1
        waiting: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._acks[self._last_id] = waiting
        self._raw(b"42%d" % self._last_id + orjson.dumps([event, data]))
        return waiting

    @property
    def unanswered(self) -> int:
        return len(self._acks)

    def _raw(self, data: bytes) -> None:
        self.transport.send(WSMsgType.TEXT, data)

    def _fail(self, reason: str) -> None:
        if not self.ready.done():
            self.ready.set_exception(Void(reason))
        for waiting in self._acks.values():
            if not waiting.done():
                waiting.set_exception(Void(reason))
        self._acks.clear()


async def dial_all(url: str, tokens: Sequence[str], *, at_once: int = 50) -> list[Client]:
    """Connected and authenticated, in the order of the tokens."""
    turns = asyncio.Semaphore(at_once)

    async def dial(token: str) -> Client:
        async with turns:
            _, client = await ws_connect(lambda: Client(token), url + PATH)
            assert isinstance(client, Client)
            await client.ready
            return client

    return list(await asyncio.gather(*[dial(token) for token in tokens]))


async def join(clients: Sequence[Client], conversations: Sequence[int]) -> None:
    """Raises Void when one is refused."""
    calls = [c.call("join_room", {"conversationId": room}) for c, room in zip(clients, conversations, strict=True)]
    for ack in await asyncio.gather(*calls):
        if not is_ok(ack):
            raise Void(f"join_room was refused: {ack.decode()}")


def is_ok(ack: bytes) -> bool:
    body = orjson.loads(ack)
    return bool(body) and isinstance(body[0], dict) and body[0].get("ok") is True
