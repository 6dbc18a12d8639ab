"""What this node has told each of its rooms, by `change` and by `seq`: nothing twice, and a gap is seen."""

from collections.abc import Collection, Mapping

from services.events import MessageDeleted, MessageEdited, MessagePosted, MessageReacted
from services.message_view import Message

MessageFact = MessagePosted | MessageEdited | MessageDeleted | MessageReacted


class Ladder:
    """Steps that were taken: all up to `floor`, and those in `ahead`. The floor is unknown until a first join read it."""

    __slots__ = ("ahead", "floor")

    def __init__(self) -> None:
        self.floor: int | None = None
        self.ahead: set[int] = set()

    def take(self, step: int) -> bool:
        """False when it was taken before."""
        floor = self.floor
        if floor is not None and step == floor + 1 and not self.ahead:
            self.floor = step  # as it nearly always is
            return True
        if (floor is not None and step <= floor) or step in self.ahead:
            return False
        self.ahead.add(step)
        self._close_up()
        return True

    def raise_to(self, step: int) -> None:
        """Nothing below is missing any more; the floor never goes down."""
        if self.floor is None or step > self.floor:
            self.floor = step
            self.ahead = {later for later in self.ahead if later > step}
        self._close_up()

    def _close_up(self) -> None:
        while self.floor is not None and self.floor + 1 in self.ahead:
            self.floor += 1
            self.ahead.discard(self.floor)


class RoomTrack:
    __slots__ = ("changes", "seqs")

    def __init__(self) -> None:
        self.changes = Ladder()
        self.seqs = Ladder()

    def event_for(self, fact: MessageFact, message: Message) -> str | None:
        """The event that tells the room of `message` as it is now; None when the room has it already.

        A message that the room never heard of is new to it, even when it was edited since.
        """
        news = self.changes.take(message.change)
        if fact.change != message.change:
            self.changes.take(fact.change)
        if not news:
            return None
        sure = self.seqs.floor is not None
        unheard = self.seqs.take(message.seq)
        if isinstance(fact, MessagePosted) or (sure and unheard):
            return "new_message"
        if message.deleted_at is not None:
            return "message_deleted"
        return "reactions_changed" if isinstance(fact, MessageReacted) else "message_updated"


class RoomTracks:
    """The tracks of the conversations that have sockets here."""

    def __init__(self) -> None:
        self._tracks: dict[int, RoomTrack] = {}

    def of(self, conversation_id: int) -> RoomTrack:
        if conversation_id not in self._tracks:
            self._tracks[conversation_id] = RoomTrack()
        return self._tracks[conversation_id]

    def start(self, conversation_id: int, *, change: int, seq: int) -> None:
        """The first socket of the room has its page up to here; a later one changes nothing."""
        track = self.of(conversation_id)
        if track.changes.floor is None:
            track.changes.raise_to(change)
            track.seqs.raise_to(seq)

    def settle(self, conversation_id: int, *, change: int, seq: int) -> None:
        """Everything up to here was told, or was replaced by what was told."""
        if (track := self._tracks.get(conversation_id)) is not None:
            track.changes.raise_to(change)
            track.seqs.raise_to(seq)

    def forget(self, conversation_id: int) -> None:
        self._tracks.pop(conversation_id, None)

    def started(self) -> Mapping[int, RoomTrack]:
        """Those whose floor is known."""
        return {key: track for key, track in self._tracks.items() if track.changes.floor is not None}

    def conversations(self) -> Collection[int]:
        """All that have a socket here."""
        return self._tracks.keys()
