"""Connection stats over nodes, for administrators, told at most once a second."""

import pytest

from services.cluster import Cluster
from services.errors import Forbidden
from services.events import ConnectionStatsChanged
from services.node_news import NodeDelta, NodeNews, NodeSnapshot
from services.principal import ADMIN, DOCTOR, Principal
from services.stats import ConnectionStats
from tests.support.fakes import RecordingPublisher


class Desk:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.sent: list[NodeNews] = []
        self.publisher = RecordingPublisher()
        self.cluster = Cluster(
            node="one",
            send=self.sent.append,
            healthy=lambda: True,
            clock=lambda: self.seconds,
            local_rooms=lambda: {10, 11},
        )
        self.stats = ConnectionStats(cluster=self.cluster, publisher=self.publisher, clock=lambda: self.seconds)

    def tick(self, seconds: float) -> int:
        """How often subscribers were told so far."""
        self.seconds += seconds
        self.stats.tick()
        return len(self.publisher.of(ConnectionStatsChanged))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_over_all_nodes_each_user_and_room_once(desk: Desk) -> None:
    desk.cluster.socket_opened("a", 1)
    desk.cluster.socket_opened("b", 2)
    desk.cluster.receive(NodeSnapshot(node="two", version=4, part=0, parts=1, users=((1, 1), (3, 2)), rooms=(11, 12)))
    desk.cluster.receive(NodeDelta(node="two", version=5, opened=(13,), emptied=(12,)))
    stats = desk.stats.get(Principal(9, ADMIN, None, 0))
    assert (stats.connections, stats.users, stats.multiple_connections) == (5, 3, 2)
    assert stats.connection_details == {"1": 2, "3": 2}
    assert (stats.rooms, stats.nodes) == (3, 2)


def test_only_for_administrators(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        desk.stats.get(Principal(9, DOCTOR, None, 0))


def test_told_on_change_and_at_most_once_a_second(desk: Desk) -> None:
    assert desk.tick(0) == 1
    assert desk.tick(5) == 1
    desk.cluster.socket_opened("a", 1)
    assert desk.tick(0.1) == 2
    desk.cluster.socket_opened("b", 2)
    assert desk.tick(0.5) == 2
    desk.cluster.socket_opened("c", 3)
    assert desk.tick(0.5) == 3
    assert desk.tick(5) == 3
