"""Who came or went is told to those who may see it.

Who comes alone is told of at once. When a thousand come back together, those of a moment share a look in the database.
"""

import asyncio
from collections.abc import Sequence

import structlog

from repositories.errors import StorageUnavailable
from server.broadcaster.digest import Present
from server.broadcaster.sockets import Sockets
from services.events import PresenceChanged
from services.presence import Presence
from services.room_names import conversation_room, presence_room
from services.tasks import end

log = structlog.get_logger(__name__)

MOMENT = 0.05
PAUSE_WHILE_AWAY = 1.0
# What may wait for a look, and what one look is about at most.
MOST, AT_ONCE = 10_000, 500


class PresenceNews:
    def __init__(
        self,
        *,
        presence: Presence,
        sockets: Sockets,
        present: Present,
        moment: float = MOMENT,
        pause: float = PAUSE_WHILE_AWAY,
    ) -> None:
        self._presence = presence
        self._sockets = sockets
        self._present = present
        self._moment = moment
        self._pause = pause
        self._waiting: list[PresenceChanged] = []
        self._task: asyncio.Task[None] | None = None

    def tell(self, fact: PresenceChanged) -> None:
        """Soon, in the order in which they came."""
        if len(self._waiting) >= MOST:
            log.warning("broadcast_queue_full", fact=type(fact).__name__)
            return
        self._waiting.append(fact)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="presence news")

    async def close(self) -> None:
        await end([self._task])

    async def _work(self) -> None:
        while self._waiting:
            facts = self._waiting[:AT_ONCE]
            del self._waiting[:AT_ONCE]
            try:
                await self._look_and_tell(facts)
            except StorageUnavailable:
                log.warning("presence_postponed", facts=len(facts), why="database out of reach")
                await asyncio.sleep(self._pause)
                self._put_back(facts)
            except Exception:
                log.exception("broadcast_failed", facts=len(facts))
            await asyncio.sleep(self._moment)

    def _put_back(self, facts: Sequence[PresenceChanged]) -> None:
        """Nobody would look again: who went meanwhile would seem to be here for ever. Of each person the last one counts."""
        self._waiting = list({fact.user_id: fact for fact in (*facts, *self._waiting)}.values())

    async def _look_and_tell(self, facts: Sequence[PresenceChanged]) -> None:
        conversations = await self._presence.visible_conversations(list({fact.user_id for fact in facts}))
        for fact in facts:
            self._tell(fact, conversations[fact.user_id])

    def _tell(self, fact: PresenceChanged, conversation_ids: Sequence[int]) -> None:
        """To rooms shared with that user where presence is not hidden, and to those that asked; to each socket once."""
        told: set[str] = set()
        for room in (presence_room(fact.user_id), *map(conversation_room, conversation_ids)):
            if self._sockets.anybody_in(room):
                told.update(self._sockets.members(room))
        if told:
            payload = self._present("presence_changed", fact)
            for socket_id in told.difference(self._sockets.sockets_of(fact.user_id)):
                self._sockets.to_socket(socket_id, "presence_changed", payload)
