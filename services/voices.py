"""Who may write where, as the database said a moment ago: typing comes in bursts, and each of them asks."""

from services.events import (
    ArchiveProgressed,
    ConnectionStatsChanged,
    ConversationCreated,
    ConversationOpened,
    ExportProgressed,
    Fact,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageReacted,
    MessagesDelivered,
    MessagesRead,
    NotificationsTold,
    PresenceChanged,
    SessionsEnded,
    TypingStarted,
    TypingStopped,
)
from services.forum_facts import FORUM_FACTS
from services.ports import Clock

# A change of rights acts within a second on all nodes (promise 6), also when no word of it comes.
KEPT_SECONDS = 0.5
MOST = 10_000
# After all others a right may be gone; a new kind of fact is taken for one of those.
TAKES_NO_RIGHT: frozenset[type[Fact]] = frozenset(
    {
        ArchiveProgressed,
        ConnectionStatsChanged,
        ConversationCreated,
        ConversationOpened,
        ExportProgressed,
        MessageDeleted,
        MessageEdited,
        MessagePosted,
        MessageReacted,
        MessagesDelivered,
        MessagesRead,
        NotificationsTold,
        PresenceChanged,
        SessionsEnded,
        TypingStarted,
        TypingStopped,
        *FORUM_FACTS,
    }
)


class Voices:
    """Only a yes is remembered, not longer than KEPT_SECONDS from when it was asked for, and no further than the next change
    of rights that this node hears of.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[tuple[int, int], float] = {}
        self._era = 0

    def known(self, user_id: int, conversation_id: int) -> bool:
        until = self._until.get((user_id, conversation_id))
        return until is not None and self._clock() < until

    def ask(self) -> tuple[int, float]:
        """To be taken before the database is asked, and given to `remember` with its yes."""
        return self._era, self._clock()

    def remember(self, asked: tuple[int, float], user_id: int, conversation_id: int) -> None:
        """Nothing, when rights changed since it was asked: the answer may be of before."""
        era, at = asked
        if era != self._era:
            return
        if len(self._until) >= MOST:
            self._until.clear()
        self._until[user_id, conversation_id] = at + KEPT_SECONDS

    @staticmethod
    def concerned_by(kind: type[Fact]) -> bool:
        """Whether such facts have to be `heard` at all."""
        return kind not in TAKES_NO_RIGHT

    def heard(self, fact: Fact) -> None:
        """Of this node or another."""
        if self.concerned_by(type(fact)):
            self._era += 1
            self._until.clear()
