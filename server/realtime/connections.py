"""The Socket.IO side of the wire: packets of the one namespace, and the life of a socket between CONNECT and its end."""

import functools
from typing import Any

import structlog

from controllers.socket.contract import Asked
from server.realtime.admission import Admitted, Hooks
from server.realtime.deadlines import Deadlines
from server.realtime.dispatch import Dispatcher
from server.realtime.engine_socket import EngineSocket
from server.realtime.expiry import Expiries
from server.realtime.frames import Frame, connected_frame, disconnected_frame, event_frame, unknown_namespace_frame
from server.realtime.handshake import Handshake
from server.realtime.limits import RealtimeLimits
from server.realtime.metrics import RealtimeMetrics
from server.realtime.packets import CONNECT, DISCONNECT, EVENT, BinaryRefused, decode
from server.realtime.plain_events import plain_event
from server.realtime.rooms import Registry
from server.realtime.sockets import Socket
from services.principal import Origin, Principal

log = structlog.get_logger(__name__)

GREETING = "connection_established"
ENDED = "session_expired"
TOO_MANY = "TOO_MANY_SOCKETS"
EXPIRED = "SESSION_EXPIRED"


class Connections:
    """Listener of the transports. `handshake` and `dispatcher` are set by the facade, which ties the knot."""

    handshake: Handshake
    dispatcher: Dispatcher

    def __init__(self, *, registry: Registry, limits: RealtimeLimits, hooks: Hooks, metrics: RealtimeMetrics) -> None:
        self._registry = registry
        self._limits = limits
        self._hooks = hooks
        self._metrics = metrics
        self._of_transport: dict[EngineSocket, Socket] = {}
        self._expiries = Expiries(warning=limits.expiry_warning, warn=self._warn, expire=self.expire)
        self._without_token: Deadlines[EngineSocket] = Deadlines(limits.auth_timeout, self._no_token)
        self._parting: Deadlines[EngineSocket] = Deadlines(limits.farewell, self._no_token)

    def opened(self, transport: EngineSocket) -> None:
        self._without_token.start(transport)

    def closed(self, transport: EngineSocket) -> None:
        self._without_token.stop(transport)
        self._parting.stop(transport)
        self.handshake.forget(transport)
        if socket := self._of_transport.get(transport):
            self._remove(socket)

    def received(self, transport: EngineSocket, packet: str, arrived: float) -> None:
        socket = self._of_transport.get(transport)
        if socket is not None and (asked := plain_event(packet, arrived)) is not None:
            self.dispatcher.accept(socket, asked)
        else:
            self._received_other(transport, packet, arrived)

    def _received_other(self, transport: EngineSocket, text: str, arrived: float) -> None:
        try:
            packet = decode(text)
        except BinaryRefused:
            transport.cut("binary")
            return
        except (ValueError, RecursionError):
            transport.cut("protocol")
            return
        self._take(transport, packet, len(text), arrived)

    def welcome(self, transport: EngineSocket, origin: Origin, admitted: Admitted) -> None:
        """The greeting is the first event of all, and everything from now on comes after it."""
        if transport.closed or transport.ending:
            return
        sid = transport.server.generate_id()
        socket = Socket(sid=sid, principal=admitted.principal, origin=origin, transport=transport, limits=self._limits)
        socket.send(connected_frame(sid))
        socket.send(event_frame(GREETING, admitted.greeting))
        self._without_token.stop(transport)
        self._parting.stop(transport)
        self._of_transport[transport] = socket
        self._registry.add(socket)
        self._metrics.connected()
        self._tell(functools.partial(self._hooks.connected, sid, socket.principal))
        self._make_room(socket)
        self._expiries.start(socket)

    def end(self, socket: Socket, code: str) -> None:
        """For good: the stock client does not come back after this packet. The transport is left to it for a moment."""
        socket.forget_queue()
        socket.send(event_frame(ENDED, {"code": code}))
        socket.send(disconnected_frame())
        self._metrics.cut("ended")
        self._remove(socket)
        self.refused(socket.transport)

    def refused(self, transport: EngineSocket) -> None:
        """The stock client closes the transport now; one that does not is cut, unless it says a better token."""
        transport.parting = True
        self._without_token.stop(transport)
        self._parting.start(transport)

    def expire(self, socket: Socket) -> None:
        """For now: the client comes back with the token that its `auth` callback gives."""
        socket.forget_queue()
        socket.send(event_frame(ENDED, {"code": EXPIRED}))
        socket.transport.finish("expired")

    def renew(self, socket: Socket, principal: Principal) -> None:
        self._expiries.stop(socket)
        socket.renew(principal)
        self._expiries.start(socket)

    def left(self, socket: Socket, *rooms: Any) -> None:
        self._tell(functools.partial(self._hooks.left, socket.sid, socket.principal, rooms))

    def _take(self, transport: EngineSocket, packet: Any, size: int, arrived: float) -> None:
        if packet.namespace not in (None, "/"):
            self._other_namespace(transport, packet)
            return
        socket = self._of_transport.get(transport)
        if packet.packet_type == CONNECT:
            if socket is not None or self.handshake.is_running(transport):
                transport.cut("protocol")
            else:
                transport.parting = False
                self.handshake.start(transport, packet.data)
        elif socket is None:
            if not transport.parting:
                transport.cut("protocol")
        elif packet.packet_type == EVENT:
            self._event(socket, packet, size, arrived)
        elif packet.packet_type == DISCONNECT:
            self._remove(socket)
            self._without_token.start(transport)
        # An ack answers nothing: this server never asks for one.

    def _event(self, socket: Socket, packet: Any, size: int, arrived: float) -> None:
        if not isinstance(packet.data, list) or not packet.data:
            socket.transport.cut("protocol")
            return
        name, *args = packet.data
        self.dispatcher.accept(socket, Asked(name, args, packet.id, size, arrived))

    @staticmethod
    def _other_namespace(transport: EngineSocket, packet: Any) -> None:
        if packet.packet_type == CONNECT:
            transport.push(unknown_namespace_frame(packet.namespace))
        else:
            transport.cut("protocol")

    def _make_room(self, newest: Socket) -> None:
        of_user = self._registry.of_user(newest.principal.user_id)
        if 0 < self._limits.max_sockets_per_user < len(of_user):
            for socket in of_user[: len(of_user) - self._limits.max_sockets_per_user]:
                self.end(socket, TOO_MANY)

    def _remove(self, socket: Socket) -> None:
        if socket.gone:
            return
        socket.gone = True
        self._of_transport.pop(socket.transport, None)
        self._expiries.stop(socket)
        self.left(socket, *self._registry.remove(socket))
        self._metrics.disconnected()
        self._tell(functools.partial(self._hooks.disconnected, socket.sid, socket.principal))

    @staticmethod
    def _warn(socket: Socket, left: int) -> None:
        socket.send(event_frame("token_expiring", {"expiresIn": left}))

    @staticmethod
    def _no_token(transport: EngineSocket) -> None:
        transport.cut("no_token")

    @staticmethod
    def _tell(hook: Any) -> None:
        try:
            hook()
        except Exception as error:  # noqa: BLE001  # what listens must not break the life of sockets
            log.error("hook_failed", error=type(error).__name__)


def encoded(event: str, payload: Any) -> Frame | None:
    """None, and a line in the log, for what JSON cannot say: telling never raises."""
    try:
        return event_frame(event, payload)
    except TypeError as error:
        log.error("event_not_json", socket_event=event, why=str(error)[:100])
        return None
