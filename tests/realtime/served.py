"""The toy server on loopback, and clients that speak the bare protocol to it."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import WSMsgType, web

from tests.realtime.toy import Toy

SEPARATOR = "\x1e"


class Served:
    def __init__(self, toy: Toy, http: aiohttp.ClientSession, port: int) -> None:
        self.toy = toy
        self.http = http
        self.runner = web.AppRunner(toy.app(), shutdown_timeout=1, access_log=None)
        self.port = port

    async def start(self) -> None:
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port).start()
        self.port = self.runner.addresses[0][1]

    async def stop(self) -> None:
        await self.runner.cleanup()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/socket.io/?EIO=4"

    @property
    def realtime(self) -> Any:
        return self.toy.realtime

    def expire(self, sid: str) -> None:
        """What the timer of the token does."""
        self.realtime._connections.expire(self.realtime._registry.sockets[sid])

    async def websocket(self, **options: Any) -> "Wire":
        """A transport without a namespace."""
        wire = Wire(await self.http.ws_connect(f"{self.url}&transport=websocket", **options))
        assert (await wire.raw())[0] == "0"
        return wire

    async def client(self, token: str = "user:1") -> "Wire":
        wire = await self.websocket()
        await wire.connect(token)
        return wire

    async def polling(self) -> "Poller":
        async with self.http.get(f"{self.url}&transport=polling") as response:
            text = await response.text()
        return Poller(self, json.loads(text[1:])["sid"])


class Wire:
    """One WebSocket. Pings are answered unless `deaf`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.sid = ""
        self._ids = 0

    async def raw(self) -> str:
        """The next packet; "" when the connection has ended."""
        while True:
            message = await asyncio.wait_for(self.socket.receive(), 10)
            if message.type is not WSMsgType.TEXT:
                return ""
            if message.data != "2":
                return str(message.data)
            await self.socket.send_str("3")

    async def packet(self) -> tuple[str, Any]:
        """(engine.io and Socket.IO type with ack id, data)."""
        text = await self.raw()
        start = next((place for place, letter in enumerate(text) if letter in "[{"), len(text))
        return text[:start], json.loads(text[start:]) if start < len(text) else None

    async def connect(self, token: str) -> None:
        await self.send("40" + json.dumps({"token": token}))
        head, data = await self.packet()
        assert head == "40", (head, data)
        self.sid = data["sid"]
        assert await self.packet() == ("42", ["connection_established", {"userId": int(token.split(":")[1])}])

    async def send(self, text: str) -> None:
        await self.socket.send_str(text)

    def write(self, frames: bytes) -> None:
        """As they are: what no client library would send."""
        connection = self.socket._conn
        assert connection is not None and connection.transport is not None
        connection.transport.write(frames)

    async def emit(self, event: Any, *args: Any, ack: bool = True) -> str:
        """The head of the ack to come."""
        self._ids += 1
        head = str(self._ids) if ack else ""
        await self.send(f"42{head}" + json.dumps([event, *args]))
        return f"43{head}"

    async def call(self, event: Any, *args: Any) -> Any:
        expected = await self.emit(event, *args)
        while True:
            head, data = await self.packet()
            assert head, "the connection ended before the ack"
            if head == expected:
                assert len(data) == 1
                return data[0]

    async def ended(self) -> list[str]:
        """Everything until the end of the connection."""
        packets = []
        while text := await self.raw():
            packets.append(text)
        return packets


class Poller:
    """One polling session."""

    def __init__(self, served: Served, sid: str) -> None:
        self._served = served
        self.sid = sid
        self.url = f"{served.url}&transport=polling&sid={sid}"

    async def post(self, *packets: str) -> int:
        async with self._served.http.post(self.url, data=SEPARATOR.join(packets).encode()) as response:
            await response.read()
            return response.status

    async def get(self) -> list[str]:
        async with self._served.http.get(self.url) as response:
            text = await response.text()
            assert response.status == 200, text
            return text.split(SEPARATOR)

    async def connect(self, token: str = "user:1") -> None:
        assert await self.post("40" + json.dumps({"token": token})) == 200
        packets = await self.get()
        assert packets[0].startswith("40")
        while not packets[-1].startswith("42"):
            packets += await self.get()


async def until(condition: Callable[[], Any], seconds: float = 5) -> None:
    """Wait for the thing itself."""
    async with asyncio.timeout(seconds):
        while not condition():  # what is waited for has no event of its own
            await asyncio.sleep(0.005)
