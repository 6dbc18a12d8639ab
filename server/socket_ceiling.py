"""MAX_SOCKETS_PER_USER over all nodes. Each node closes its own: those that have as many newer ones anywhere.

A node sees in the Cluster that somebody has too many, and only then tells when its sockets of that person were opened.
Who knows too little closes too few, never too many; without a bus each node counts for itself (server/realtime).
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from services.cluster import Cluster
from services.node_news import NodeNews, SocketsOpened
from services.ports import Clock

TOO_MANY = "TOO_MANY_SOCKETS"
# Longer ago they may have gone.
BELIEVED_SECONDS = 1.0
Opening = tuple[int, str]


class Sockets(Protocol):
    """server.realtime.Realtime."""

    def openings(self, user_id: int) -> Sequence[Opening]:
        """(milliseconds since 1970, socket id) of this node's sockets of that user."""

    def end_socket(self, socket_id: str, code: str) -> None: ...


class SocketCeiling:
    """`most` 0: no limit. Call `tick` a few times a second."""

    def __init__(
        self,
        *,
        most: int,
        sockets: Sockets,
        cluster: Cluster,
        send: Callable[[NodeNews], None],
        clock: Clock = time.monotonic,
    ) -> None:
        self._most = most
        self._sockets = sockets
        self._node = cluster.node
        self._send = send
        self._clock = clock
        self._over: set[int] = set()
        # User → node → (when heard, openings)
        self._heard: dict[int, dict[str, tuple[float, tuple[int, ...]]]] = {}
        if most:
            cluster.listen(self._total_changed)

    def tick(self) -> None:
        old = self._clock() - BELIEVED_SECONDS
        for user_id, nodes in list(self._heard.items()):
            if all(heard < old for heard, _ in nodes.values()):
                del self._heard[user_id]
        over, self._over = self._over, set()
        for user_id in over:
            if openings := sorted(self._sockets.openings(user_id)):
                newest = tuple(opened for opened, _ in openings[-self._most :])
                self._send(SocketsOpened(node=self._node, user_id=user_id, at=newest))
                self._close_oldest(user_id)

    def receive(self, news: SocketsOpened) -> None:
        """From another node."""
        if self._most:
            self._heard.setdefault(news.user_id, {})[news.node] = (self._clock(), news.at)
            self._close_oldest(news.user_id)

    def _total_changed(self, user_id: int, before: int, after: int, node: str) -> None:
        if after > max(self._most, before):
            self._over.add(user_id)

    def _close_oldest(self, user_id: int) -> None:
        """All nodes put all sockets that they know of into the same order."""
        old = self._clock() - BELIEVED_SECONDS
        everywhere = [(opened, self._node, sid) for opened, sid in self._sockets.openings(user_id)]
        for node, (heard, openings) in self._heard.get(user_id, {}).items():
            if heard >= old:
                everywhere += [(opened, node, "") for opened in openings]
        for _, node, sid in sorted(everywhere)[: -self._most]:
            if node == self._node:
                self._sockets.end_socket(sid, TOO_MANY)
