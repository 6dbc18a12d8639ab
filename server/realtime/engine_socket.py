"""Library seam: the transport of one client, in place of engineio.async_socket.AsyncSocket (engineio 4.15.1).

Why not as it is: its queue is unbounded (fact 6); a writer task, a ping task and a reader task a connection, of which some
outlive it; an empty or odd frame raises out of its reader and leaves a zombie; permessage-deflate is on (fact 9); polling
drops more than 16 packets with "200 OK" (fact 8) and reads only the first part of a body; it closes by waiting.
"""

import asyncio
import time
from typing import Any, Protocol

from aiohttp import web
from engineio.exceptions import EngineIOError

from server.realtime.deadlines import Deadlines
from server.realtime.frames import CLOSE, NOOP, PING, Frame, framed, open_frame
from server.realtime.limits import RealtimeLimits
from server.realtime.metrics import RealtimeMetrics
from server.realtime.outbox import Outbox, Overflow
from server.realtime.polling import Polling
from server.realtime.postman import Postman
from server.realtime.rate import Bucket
from server.realtime.reading import Reading
from server.realtime.websocket import serve_websocket
from services.principal import Origin

FLOOD_FACTOR = 20
# One for all of them.
PING_FRAME = framed(PING)


class Listener(Protocol):
    """The Socket.IO side. All sync: a transport never waits for it."""

    def opened(self, transport: "EngineSocket") -> None: ...

    def received(self, transport: "EngineSocket", packet: str, arrived: float) -> None:
        """`packet` still has engine.io's type in front: to cut it off is to copy it. `arrived`: of time.monotonic()."""

    def closed(self, transport: "EngineSocket") -> None: ...


class Hearts:
    """Who is asked for a sign of life, and who owes one: for all transports of a node."""

    def __init__(self, limits: RealtimeLimits) -> None:
        self.resting: Deadlines[EngineSocket] = Deadlines(limits.ping_interval, EngineSocket.ping)
        self.asked: Deadlines[EngineSocket] = Deadlines(limits.ping_timeout, lambda socket: socket.cut("silent"))

    def stop(self, socket: "EngineSocket") -> None:
        self.resting.stop(socket)
        self.asked.stop(socket)


