"""What the house does when a socket comes, leaves a room, or goes."""

from collections.abc import Collection

from server.broadcaster import Digest
from server.node_view import NodeView
from server.workforce import Workforce
from services.principal import Principal
from services.room_names import RoomName, conversation_of, question_of


class SocketHooks:
    """server.realtime.Hooks. Sync, and none of it may fail: a socket that goes has nobody to tell."""

    def __init__(self, *, work: Workforce) -> None:
        self._work = work
        self._view: NodeView | None = None
        self._digest: Digest | None = None

    def connect(self, *, view: NodeView, digest: Digest) -> None:
        """Both need the sockets, which need these hooks."""
        self._view, self._digest = view, digest

    def connected(self, sid: str, principal: Principal) -> None:
        assert self._digest is not None, "connect() comes first"
        self._work.presence.connected(sid, principal.user_id)
        # What was sent to them while they were being greeted is in no greeting.
        self._digest.touch_count(principal.user_id)

    def left(self, sid: str, principal: Principal, rooms: Collection[RoomName]) -> None:
        assert self._view is not None, "connect() comes first"
        for room in rooms:
            if (conversation_id := conversation_of(room)) is not None:
                self._work.typing.left(sid, conversation_id)
                self._view.left(conversation_id)
            elif (question_id := question_of(room)) is not None:
                self._work.forum.typing.left(sid, question_id)

    def disconnected(self, sid: str, principal: Principal) -> None:
        assert self._digest is not None, "connect() comes first"
        self._work.typing.disconnected(sid)
        self._work.forum.typing.disconnected(sid)
        self._work.presence.disconnected(sid, principal.user_id)
        self._digest.forget_user_if_gone(principal.user_id)
