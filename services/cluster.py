"""Who is connected where: a node tells the others of its own sockets and rooms, and keeps what they tell of theirs.

Nothing here is the truth about messages or rights, only about who is at the other end right now. Every change has a
version; who sees a hole in the versions asks for all of it again, so that a lost piece of news heals within a beat.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from services.node_news import NodeBeat, NodeDelta, NodeLeft, NodeNews, NodeSnapshot, SnapshotWanted
from services.ports import Clock

Item = TypeVar("Item")

# Keeps a piece of news below what the bus carries (7999 bytes), with ids of any size.
ITEMS_A_PIECE = 150
MAX_NODES = 256
ASK_AGAIN_SECONDS = 1.0


UserListener = Callable[[int, int, int, str], None]


@dataclass(slots=True)
class _Peer:
    """What another node told. `version` is None until a whole snapshot came."""

    heard: float
    version: int | None = None
    asked: float = float("-inf")
    users: dict[int, int] = field(default_factory=dict)
    rooms: set[int] = field(default_factory=set)
    pieces: dict[int, NodeSnapshot] = field(default_factory=dict)


class Cluster:
    """Everything is sync; call `tick` a few times a second. `local_rooms`: conversations with a room here."""

    def __init__(
        self,
        *,
        node: str,
        send: Callable[[NodeNews], None],
        healthy: Callable[[], bool],
        clock: Clock,
        local_rooms: Callable[[], Collection[int]],
        beat_seconds: float = 2.0,
        silence_seconds: float = 6.0,
    ) -> None:
        self.node = node
        self.moves = 0
        self._send = send
        self._healthy = healthy
        self._clock = clock
        self._local_rooms = local_rooms
        self._beat_seconds = beat_seconds
        self._silence_seconds = silence_seconds
        self._listeners: list[UserListener] = []
        self._sockets: dict[str, int] = {}
        self._here: Counter[int] = Counter()
        self._rooms_told: set[int] = set()
        self._totals: dict[int, int] = {}
        self._peers: dict[str, _Peer] = {}
        self._version = 0
        self._next_beat = float("-inf")
        self._snapshot_due = False

    # -- what is so ---------------------------------------------------------------------------------------------------

    @property
    def totals(self) -> dict[int, int]:
        """User → number of sockets on all nodes. To be read, not changed."""
        return self._totals

    @property
    def nodes(self) -> int:
        return 1 + len(self._peers)

    def rooms(self) -> set[int]:
        """Conversations with at least one socket anywhere."""
        return set(self._local_rooms()).union(*(peer.rooms for peer in self._peers.values()))

    def only_here(self) -> list[int]:
        """Users with all their sockets on this node."""
        return [user_id for user_id, count in self._here.items() if count == self._totals[user_id]]

    def speaks_for(self, node: str) -> bool:
        """Whether this node writes down what `node` knew: itself, or the first of those that outlived it."""
        return node == self.node or (node not in self._peers and self.node == min([self.node, *self._peers]))

    def listen(self, listener: UserListener) -> None:
        """Called with (user, number of sockets before, after, node where it changed)."""
        self._listeners.append(listener)

    # -- this node ----------------------------------------------------------------------------------------------------

    def socket_opened(self, socket_id: str, user_id: int) -> None:
        if socket_id not in self._sockets:
            self._sockets[socket_id] = user_id
            self._local_user(user_id, 1)

    def socket_closed(self, socket_id: str) -> None:
        user_id = self._sockets.pop(socket_id, None)
        if user_id is not None:
            self._local_user(user_id, -1)

    def _local_user(self, user_id: int, step: int) -> None:
        self._here[user_id] += step
        count = self._here[user_id]
        if not count:
            del self._here[user_id]
        self._tell_delta(users=((user_id, count),))
        self._add(user_id, step, self.node)

    def announce(self) -> None:
        """When the bus (again) carries: tell all, and ask for all."""
        self._send(SnapshotWanted(node=self.node))
        self._snapshot_due = True

    def leave(self) -> None:
        self._send(NodeLeft(node=self.node))

    def tick(self) -> None:
        now = self._clock()
        self._tell_rooms()
        if self._snapshot_due:
            self._snapshot_due = False
            self._tell_all()
        if now >= self._next_beat:
            self._next_beat = now + self._beat_seconds
            self._send(NodeBeat(node=self.node, version=self._version))
        self._forget_silent(now)

    def _tell_rooms(self) -> None:
        rooms = set(self._local_rooms())
        opened, emptied = rooms - self._rooms_told, self._rooms_told - rooms
        self._rooms_told = rooms
        for piece in _pieces(sorted(opened)):
            self._tell_delta(opened=piece)
        for piece in _pieces(sorted(emptied)):
            self._tell_delta(emptied=piece)
        if opened or emptied:
            self.moves += 1

    def _tell_delta(
        self,
        *,
        users: tuple[tuple[int, int], ...] = (),
        opened: tuple[int, ...] = (),
        emptied: tuple[int, ...] = (),
    ) -> None:
        self._version += 1
        self._send(NodeDelta(node=self.node, version=self._version, users=users, opened=opened, emptied=emptied))

    def _tell_all(self) -> None:
        users = list(_pieces(list(self._here.items())))
        rooms = list(_pieces(list(self._rooms_told)))
        parts = max(len(users), len(rooms), 1)
        for part in range(parts):
            self._send(
                NodeSnapshot(
                    node=self.node,
                    version=self._version,
                    part=part,
                    parts=parts,
                    users=users[part] if part < len(users) else (),
                    rooms=rooms[part] if part < len(rooms) else (),
                )
            )

    def _forget_silent(self, now: float) -> None:
        if not self._healthy():
            # Silence says nothing about the others while nobody can be heard.
            for peer in self._peers.values():
                peer.heard = now
            return
        for node in [node for node, peer in self._peers.items() if now - peer.heard >= self._silence_seconds]:
            self._forget(node)

    # -- the others ---------------------------------------------------------------------------------------------------

    def receive(self, news: NodeNews) -> None:
        if news.node == self.node:
            return
        if isinstance(news, NodeLeft):
            self._forget(news.node)
            return
        peer = self._peer(news.node)
        if isinstance(news, NodeBeat) and news.version != peer.version:
            self._ask(news.node, peer)
        elif isinstance(news, NodeDelta):
            self._apply(peer, news)
        elif isinstance(news, NodeSnapshot):
            self._collect(peer, news)
        elif isinstance(news, SnapshotWanted) and news.of in (None, self.node):
            self._snapshot_due = True

    def _peer(self, node: str) -> _Peer:
        peer = self._peers.get(node)
        if peer is None:
            if len(self._peers) >= MAX_NODES:
                self._forget(min(self._peers, key=lambda known: self._peers[known].heard))
            peer = self._peers[node] = _Peer(self._clock())
            self.moves += 1
        peer.heard = self._clock()
        return peer

    def _ask(self, node: str, peer: _Peer) -> None:
        if self._clock() - peer.asked >= ASK_AGAIN_SECONDS:
            peer.asked = self._clock()
            self._send(SnapshotWanted(node=self.node, of=node))

    def _apply(self, peer: _Peer, delta: NodeDelta) -> None:
        if peer.version is None or delta.version > peer.version + 1:
            self._ask(delta.node, peer)
            return
        if delta.version <= peer.version:
            return
        peer.version = delta.version
        for user_id, count in delta.users:
            self._set(delta.node, peer, user_id, count)
        peer.rooms.update(delta.opened)
        peer.rooms.difference_update(delta.emptied)
        self.moves += 1

    def _collect(self, peer: _Peer, piece: NodeSnapshot) -> None:
        if peer.version is not None and piece.version <= peer.version:
            return
        if any(known.version != piece.version for known in peer.pieces.values()):
            peer.pieces.clear()
        peer.pieces[piece.part] = piece
        if len(peer.pieces) < piece.parts:
            return
        users = {user_id: count for known in peer.pieces.values() for user_id, count in known.users}
        for user_id in [user_id for user_id in peer.users if user_id not in users]:
            self._set(piece.node, peer, user_id, 0)
        for user_id, count in users.items():
            self._set(piece.node, peer, user_id, count)
        peer.rooms = {room for known in peer.pieces.values() for room in known.rooms}
        peer.version = piece.version
        peer.pieces.clear()
        self.moves += 1

    def _forget(self, node: str) -> None:
        peer = self._peers.pop(node, None)
        if peer is None:
            return
        self.moves += 1
        for user_id in list(peer.users):
            self._set(node, peer, user_id, 0)

    def _set(self, node: str, peer: _Peer, user_id: int, count: int) -> None:
        step = count - peer.users.get(user_id, 0)
        if count:
            peer.users[user_id] = count
        else:
            peer.users.pop(user_id, None)
        if step:
            self._add(user_id, step, node)

    def _add(self, user_id: int, step: int, node: str) -> None:
        before = self._totals.get(user_id, 0)
        after = before + step
        if after:
            self._totals[user_id] = after
        else:
            self._totals.pop(user_id, None)
        self.moves += 1
        for listener in self._listeners:
            listener(user_id, before, after, node)


def _pieces(items: Collection[Item]) -> Iterator[tuple[Item, ...]]:
    rest = iter(items)
    while piece := tuple(islice(rest, ITEMS_A_PIECE)):
        yield piece
