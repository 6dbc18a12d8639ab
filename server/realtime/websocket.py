"""The WebSocket side of one transport, and the upgrade of polling to it.

Library seam: aiohttp 3.14.5 makes the handshake and parses the frames. Then the connection is taken out of its hands:
no task, no request and no queue is kept for a client, and what a frame says is done in the turn in which it was read.
"""

import asyncio
import struct
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import WebSocketError, WSCloseCode, WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.http_websocket import WebSocketReader

from server.realtime.frames import PROBE_PONG
from server.realtime.limits import RealtimeLimits

if TYPE_CHECKING:
    from server.realtime.engine_socket import EngineSocket

log = structlog.get_logger(__name__)

PROBE, UPGRADE = "2probe", "5"
PROBE_TIMEOUT = 10.0
QUEUE_BYTES = 65_536
# Who does not read what is there already gets no more answers to pings: nothing else bounds those.
UNREAD_PONGS = 65_536
# Pings and the like before the connection is the client's own: the library answers them, all that there are in one turn.
MOST_EARLY = 16
_FINAL_PONG, _FINAL_CLOSE = 0x8A, 0x88
TOO_LARGE = b"PAYLOAD_TOO_LARGE"
# Looked up in its enumeration it costs a message as much as a call.
_TEXT = WSMsgType.TEXT


def longest_message(limits: RealtimeLimits) -> int:
    """aiohttp refuses what is as long as its limit, the contract what is longer."""
    return limits.max_frame_bytes + 1 if limits.max_frame_bytes else 0


async def serve_websocket(socket: "EngineSocket", request: web.Request) -> web.StreamResponse:
    """Returns when the client is on its own wire. A failed probe leaves the polling transport as it was."""
    response = _Opening(max_msg_size=longest_message(socket.limits))
    await response.prepare(request)
    if not await _probed(socket, response):
        await response.close()
        return response
    if request.transport is not None and not socket.closed:
        response.hand_over(request, socket)
    return response


