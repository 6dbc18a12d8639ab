"""Which sockets are where, on this node. A few dictionaries; whoever enters a room was asked by a service before.

Why not the library's manager (python-socketio 5.18.1): any string is a room and a sid is one (fact 18), entering with a sid
that has gone raises KeyError (fact 13), a disconnect walks over all rooms, and a task is made for each recipient (fact 16).
"""

from collections.abc import Iterable

from server.realtime.audience import Audience
from server.realtime.postman import Postman
from server.realtime.sockets import Socket
from services.room_names import RoomName, user_room


class Registry:
    def __init__(self, postman: Postman) -> None:
        self._postman = postman
        self.sockets: dict[str, Socket] = {}
        self._rooms: dict[RoomName, dict[str, Socket]] = {}
        # Oldest first, as dictionaries keep their order.
        self._users: dict[int, dict[str, Socket]] = {}
        # The last one of each room that was told something, until somebody comes or goes.
        self._audiences: dict[RoomName, Audience] = {}

    def add(self, socket: Socket) -> None:
        self.sockets[socket.sid] = socket
        user_id = socket.principal.user_id
        # The personal room is the user's sockets: one dictionary under two names.
        self._rooms[user_room(user_id)] = self._users.setdefault(user_id, {})
        self.enter(socket.sid, user_room(user_id))

    def remove(self, socket: Socket) -> tuple[RoomName, ...]:
        """The rooms it was in."""
        rooms = tuple(socket.rooms)
        for room in rooms:
            self.leave(socket.sid, room)
        self.sockets.pop(socket.sid, None)
        if not self._users.get(socket.principal.user_id):
            self._users.pop(socket.principal.user_id, None)
        return rooms

    def enter(self, sid: str, room: RoomName) -> bool:
        socket = self.sockets.get(sid)
        if socket is None:
            return False
        socket.rooms.add(room)
        self._rooms.setdefault(room, {})[sid] = socket
        self._audiences.pop(room, None)
        return True

    def leave(self, sid: str, room: RoomName) -> bool:
        members = self._rooms.get(room)
        socket = members.pop(sid, None) if members is not None else None
        if socket is None:
            return False
        socket.rooms.discard(room)
        self._audiences.pop(room, None)
        if not members:
            del self._rooms[room]
        return True

    def members(self, room: RoomName) -> Iterable[Socket]:
        """A copy: telling one may remove another."""
        return tuple(self._rooms.get(room, {}).values())

    def count(self, room: RoomName) -> int:
        return len(self._rooms.get(room, ()))

    def rooms(self) -> list[RoomName]:
        return list(self._rooms)

    def anybody_in(self, room: RoomName) -> bool:
        return room in self._rooms

    def audience(self, room: RoomName, skip: str | None) -> Audience:
        """Everybody in the room, but for the socket `skip`."""
        audience = self._audiences.get(room)
        if audience is None or audience.skip != skip or audience.attached != self._postman.attached:
            audience = Audience(self._rooms.get(room, {}).values(), skip=skip, postman=self._postman)
            if room in self._rooms:
                self._audiences[room] = audience
        return audience

    def of_user(self, user_id: int) -> tuple[Socket, ...]:
        return tuple(self._users.get(user_id, {}).values())

    @property
    def room_count(self) -> int:
        """Rooms that somebody entered, not those every user has."""
        return len(self._rooms) - len(self._users)
