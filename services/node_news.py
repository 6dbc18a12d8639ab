"""What nodes tell each other about themselves: ids and counts, nothing else that can be read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeNews:
    """Base of what nodes tell each other about themselves. `node` is who tells."""

    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeBeat(NodeNews):
    """Still there, and this is the version of what it told last."""

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDelta(NodeNews):
    """Users with their new number of sockets (0: none left), rooms that got their first or lost their last socket."""

    version: int
    users: tuple[tuple[int, int], ...] = ()
    opened: tuple[int, ...] = ()
    emptied: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSnapshot(NodeNews):
    """One of `parts` pieces of all there is at that version."""

    version: int
    part: int
    parts: int
    users: tuple[tuple[int, int], ...] = ()
    rooms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotWanted(NodeNews):
    """`of` None: everybody's."""

    of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLeft(NodeNews):
    """A clean goodbye: nobody has to wait for its silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensSpent(NodeNews):
    """Of rate limits, since the last time. Encrypted, since addresses and names are in it (server/limit_exchange.py)."""

    sealed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketsOpened(NodeNews):
    """When this node's sockets of somebody who has too many were opened, in milliseconds since 1970."""

    user_id: int
    at: tuple[int, ...] = ()