class Wire(WebSocketDataQueue, asyncio.Protocol):
    """Bytes of one client, read as soon as `Reading` lets them. Writing is the outbox's.

    It is where the parser puts messages: to be asked for during the handshake, and done at once when it has been handed
    over to its socket.
    """

    __slots__ = ("_early", "_reading", "_socket", "_transport", "late", "parse")

    def __init__(self, protocol: Any, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(protocol, QUEUE_BYTES, loop=loop)
        self._socket: EngineSocket | None = None
        self._early = 0

    def hand_over(self, socket: "EngineSocket", transport: asyncio.Transport, parser: WebSocketReader) -> None:
        """After what the client sent meanwhile."""
        self._socket = socket
        self._transport = transport
        self._reading = socket.reading
        self.late: list[bytes] = []
        self.parse = parser.feed_data
        # What the library would pause when nobody asks: its handler, which would stay for that alone.
        self._protocol = None  # type: ignore[assignment]  # it is not asked for any more
        while self._buffer:
            self.feed_data(*self._buffer.popleft())
        if trouble := self.exception():
            self.set_exception(trouble)

    def data_received(self, data: bytes) -> None:
        self._reading.take(self, data)

    def pause(self) -> None:
        """For `Reading`: the kernel keeps what comes, and the client waits."""
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._socket is None:
            return
        self._reading.catch_up(self)
        self._socket.end()
        # The parser knows us: a circle that only the garbage collector would find.
        del self.parse

    def feed_data(self, data: Any, size: int) -> None:
        """For the parser. Never raises: it would take that for a fault of the client, or lose it."""
        socket = self._socket
        if socket is None:
            if data.type is _TEXT or self._may_come_early():
                super().feed_data(data, size)
            return
        try:
            if data.type is _TEXT:
                socket.receive(data.data)
            else:
                self._take_other(socket, data)
        except Exception:
            log.exception("frame_failed")
            socket.cut("internal")

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:
        """For the parser: what came is no WebSocket frame, or too long a one."""
        if self._socket is None:
            super().set_exception(exc)
        elif not self._socket.closed:
            code = _code_of(exc)
            # The one way in which a client can learn of it: there is no event yet that an ack could answer.
            reason = TOO_LARGE if code == WSCloseCode.MESSAGE_TOO_BIG else b""
            self._say(_FINAL_CLOSE, struct.pack("!H", code) + reason)
            self._socket.cut("protocol", gently=True)

    def _may_come_early(self) -> bool:
        self._early += 1
        if self._early > MOST_EARLY and self._protocol.transport is not None:
            self._protocol.transport.abort()
        return self._early <= MOST_EARLY

    def _take_other(self, socket: "EngineSocket", message: Any) -> None:
        kind = message.type
        if kind is WSMsgType.BINARY:
            socket.cut("binary")
        elif kind is WSMsgType.CLOSE:
            self._say(_FINAL_CLOSE, struct.pack("!H", message.data or WSCloseCode.OK))
            socket.end(gently=True)
        elif socket.closed:
            return
        elif socket.is_flooded():
            # Hundreds of thousands of them fit into what is read at once, and the loop would be theirs for seconds.
            socket.cut("flood")
        elif kind is WSMsgType.PING:
            if self._transport.get_write_buffer_size() > UNREAD_PONGS:
                socket.cut("slow")
            else:
                self._say(_FINAL_PONG, message.data)

    def _say(self, head: int, payload: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(bytes((head, len(payload))) + payload)


class _Opening(web.WebSocketResponse):
    """The handshake, and the packets that are waited for before the wire is the client's own."""

    def __init__(self, *, max_msg_size: int) -> None:
        super().__init__(compress=False, max_msg_size=max_msg_size, timeout=0.5)
        self._handed_over = False

    def _post_start(self, request: web.BaseRequest, protocol: str | None, writer: Any) -> None:
        # As the library does it, with a queue of ours.
        self._ws_protocol = protocol
        self._writer = writer
        self._reader = Wire(request.protocol, asyncio.get_running_loop())
        self._parser = WebSocketReader(self._reader, self._max_msg_size, compress=False, decode_text=True)
        request.protocol.set_parser(self._parser)
        request.protocol.keep_alive(False)

    def hand_over(self, request: web.Request, socket: "EngineSocket") -> None:
        """From now on nothing of aiohttp but its parser knows this connection."""
        transport, parser, wire = request.transport, self._parser, self._reader
        if transport is None or parser is None or not isinstance(wire, Wire):
            raise RuntimeError("prepare() comes first")
        self._handed_over = True
        take_over(request.protocol, transport, socket, parser, wire)

    async def write_eof(self, data: bytes = b"") -> None:
        if not self._handed_over:
            await super().write_eof()


def take_over(
    handler: web.RequestHandler,
    transport: asyncio.Transport,
    socket: "EngineSocket",
    parser: WebSocketReader,
    wire: Wire,
    answer: bytes = b"",
) -> None:
    """The parser was set at the handler, so that it has what came behind the handshake. `answer`: to it, if not yet given."""
    if handler._reading_paused:
        handler.resume_reading()
    transport.set_protocol(wire)
    # The library's handler ends as if its connection had gone, without closing it and without telling the parser.
    handler._payload_parser = None
    handler.transport = None
    handler.connection_lost(None)
    socket.attach(transport, answer)
    wire.hand_over(socket, transport, parser)


def _code_of(error: BaseException) -> int:
    return error.code if isinstance(error, WebSocketError) else WSCloseCode.INTERNAL_ERROR


async def _probed(socket: "EngineSocket", response: web.WebSocketResponse) -> bool:
    """Whether the client has come over. Of several that probe at once the first one counts."""
    try:
        async with asyncio.timeout(PROBE_TIMEOUT):
            if not await _says(response, PROBE) or socket.upgrading or socket.upgraded:
                return False
            return await _upgraded(socket, response)
    except (TimeoutError, ConnectionError):
        return False


async def _upgraded(socket: "EngineSocket", response: web.WebSocketResponse) -> bool:
    """Packets are held from the probe to the upgrade, so that none is written to a poll that the client has given up."""
    socket.upgrading = True
    try:
        await response.send_str(PROBE_PONG.decode())
        socket.polling.wake()
        return await _says(response, UPGRADE) and not socket.closed
    finally:
        socket.upgrading = False


async def _says(response: web.WebSocketResponse, text: str) -> bool:
    message = await response.receive()
    return message.type is WSMsgType.TEXT and message.data == text
