"""What this node has told each of its rooms, by `change`: nothing twice, and a gap is seen."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.events import MessageDeleted, MessageEdited, MessagePosted

MessageFact = MessagePosted | MessageEdited | MessageDeleted


@dataclass(slots=True)
class RoomTrack:
    """All changes up to `floor` are told, and those in `ahead`. The floor is unknown until the first join has read it."""

    floor: int | None = None
    ahead: set[int] = field(default_factory=set)

    def tell(self, change: int) -> bool:
        """False when it was told before."""
        if (self.floor is not None and change <= self.floor) or change in self.ahead:
            return False
        self.ahead.add(change)
        self._settle()
        return True

    def start(self, floor: int) -> None:
        """The first socket of the room has its page up to here."""
        if self.floor is None:
            self.floor = floor
            self.ahead = {change for change in self.ahead if change > floor}
            self._settle()

    def settle_up_to(self, change: int) -> None:
        """Whatever lies below was looked up: what is still missing there was replaced by a later change."""
        if self.floor is not None and change > self.floor:
            self.floor = change
            self.ahead = {later for later in self.ahead if later > change}
            self._settle()

    def _settle(self) -> None:
        if self.floor is None:
            return
        while self.floor + 1 in self.ahead:
            self.floor += 1
            self.ahead.discard(self.floor)


class RoomTracks:
    """The tracks of the conversations that have sockets here."""

    def __init__(self) -> None:
        self._tracks: dict[int, RoomTrack] = {}

    def of(self, conversation_id: int) -> RoomTrack:
        return self._tracks.setdefault(conversation_id, RoomTrack())

    def get(self, conversation_id: int) -> RoomTrack | None:
        return self._tracks.get(conversation_id)

    def forget(self, conversation_id: int) -> None:
        self._tracks.pop(conversation_id, None)

    def conversations(self) -> Iterable[tuple[int, RoomTrack]]:
        return self._tracks.items()