class EngineSocket:
    """`closed`: gone. `ending`: its last packets are on the way, nothing is read any more.

    Not a BaseSocket, whose queue alone takes 3 kB; the server asks for `connected`, `upgraded`, `closed` and the methods
    that are marked as for it. `visitor`: what is known of the other end before it says a token.
    """

    def __init__(
        self,
        server: Any,
        sid: str,
        visitor: Origin,
        *,
        limits: RealtimeLimits,
        listener: Listener,
        metrics: RealtimeMetrics,
        postman: Postman,
        hearts: Hearts,
        reading: Reading,
    ) -> None:
        self.server = server
        self.sid = sid
        self.visitor = visitor
        self.connected = self.upgrading = self.upgraded = False
        self.limits = limits
        self.outbox = Outbox(
            max_packets=limits.max_queue_packets,
            max_bytes=limits.max_queue_bytes,
            postman=postman,
            overflow=self._overflow,
        )
        self.polling = Polling(self)
        self.closed = False
        self.ending = False
        # Its namespace was refused or ended: what the client had sent before it knew is no offence.
        self.parting = False
        self._told = False
        self._listener = listener
        self._metrics = metrics
        self._loop = asyncio.get_running_loop()
        self._wire: asyncio.Transport | None = None
        self._flood = Bucket(limits.event_rate * FLOOD_FACTOR, limits.event_rate * FLOOD_FACTOR * 2)
        self._hearts = hearts
        self.reading = reading
        self._deadline: asyncio.TimerHandle | None = None
        self._departure: asyncio.Future[None] | None = None

    def open(self, upgrades: list[str]) -> None:
        self.connected = True
        self._listener.opened(self)
        self.push(
            open_frame(
                {
                    "sid": self.sid,
                    "upgrades": upgrades,
                    "pingInterval": int(self.limits.ping_interval * 1000),
                    "pingTimeout": int(self.limits.ping_timeout * 1000),
                    "maxPayload": self.limits.max_frame_bytes,
                }
            )
        )
        self._hearts.resting.start(self)

    def push(self, frame: Frame) -> None:
        """Queue a packet. Never waits, never raises; a client that does not read is cut here."""
        if self.closed or self.ending:
            return
        try:
            self.outbox.put(frame)
        except Overflow:
            self._overflow()
            return
        if self.polling.waiter is not None:
            self.polling.wake()

    def receive(self, packet: str) -> None:
        """One engine.io packet of the client."""
        if self.closed or self.ending:
            return
        # One look at the clock for all that judge this packet; asking which loop is running is a system call.
        now = time.monotonic()
        kind = packet[:1]
        if self._flood.take(now):
            self.cut("flood")
        elif kind == "4":
            self._listener.received(self, packet, now)
        elif kind == "3":
            self._pong()
        elif kind == "1":
            self.end()
        elif kind == "b":
            self.cut("binary")
        else:
            self.cut("protocol")

    def is_flooded(self) -> bool:
        """By one frame more, be it a ping or a pong of the WebSocket's own."""
        return self._flood.take(time.monotonic()) > 0

    def cut(self, reason: str, *, gently: bool = False) -> None:
        """Close at once, throwing away what waits. The stock client comes back by itself."""
        if self.closed:
            return
        self._metrics.cut(reason)
        self.end(gently=gently)

    def finish(self, reason: str) -> None:
        """Close after what waits has been taken. The stock client comes back by itself."""
        if self.closed or self.ending:
            return
        self._metrics.cut(reason)
        if self._wire is None:
            # Over polling this packet does what the end of TCP does for a WebSocket.
            self.push(framed(CLOSE))
        self.ending = True
        self._stop_timers()
        self._tell()
        if self._wire is not None:
            self.outbox.deliver()
            self._wire.close()
        self._deadline = self._loop.call_later(self.limits.farewell, self.end)

    def end(self, *, gently: bool = False) -> None:
        """The connection is gone, or is to be gone now; `gently`: after what was written to it already."""
        if self.closed:
            return
        self.closed = self.ending = True
        self._stop_timers()
        self.outbox.clear()
        self.server.sockets.pop(self.sid, None)
        self.polling.abandon()
        self._hang_up(gently=gently)
        self._tell()
        if self._departure is not None and not self._departure.done():
            self._departure.set_result(None)

    def departure(self) -> "asyncio.Future[None] | None":
        """Done when a WebSocket that is being closed has gone. None: there is none to wait for."""
        if self.closed or self._wire is None:
            return None
        if self._departure is None:
            self._departure = self._loop.create_future()
        return self._departure

    def attach(self, wire: asyncio.Transport, answer: bytes) -> None:
        """The client listens on a WebSocket from now on; `answer`: what it must read before."""
        self.upgraded = True
        self.upgrading = False
        self._wire = wire
        try:
            self.outbox.attach(wire, answer)
        except Overflow:
            self._overflow()

    async def handle_get_request(self, environ: dict[str, Any]) -> Any:
        """For engineio.AsyncServer.handle_request: a response or the parts of one."""
        request: web.Request = environ["aiohttp.request"]
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await serve_websocket(self, request)
        if self.upgrading:
            return self.polling.payload([framed(NOOP)])
        return await self.polling.poll(request)

    async def handle_post_request(self, environ: dict[str, Any]) -> None:
        """For engineio.AsyncServer.handle_request, which answers 400 to an EngineIOError."""
        try:
            packets = await self.polling.read(environ["aiohttp.request"])
        except EngineIOError:
            # The library stumbles when the socket has gone meanwhile.
            if self.closed:
                return
            raise
        for packet in packets:
            self.receive(packet)

    async def close(self, **_: Any) -> None:
        """For engineio.AsyncServer.disconnect."""
        self.cut("protocol")

    def _hang_up(self, *, gently: bool) -> None:
        wire, self._wire = self._wire, None
        if wire is None:
            return
        if gently:
            wire.close()
            self._loop.call_later(self.limits.farewell, wire.abort)
        else:
            wire.abort()

    def _overflow(self) -> None:
        # Not within the loop over a room that is being told: its listeners change rooms.
        self._metrics.cut("slow")
        self.ending = True
        self._loop.call_soon(self.end)

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            self._listener.closed(self)

    def ping(self) -> None:
        self.push(PING_FRAME)
        if not self.closed:
            self._hearts.asked.start(self)

    def _pong(self) -> None:
        self._hearts.asked.stop(self)
        self._hearts.resting.start(self)

    def _stop_timers(self) -> None:
        self._hearts.stop(self)
        if self._deadline is not None:
            self._deadline.cancel()
