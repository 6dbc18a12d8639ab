"""What the house does when a socket comes, leaves a room, or goes."""

from collections.abc import Iterable, Mapping
from typing import Any

from server.broadcaster import Digest
from server.node_view import NodeView
from server.workforce import Workforce
from services.principal import Principal
from services.room_names import RoomName, conversation_of


class SocketHooks:
    """server.realtime.Hooks. Sync, and none of it may fail: a socket that goes has nobody to tell."""

    def __init__(self, *, work: Workforce, view: NodeView, digest: Digest) -> None:
        self._work = work
        self._view = view
        self._digest = digest

    def connected(self, socket_id: str, principal: Principal, greeting: Mapping[str, Any]) -> None:
        self._digest.know_count(principal.user_id, greeting["unreadCount"])
        self._work.presence.connected(socket_id, principal.user_id)

    def left(self, socket_id: str, principal: Principal, rooms: Iterable[RoomName]) -> None:
        for room in rooms:
            if (conversation_id := conversation_of(room)) is not None:
                self._work.typing.left(socket_id, conversation_id)
                self._view.left(conversation_id)

    def disconnected(self, socket_id: str, principal: Principal) -> None:
        self._work.typing.disconnected(socket_id)
        self._work.presence.disconnected(socket_id, principal.user_id)
        self._digest.forget_user_if_gone(principal.user_id)
