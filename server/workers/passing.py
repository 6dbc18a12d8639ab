"""Requests for a session of another worker, which come on connections that were opened for something else.

A poll is passed on, its answer passed back. An upgrade is handed over with its connection, so that it costs nothing
afterwards. Both need no look at who asks: the owner does that, as for any request.
"""

import asyncio
import os

import aiohttp
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from yarl import URL

from server.workers.channel import LONGEST, Channel, Kind
from server.workers.session_ids import owner_of
from server.workers.siblings import Siblings

BODY_SECONDS = 10.0
# These are of one connection, not of the message.
OF_THE_CONNECTION = {
    hdrs.CONNECTION,
    hdrs.KEEP_ALIVE,
    hdrs.TRANSFER_ENCODING,
    hdrs.CONTENT_LENGTH,
    hdrs.UPGRADE,
    hdrs.DATE,
    hdrs.SERVER,
    hdrs.TE,
}


class Passing:
    """A session that nobody has is left to our own engine, which says so in the words that clients know."""

    def __init__(self, *, slot: int, siblings: Siblings, channel: Channel) -> None:
        self._slot = slot
        self._siblings = siblings
        self._channel = channel

    async def answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        owner = owner_of(request.query.get("sid"))
        if owner is None or owner == self._slot or not self._siblings.has(owner):
            return await handler(request)
        if request.headers.get(hdrs.UPGRADE, "").lower() == "websocket":
            return self._hand_over(request, owner) or await handler(request)
        if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
            return await handler(request)  # aiohttp would inflate it for us, bombs included
        return await self._pass_on(request, owner, handler)

    def _hand_over(self, request: web.Request, owner: int) -> web.StreamResponse | None:
        """The connection goes on at its owner, where the request is read once more. None: it cannot be handed over."""
        head = _head(request)
        if request.transport is None or len(head) > LONGEST - 2:
            return None
        # The copy keeps the connection open when ours is closed.
        copy = os.dup(request.transport.get_extra_info("socket").fileno())
        try:
            if not self._channel.send(Kind.HAND_OVER, bytes([owner]) + head, copy):
                return None
        finally:
            os.close(copy)
        request.transport.abort()
        return web.Response()

    async def _pass_on(self, request: web.Request, owner: int, handler: Handler) -> web.StreamResponse:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        try:
            async with self._siblings.session(owner).request(
                request.method,
                URL(f"http://worker{request.raw_path}", encoded=True),
                headers=[(name, value) for name, value in request.headers.items() if _travels(name)],
                data=body or None,
                allow_redirects=False,
            ) as answer:
                headers = [(name, value) for name, value in answer.headers.items() if _travels(name)]
                return web.Response(status=answer.status, body=await answer.read(), headers=dict(headers))
        except aiohttp.ClientConnectorError:
            return await handler(request)
        except (aiohttp.ClientError, ConnectionError):
            # It cut the connection, or went away: the client is to see the same.
            if request.transport is not None:
                request.transport.abort()
            return web.Response()


def _head(request: web.Request) -> bytes:
    lines = [f"{request.method} {request.raw_path} HTTP/1.1".encode()]
    lines += [name + b": " + value for name, value in request.raw_headers]
    return b"\r\n".join([*lines, b"", b""])


def _travels(name: str) -> bool:
    return not any(name.lower() == known.lower() for known in OF_THE_CONNECTION)
