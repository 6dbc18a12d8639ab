"""The long-polling side of one transport: one GET waits for packets, POSTs bring some."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aiohttp import web
from engineio.exceptions import ContentTooLongError, EngineIOError

from server.realtime.frames import NOOP, Frame, framed, text_of

if TYPE_CHECKING:
    from server.realtime.engine_socket import EngineSocket

SEPARATOR = "\x1e"
BODY_TIMEOUT = 10.0
# The Python client (engineio 4.15.1) gives up on an answer with more; the rest waits for the next poll.
MOST_PACKETS = 16
# What a request says of itself when its body was over the limit: the library tells that from nothing else that is wrong.
TOO_LONG = web.RequestKey("too_long", bool)
_HEADERS = (("Content-Type", "text/plain; charset=UTF-8"), ("Cache-Control", "no-store"))


class Polling:
    def __init__(self, socket: "EngineSocket") -> None:
        self._socket = socket
        # Of the GET that waits.
        self.waiter: asyncio.Future[None] | None = None
        self._request: web.Request | None = None

    def wake(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    def abandon(self) -> None:
        """Nothing will come any more: the TCP connection of the waiting GET is cut, which the client takes for trouble."""
        if self.waiter is not None and self._request is not None and self._request.transport is not None:
            self._request.transport.abort()
        self.wake()

    async def poll(self, request: web.Request) -> dict[str, Any]:
        """The next packets, as soon as there are any. A second GET while one waits relieves the first."""
        self.wake()
        if not self._socket.outbox:
            self.waiter = waiter = asyncio.get_running_loop().create_future()
            self._request = request
            await waiter
            if self.waiter is waiter:
                self.waiter = self._request = None
        payload = self.payload(self._socket.outbox.take(MOST_PACKETS) or [framed(NOOP)])
        if self._socket.ending and not self._socket.outbox:
            self._socket.end()
        return payload

    @staticmethod
    def payload(frames: Iterable[Frame]) -> dict[str, Any]:
        """What engineio.AsyncServer makes a response of."""
        body = SEPARATOR.encode().join([text_of(frame) for frame in frames])
        return {"status": "200 OK", "headers": list(_HEADERS), "response": body}

    async def read(self, request: web.Request) -> list[str]:
        """The packets of a POST, bounded by bytes and not by their number. Raises EngineIOError."""
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                body = await self._body(request)
            return [packet for packet in body.decode().split(SEPARATOR) if packet]
        except (UnicodeDecodeError, TimeoutError, web.RequestPayloadError) as error:
            raise EngineIOError("unreadable body") from error

    async def _body(self, request: web.Request) -> bytes:
        # aiohttp would inflate it for us, bombs included.
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise EngineIOError("compressed body")
        limit = self._socket.limits.max_frame_bytes
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if 0 < limit < len(body):
                request[TOO_LONG] = True
                raise ContentTooLongError
        return bytes(body)
