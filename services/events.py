"""Facts: what happened, told after COMMIT. They carry ids, so that they can cross to other nodes without content.

Fields marked `local` stay in this process: they spare the node where it happened a look in the database.
"""

import datetime
from dataclasses import Field, dataclass, field
from typing import Any, ClassVar

LOCAL = {"local": True}


class Fact:
    """Base of all facts, each of which is a dataclass."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


# Made for each message, and not frozen, which would double its price: nobody changes it either.
@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class MessagePosted(Fact):
    conversation_id: int
    seq: int
    change: int
    message: Any = field(default=None, compare=False, metadata=LOCAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(Fact):
    conversation_id: int
    seq: int
    change: int
    message: Any = field(default=None, compare=False, metadata=LOCAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(Fact):
    conversation_id: int
    seq: int
    change: int
    message: Any = field(default=None, compare=False, metadata=LOCAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReacted(Fact):
    """Somebody reacted to it, or took that back."""

    conversation_id: int
    seq: int
    change: int
    message: Any = field(default=None, compare=False, metadata=LOCAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesRead(Fact):
    conversation_id: int
    user_id: int
    updated_count: int
    read_seq: int
    read_at: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesDelivered(Fact):
    conversation_id: int
    user_id: int
    delivered_seq: int
    delivered_at: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingStarted(Fact):
    conversation_id: int
    user_id: int
    socket_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingStopped(Fact):
    conversation_id: int
    user_id: int
    socket_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationCreated(Fact):
    conversation_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationChanged(Fact):
    """State, rights or one's own settings changed. `user_id`: only this participant's view did; None: everybody's."""

    conversation_id: int
    user_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationOpened(Fact):
    """Somebody looked into it. `action` as on the trail. What an administrator gave as a reason is not for the bus: whoever
    tells it reads it."""

    conversation_id: int
    user_id: int
    role: str
    action: str
    opened_at: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantRemoved(Fact):
    conversation_id: int
    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CareLinkChanged(Fact):
    """A link between these two began or ended: who may write and who sees whose presence follows the database."""

    patient_id: int
    doctor_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsEnded(Fact):
    """These sessions may receive nothing more. None: all that this person has open, with tokens of a host too, which have no
    session."""

    user_id: int
    session_ids: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDisabled(Fact):
    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanged(Fact):
    """Name or role changed."""

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsTold(Fact):
    """This person has new notifications, or these were read on one of their devices."""

    user_id: int
    notification_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(Fact):
    """Computed by each node for itself from the shared presence; never sent to other nodes."""

    user_id: int
    online: bool
    last_seen_at: datetime.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionStatsChanged(Fact):
    """The stats that administrators subscribed to; computed by each node for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveProgressed(Fact):
    """The archive of everything about this person got on, is ready or is no more. `progress`: percent."""

    archive_id: int
    user_id: int
    state: str
    progress: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportProgressed(Fact):
    """An export that this person asked for got on, is ready or failed. `progress`: percent."""

    export_id: int
    conversation_id: int
    user_id: int
    format: str
    state: str
    progress: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked(Fact):
    """In the forum."""

    question_id: int
    question: Any = field(default=None, compare=False, metadata=LOCAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionChanged(Fact):
    """Edited, removed or restored."""

    question_id: int
    question: Any = field(default=None, compare=False, metadata=LOCAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPosted(Fact):
    question_id: int
    answer_id: int
    answer: Any = field(default=None, compare=False, metadata=LOCAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChanged(Fact):
    """Edited, removed or restored."""

    question_id: int
    answer_id: int
    answer: Any = field(default=None, compare=False, metadata=LOCAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerAccepted(Fact):
    """`answer_id` None: the asker took it back."""

    question_id: int
    answer_id: int | None
    change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteChanged(Fact):
    """`answer_id` None: of the question itself."""

    question_id: int
    answer_id: int | None
    change: int
    score: int
    up_count: int
    down_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTypingStarted(Fact):
    """`user_id` None: the asker, under a pseudonym."""

    question_id: int
    user_id: int | None
    socket_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTypingStopped(Fact):
    question_id: int
    user_id: int | None
    socket_id: str
