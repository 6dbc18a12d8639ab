"""The sockets of this node, for the rest of the server."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Any

from aiohttp import web

from server.realtime.admission import Admission, Hooks, visitor_of
from server.realtime.connections import Connections, encoded
from server.realtime.dispatch import Dispatcher, EventBoundary
from server.realtime.engine import PATH, Engine
from server.realtime.engine_socket import EngineSocket, Hearts
from server.realtime.handshake import Handshake
from server.realtime.limits import RealtimeLimits
from server.realtime.metrics import RealtimeMetrics
from server.realtime.postman import Postman
from server.realtime.reading import Reading
from server.realtime.rooms import Registry
from server.realtime.sockets import Socket
from services.principal import Principal
from services.room_names import RoomName

Payload = Mapping[str, Any]


class Realtime:
    """Implements controllers.socket.hub.Rooms and server.broadcaster.sockets.Sockets.

    All but `close_all` is sync, only queues bytes, and neither waits nor raises; a sid that has gone is no error.
    """

    def __init__(
        self,
        *,
        limits: RealtimeLimits,
        admission: Admission,
        boundary: EventBoundary,
        hooks: Hooks,
        metrics: RealtimeMetrics,
        cors_origins: tuple[str, ...],
        client_address: Callable[[web.Request], str],
        session_prefix: str = "",
    ) -> None:
        self._limits = limits
        postman = Postman()
        self._registry = Registry(postman)
        # Asked for each message, so without a step in between.
        self.anybody_in = self._registry.anybody_in
        self._connections = Connections(registry=self._registry, limits=limits, hooks=hooks, metrics=metrics)
        self._dispatcher = Dispatcher(boundary=boundary, limits=limits, metrics=metrics)
        self._handshake = Handshake(
            admission=admission,
            explain=boundary.failure,
            welcome=self._connections.welcome,
            refused=self._connections.refused,
        )
        self._connections.dispatcher = self._dispatcher
        self._connections.handshake = self._handshake

        hearts = Hearts(limits)
        reading = Reading()

        def make_socket(server: Any, sid: str, request: web.Request) -> EngineSocket:
            return EngineSocket(
                server,
                sid,
                visitor_of(request, client_address),
                limits=limits,
                listener=self._connections,
                metrics=metrics,
                postman=postman,
                hearts=hearts,
                reading=reading,
            )

        self._engine = Engine(limits=limits, cors_origins=cors_origins, make_socket=make_socket, prefix=session_prefix)

    def attach(self, app: web.Application) -> None:
        """Serve /socket.io/ on `app`. It is closed in `on_shutdown`, before the server waits for open connections."""
        self._engine.attach(app, PATH)
        app.on_shutdown.append(self._on_shutdown)

    def enter(self, socket_id: str, room: RoomName) -> bool:
        return self._registry.enter(socket_id, room)

    def leave(self, socket_id: str, room: RoomName) -> bool:
        socket = self._registry.sockets.get(socket_id)
        left = self._registry.leave(socket_id, room)
        if left and socket is not None:
            self._connections.left(socket, room)
        return left

    def is_in(self, socket_id: str, room: RoomName) -> bool:
        return room in self.rooms_of(socket_id)

    def members(self, room: RoomName) -> frozenset[str]:
        return frozenset(socket.sid for socket in self._registry.members(room))

    def users_in(self, room: RoomName) -> set[int]:
        return {socket.principal.user_id for socket in self._registry.members(room)}

    def count(self, room: RoomName) -> int:
        return self._registry.count(room)

    def rooms_of(self, socket_id: str) -> frozenset[RoomName]:
        socket = self._registry.sockets.get(socket_id)
        return frozenset(socket.rooms) if socket is not None else frozenset()

    def principals(self) -> list[Principal]:
        """Of all sockets."""
        return [socket.principal for socket in self._registry.sockets.values()]

    def rooms(self) -> list[RoomName]:
        """In which somebody is."""
        return self._registry.rooms()

    def sockets_of(self, user_id: int) -> tuple[str, ...]:
        """Oldest first."""
        return tuple(socket.sid for socket in self._registry.of_user(user_id))

    def openings(self, user_id: int) -> list[tuple[int, str]]:
        """(when, socket id)"""
        return [(socket.opened_at, socket.sid) for socket in self._registry.of_user(user_id)]

    def socket_ids(self) -> tuple[str, ...]:
        return tuple(self._registry.sockets)

    def room_count(self) -> int:
        """Rooms that somebody entered; the one that every user has is not counted."""
        return self._registry.room_count

    def socket_count(self) -> int:
        return len(self._registry.sockets)

    def to_room(self, room: RoomName, event: str, payload: Payload, *, skip: str | None = None) -> None:
        audience = self._registry.audience(room, skip)
        if audience.anybody and (frame := encoded(event, payload)) is not None:
            audience.send(frame)

    def to_user(self, user_id: int, event: str, payload: Payload, *, outside: RoomName | None = None) -> None:
        """All sockets of the user, but for those in the room `outside`."""
        self._send([it for it in self._registry.of_user(user_id) if outside not in it.rooms], event, payload)

    def to_socket(self, socket_id: str, event: str, payload: Payload) -> None:
        socket = self._registry.sockets.get(socket_id)
        self._send([] if socket is None else [socket], event, payload)

    def end_socket(self, socket_id: str, code: str) -> None:
        """For good: `session_expired {code}`, then a packet after which the stock client does not come back."""
        if socket := self._registry.sockets.get(socket_id):
            self._connections.end(socket, code)

    def end_sessions(self, user_id: int, session_ids: Collection[str] | None, code: str) -> None:
        """For good, all sockets of these sessions (None: of the user), and those that are just being admitted."""
        self._handshake.revocations.note(user_id)
        for socket in self._registry.of_user(user_id):
            if session_ids is None or socket.principal.session_id in session_ids:
                self._connections.end(socket, code)

    def expel(self, user_id: int, room: RoomName, told: Payload) -> None:
        """All sockets of the user leave the room and those that were in it get `room_left` with `told`."""
        expelled = [socket for socket in self._registry.of_user(user_id) if self.leave(socket.sid, room)]
        self._send(expelled, "room_left", told)

    def renew(self, socket_id: str, principal: Principal) -> bool:
        """The socket lives on to the new expiry. False when it has gone or belongs to somebody else."""
        socket = self._registry.sockets.get(socket_id)
        if socket is None or socket.principal.user_id != principal.user_id:
            return False
        self._connections.renew(socket, principal)
        return True

    async def close_all(self) -> None:
        """Let what has begun be answered, then close every TCP connection, and tell nothing final (fact 12)."""
        self._engine.stopping = True
        await self._dispatcher.drain(self._limits.drain)
        departures = []
        for transport in list(self._engine.sockets.values()):
            if (departure := transport.departure()) is not None:
                departures.append(departure)
            transport.finish("shutdown")
        # Each is cut after `farewell` at the latest.
        await asyncio.gather(*departures)

    async def _on_shutdown(self, _: web.Application) -> None:
        await self.close_all()

    @staticmethod
    def _send(sockets: list[Socket], event: str, payload: Payload) -> None:
        """One encoding for all of them."""
        frame = encoded(event, payload) if sockets else None
        if frame is not None:
            for socket in sockets:
                socket.send(frame)
