"""What the broadcaster asks of the sockets of this node; server.realtime.Realtime is it."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from services.room_names import RoomName

Payload = Mapping[str, Any]


class Sockets(Protocol):
    """Sync and quick: each call only queues bytes, and none raises for a socket that is gone."""

    def members(self, room: RoomName) -> Collection[str]: ...

    def anybody_in(self, room: RoomName) -> bool: ...

    def sockets_of(self, user_id: int) -> Collection[str]: ...

    def to_room(self, room: RoomName, event: str, payload: Payload, *, skip: str | None = None) -> None: ...

    def to_user(self, user_id: int, event: str, payload: Payload, *, outside: RoomName | None = None) -> None: ...

    def to_socket(self, socket_id: str, event: str, payload: Payload) -> None: ...

    def leave(self, socket_id: str, room: RoomName) -> bool: ...

    def expel(self, user_id: int, room: RoomName, told: Payload) -> None: ...

    def end_sessions(self, user_id: int, session_ids: Collection[str] | None, code: str) -> None: ...
