"""A Socket.IO client of the barest kind: one websocket, frames read as they come. What tests of faults and races need."""

import asyncio
import itertools
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp

PATIENCE = 20.0
# Where `tcpi_data_segs_in` stands in Linux's `struct tcp_info`, which only grows at its end.
DATA_SEGMENTS_IN = slice(152, 156)


class Gone(ConnectionError):
    """The connection ended before the answer came."""


# What a client may raise whose server is gone, refuses it, or says nothing.
LOST = (Gone, aiohttp.ClientError, OSError, TypeError, TimeoutError)


class WireClient:
    """`events` holds (name, data) in the order in which they came, the greeting first. `address`: what a proxy says."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str, *, address: str = "") -> None:
        self._session = session
        self._headers = {"X-Forwarded-For": address} if address else {}
        self._url = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self._token = token
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._news = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.closed = asyncio.Event()

    async def connect(self) -> "WireClient":
        """Raises Gone when the server closes instead of greeting."""
        self._socket = await self._session.ws_connect(self._url, headers=self._headers, max_msg_size=0)
        await self._socket.receive_str(timeout=PATIENCE)
        await self._socket.send_str("40" + json.dumps({"token": self._token}))
        self._reader = asyncio.create_task(self._read(self._socket))
        await self.wait_for("connection_established")
        return self

    async def call(self, event: str, data: dict[str, Any], *, patience: float = PATIENCE) -> dict[str, Any]:
        """The ack. Raises Gone, TimeoutError."""
        return await asyncio.wait_for(await self.send(event, data), patience)

    async def send(self, event: str, data: dict[str, Any]) -> "asyncio.Future[dict[str, Any]]":
        """Written to the socket when this returns; the future is the ack."""
        number = next(self._ids)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        if self._socket is None or self.closed.is_set():
            raise Gone
        try:
            await self._socket.send_str(f"42{number}" + json.dumps([event, data]))
        except (ConnectionError, aiohttp.ClientError) as error:
            raise Gone from error
        return answer

    async def wait_for(
        self, event: str, matches: Callable[[dict[str, Any]], bool] = lambda data: True, *, patience: float = PATIENCE
    ) -> dict[str, Any]:
        """The first such event, of those that came before too."""

        async def look() -> dict[str, Any]:
            seen = 0
            while True:
                for name, data in self.events[seen:]:
                    if name == event and matches(data):
                        return data
                seen = len(self.events)
                if self.closed.is_set():
                    raise Gone
                self._news.clear()
                await self._news.wait()

        return await asyncio.wait_for(look(), patience)

    def named(self, event: str) -> list[dict[str, Any]]:
        return [data for name, data in self.events if name == event]

    @property
    def segments(self) -> int:
        """TCP segments with data that came: on loopback one for each write of the server, whichever way it writes."""
        information = self._wire().getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        return int.from_bytes(information[DATA_SEGMENTS_IN], sys.byteorder)

    @contextmanager
    def corked(self) -> Iterator[None]:
        """What is sent within leaves in one piece, so that the server reads it at once."""
        self._wire().setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        yield
        self._wire().setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)

    def stop_reading(self) -> None:
        """What comes stays in the socket, which is soon full."""
        assert self._reader is not None
        self._reader.cancel()

    def tear_off(self) -> None:
        """Without a word of WebSocket's, as when a phone loses its network."""
        with socket.socket(fileno=os.dup(self._wire().fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await asyncio.gather(self._reader, return_exceptions=True)

    def _wire(self) -> Any:
        assert self._socket is not None
        return self._socket.get_extra_info("socket")

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in socket:
                await self._take(socket, str(message.data))
        finally:
            self.closed.set()
            self._news.set()
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(Gone())
                    answer.exception()  # whoever waits is told; nobody may be waiting

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
        if text == "2":
            await socket.send_str("3")
        elif text.startswith("44"):  # who is refused goes, as the stock client does
            await socket.close()
        elif text.startswith("42"):
            name, *rest = json.loads(text[2:])
            self.events.append((name, rest[0] if rest else {}))
            self._news.set()
        elif text.startswith("43"):
            number, _, body = text[2:].partition("[")
            answer = self._waiting.pop(int(number))
            if not answer.done():
                answer.set_result(json.loads("[" + body)[0])
