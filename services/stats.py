"""Connection stats over all nodes, for administrators."""

from dataclasses import dataclass

from services.cluster import Cluster
from services.errors import Forbidden
from services.events import ConnectionStatsChanged
from services.ports import Clock, Publisher
from services.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """`connection_details` holds the users with more than one connection."""

    connections: int
    users: int
    multiple_connections: int
    connection_details: dict[str, int]
    rooms: int
    nodes: int


class ConnectionStats:
    """`tick` tells subscribers of a change, at most once in `pause_seconds`."""

    def __init__(self, *, cluster: Cluster, publisher: Publisher, clock: Clock, pause_seconds: float = 1.0) -> None:
        self._cluster = cluster
        self._publisher = publisher
        self._clock = clock
        self._pause_seconds = pause_seconds
        self._told = (0, 0)
        self._told_at = float("-inf")

    def current(self) -> Stats:
        totals = self._cluster.totals
        details = {str(user_id): count for user_id, count in totals.items() if count > 1}
        return Stats(
            connections=sum(totals.values()),
            users=len(totals),
            multiple_connections=len(details),
            connection_details=details,
            rooms=len(self._cluster.rooms()),
            nodes=self._cluster.nodes,
        )

    def get(self, principal: Principal) -> Stats:
        """Raises Forbidden for who is no administrator."""
        if not principal.is_admin:
            raise Forbidden(reason="only_admins")
        return self.current()

    def tick(self) -> None:
        state, now = (self._cluster.moves, self._cluster.nodes), self._clock()
        if state != self._told and now - self._told_at >= self._pause_seconds:
            self._told, self._told_at = state, now
            self._publisher.publish(ConnectionStatsChanged())
