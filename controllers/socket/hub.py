"""What controllers may ask of the sockets of this node. server/realtime implements it."""

from typing import Protocol

from services.room_names import RoomName


class Rooms(Protocol):
    """Entering and leaving rooms. Being in a room is no permission: services decide, before and after."""

    def enter(self, socket_id: str, room: RoomName) -> bool:
        """False when the socket is gone."""

    def leave(self, socket_id: str, room: RoomName) -> bool:
        """False when it was not in the room."""

    def is_in(self, socket_id: str, room: RoomName) -> bool: ...


class CountedRooms(Rooms, Protocol):
    """For who is told how many are there."""

    def count(self, room: RoomName) -> int:
        """Sockets of this node."""
