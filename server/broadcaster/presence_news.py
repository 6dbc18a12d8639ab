"""Who came or went is told to those who may see it."""

from collections.abc import Sequence

from server.broadcaster.digest import Present
from server.broadcaster.sockets import Sockets
from services.events import PresenceChanged
from services.presence import Presence
from services.room_names import conversation_room, presence_room


class PresenceNews:
    def __init__(self, *, presence: Presence, sockets: Sockets, present: Present) -> None:
        self._presence = presence
        self._sockets = sockets
        self._present = present

    async def tell(self, facts: Sequence[PresenceChanged]) -> None:
        conversations = await self._presence.visible_conversations(list({fact.user_id for fact in facts}))
        for fact in facts:
            self._tell(fact, conversations[fact.user_id])

    def _tell(self, fact: PresenceChanged, conversation_ids: Sequence[int]) -> None:
        """To rooms shared with that user where presence is not hidden, and to those that asked; to each socket once."""
        told = set(self._sockets.members(presence_room(fact.user_id)))
        for conversation_id in conversation_ids:
            told.update(self._sockets.members(conversation_room(conversation_id)))
        payload = self._present("presence_changed", fact)
        for socket_id in told - set(self._sockets.sockets_of(fact.user_id)):
            self._sockets.to_socket(socket_id, "presence_changed", payload)
