"""What the reconciler has to know of its node. The broadcaster and the sockets' registry offer it."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class RoomPosition:
    """What the sockets of a room were told: every change up to `change` and those in `changes_ahead`; as new messages
    those up to `seq` and those in `seqs_ahead`."""

    change: int
    seq: int
    changes_ahead: AbstractSet[int] = frozenset()
    seqs_ahead: AbstractSet[int] = frozenset()


class LocalSocket(NamedTuple):
    """`session_id` is None for tokens of a host application; `role` is the one the socket acts with."""

    user_id: int
    session_id: str | None
    role: str


class LocalView(Protocol):
    """All of it is about this node only, and cheap."""

    def rooms(self) -> Mapping[int, RoomPosition]:
        """Conversations with a socket here, but for those whose first join has not been answered yet."""

    def sitting(self) -> Iterable[tuple[int, int]]:
        """(conversation, user) for every socket in a conversation's room."""

    def sockets(self) -> Iterable[LocalSocket]: ...

    def watching(self) -> Iterable[tuple[int, int]]:
        """(user, watched user) for every socket in somebody's presence room."""

    def settle(self, conversation_id: int, *, change: int, seq: int) -> None:
        """Everything up to here was told or was replaced by what was told: floors may move up to it, never back."""
