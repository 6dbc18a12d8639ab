"""What a node told its rooms besides messages. The broadcaster asks here first, so that nothing is told twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from repositories.repositories import Repositories
from services.events import MessagesDelivered, MessagesRead


@dataclass(slots=True)
class _Room:
    """`started`: somebody joined it. `obstacle` is a word of reply_obstacle(), None when one can write."""

    started: bool = False
    watermarks: dict[int, tuple[int, int]] = field(default_factory=dict)
    obstacle: str | None = None
    obstacle_known: bool = False


_NO_WORD = (False, None)


class Told:
    """Of conversations that have a room here; `forget` them when the last socket is gone."""

    def __init__(self) -> None:
        self._rooms: dict[int, _Room] = {}

    def start(self, conversation_id: int, watermarks: Iterable[tuple[int, int, int]]) -> None:
        """With (user, read, delivered) as the room's first join was told them; a later join changes nothing."""
        room = self._room(conversation_id)
        for user_id, read_seq, delivered_seq in watermarks:
            known_read, known_delivered = room.watermarks.get(user_id, (-1, -1))
            if not room.started:
                room.watermarks[user_id] = (max(known_read, read_seq), max(known_delivered, delivered_seq))
            elif user_id not in room.watermarks:
                room.watermarks[user_id] = (read_seq, delivered_seq)
        room.started = True

    def watermark(self, conversation_id: int, user_id: int) -> tuple[int, int]:
        """(read, delivered), (-1, -1) when nothing is known."""
        room = self._rooms.get(conversation_id)
        return room.watermarks.get(user_id, (-1, -1)) if room else (-1, -1)

    def read(self, fact: MessagesRead) -> bool:
        """False when it was told before. Who read a message has received it, so that both watermarks move."""
        known = self._room(fact.conversation_id).watermarks
        read_seq, delivered_seq = known.get(fact.user_id, (-1, -1))
        if fact.read_seq <= read_seq:
            return False
        known[fact.user_id] = (fact.read_seq, max(delivered_seq, fact.read_seq))
        return True

    def delivered(self, fact: MessagesDelivered) -> bool:
        """False when it was told before."""
        known = self._room(fact.conversation_id).watermarks
        read_seq, delivered_seq = known.get(fact.user_id, (-1, -1))
        if fact.delivered_seq <= delivered_seq:
            return False
        known[fact.user_id] = (read_seq, fact.delivered_seq)
        return True

    def obstacle(self, conversation_id: int, obstacle: str | None) -> bool:
        """False when this was the last word already, or the first one: who joined was told it."""
        room = self._room(conversation_id)
        news = room.obstacle_known and room.obstacle != obstacle
        room.obstacle, room.obstacle_known = obstacle, True
        return news

    def obstacles(self, conversation_ids: Iterable[int]) -> Mapping[int, tuple[bool, str | None]]:
        """conversation → (whether there was a first word, the last one)"""
        rooms = self._rooms
        return {
            key: (rooms[key].obstacle_known, rooms[key].obstacle) if key in rooms else _NO_WORD
            for key in conversation_ids
        }

    def watermarks(self, conversation_ids: Iterable[int]) -> Mapping[tuple[int, int], tuple[int, int]]:
        """(conversation, user) → (read, delivered)"""
        return {
            (conversation_id, user_id): watermark
            for conversation_id in conversation_ids
            if conversation_id in self._rooms
            for user_id, watermark in self._rooms[conversation_id].watermarks.items()
        }

    def forget(self, conversation_id: int) -> None:
        self._rooms.pop(conversation_id, None)

    def keep_only(self, conversation_ids: Iterable[int]) -> None:
        """For rooms that went without a word."""
        for gone in self._rooms.keys() - set(conversation_ids):
            del self._rooms[gone]

    def _room(self, conversation_id: int) -> _Room:
        return self._rooms.setdefault(conversation_id, _Room())


async def obstacle_news(repositories: Repositories, told: Told, conversation_ids: Iterable[int]) -> list[int]:
    """Where another obstacle stands than was told last; from now on it counts as told."""
    rows = await repositories.rights.new_obstacles(told.obstacles(conversation_ids))
    return [row.conversation_id for row in rows if told.obstacle(row.conversation_id, row.obstacle)]
