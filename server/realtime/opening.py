"""A client that begins on a WebSocket: nothing of the library's response is made for it but the answer to the handshake.

Library seam: aiohttp 3.14.5 has read the request and checks the handshake; how it lets go of the connection is in websocket.py.
"""

import asyncio
from typing import TYPE_CHECKING

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_websocket import WebSocketReader

from server.realtime.websocket import Wire, longest_message, take_over

if TYPE_CHECKING:
    from server.realtime.engine_socket import EngineSocket

_SWITCHED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %b\r\n\r\n"
)
# It keeps nothing of the requests that it is asked about.
_check_handshake = web.WebSocketResponse(compress=False)._handshake  # noqa: SLF001  # a seam: see above


class _Given(web.StreamResponse):
    """For the library, which asks for a response: it was given, and the connection is not the library's any more."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        return


_GIVEN = _Given(status=101)


def open_websocket(socket: "EngineSocket", request: web.Request) -> web.StreamResponse:
    """Raises HTTPBadRequest for what is no handshake, ConnectionResetError when the client has gone already."""
    headers, *_ = _check_handshake(request)
    handler, transport = request.protocol, request.transport
    if transport is None or transport.is_closing():
        raise ConnectionResetError
    wire = Wire(handler, asyncio.get_running_loop())
    parser = WebSocketReader(wire, longest_message(socket.limits), compress=False, decode_text=True)
    handler.set_parser(parser)
    socket.open([])
    # The first packet goes with the answer to the handshake: one write, and the client is woken once.
    answer = _SWITCHED % headers[hdrs.SEC_WEBSOCKET_ACCEPT].encode()
    take_over(handler, transport, socket, parser, wire, answer)
    return _GIVEN
