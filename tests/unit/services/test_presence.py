"""Online at once, offline after the grace, on every node and once; healed when news got lost."""

import datetime
from collections.abc import Callable, Iterable
from types import SimpleNamespace

import pytest

from repositories.errors import StorageUnavailable
from repositories.presence import LastSeen, SharedConversation
from services.cluster import MAX_NODES, Cluster
from services.events import PresenceChanged
from services.node_news import NodeBeat, NodeDelta, NodeNews, SnapshotWanted
from services.presence import Presence
from services.principal import DOCTOR, Principal
from tests.support.fakes import FakeUnitOfWork, RecordingPublisher

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
KINDS = frozenset({"care"})


class Time:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def clock(self) -> float:
        return self.seconds

    def now(self) -> datetime.datetime:
        return START + datetime.timedelta(seconds=self.seconds - 1000)


class People:
    """Stands in for the presence repository."""

    def __init__(self) -> None:
        self.seen: dict[int, datetime.datetime] = {}
        self.allowed: set[int] = set()
        self.away = False

    async def remember(self, seen: dict[int, datetime.datetime]) -> None:
        if self.away:
            raise StorageUnavailable("gone")
        self.seen.update(seen)

    async def visible(self, *, viewer_id: int, user_ids: Iterable[int], kinds: frozenset[str]) -> list[LastSeen]:
        assert kinds == KINDS
        return [LastSeen(user_id, self.seen.get(user_id)) for user_id in user_ids if user_id in self.allowed]

    async def partners(self, *, user_id: int, kinds: frozenset[str]) -> list[int]:
        return [user_id + 1]

    async def conversations(self, *, user_ids: Iterable[int], kinds: frozenset[str]) -> list[SharedConversation]:
        return [SharedConversation(user_id, user_id + 100) for user_id in user_ids]


class Node:
    def __init__(self, name: str, time: Time, network: "Network") -> None:
        self.network = network
        self.time = time
        self.healthy = True
        self.rooms: set[int] = set()
        self.publisher = RecordingPublisher()
        self.people = People()
        self.cluster = Cluster(
            node=name,
            send=self.send,
            healthy=lambda: self.healthy,
            clock=time.clock,
            local_rooms=lambda: self.rooms,
        )
        self.presence = Presence(
            unit_of_work=FakeUnitOfWork(SimpleNamespace(presence=self.people)),
            publisher=self.publisher,
            cluster=self.cluster,
            kinds=KINDS,
            clock=time.clock,
            now=time.now,
            grace_seconds=10.0,
        )

    def send(self, news: NodeNews) -> None:
        self.network.carry(news)

    def tick(self) -> None:
        self.cluster.tick()
        self.presence.tick()

    @property
    def told(self) -> list[tuple[int, bool]]:
        return [(fact.user_id, fact.online) for fact in self.publisher.of(PresenceChanged)]


class Network:
    """Carries what nodes send to all others, unless `lost` says not."""

    def __init__(self) -> None:
        self.time = Time()
        self.nodes: dict[str, Node] = {}
        self.lost: Callable[[NodeNews], bool] = lambda news: False
        self.carried: list[NodeNews] = []

    def node(self, name: str) -> Node:
        node = self.nodes[name] = Node(name, self.time, self)
        node.cluster.announce()
        self.pass_time(0)
        return node

    def carry(self, news: NodeNews) -> None:
        self.carried.append(news)
        if news.node in self.nodes and not self.lost(news):
            for node in list(self.nodes.values()):
                node.cluster.receive(news)

    def kill(self, name: str) -> None:
        del self.nodes[name]

    def pass_time(self, seconds: float) -> None:
        """In steps of half a second."""
        for _ in range(int(seconds * 2)):
            self.time.seconds += 0.5
            self.tick()
        self.tick()

    def tick(self) -> None:
        for node in list(self.nodes.values()):
            node.tick()


@pytest.fixture
def network() -> Network:
    return Network()


def test_online_at_once_on_every_node_and_told_once(network: Network) -> None:
    one, two = network.node("one"), network.node("two")
    one.presence.connected("a", 7)
    one.presence.connected("b", 7)
    one.presence.connected("b", 7)
    assert one.presence.is_online(7)
    assert two.presence.is_online(7)
    assert one.told == two.told == [(7, True)]
    assert two.cluster.totals == {7: 2}
    assert [two.presence.is_online(user_id) for user_id in (7, 8)] == [True, False]


def test_offline_only_after_the_grace_and_a_reload_tells_nothing(network: Network) -> None:
    one, two = network.node("one"), network.node("two")
    one.presence.connected("a", 7)
    one.presence.disconnected("a", 7)
    network.pass_time(9)
    assert two.presence.is_online(7)
    two.presence.connected("b", 7)
    network.pass_time(20)
    assert one.told == two.told == [(7, True)]
    two.presence.disconnected("b", 7)
    two.presence.disconnected("b", 7)
    network.pass_time(9.5)
    assert one.told == [(7, True)]
    network.pass_time(1)
    assert one.told == two.told == [(7, True), (7, False)]
    assert not one.presence.is_online(7)


async def test_the_node_of_the_last_socket_writes_when_it_was(network: Network) -> None:
    one, two = network.node("one"), network.node("two")
    one.presence.connected("a", 7)
    two.presence.connected("b", 7)
    one.presence.disconnected("a", 7)
    network.pass_time(3)
    two.presence.disconnected("b", 7)
    gone_at = network.time.now()
    network.pass_time(11)
    two.people.away = True
    assert not await two.presence.remember()
    two.people.away = False
    assert await two.presence.remember()
    assert await one.presence.remember()
    assert (one.people.seen, two.people.seen) == ({}, {7: gone_at})
    assert two.publisher.of(PresenceChanged)[-1].last_seen_at == gone_at


async def test_a_killed_node_is_forgotten_and_one_survivor_writes(network: Network) -> None:
    one, two, three = network.node("one"), network.node("two"), network.node("three")
    three.presence.connected("a", 7)
    network.kill("three")
    network.pass_time(5)
    assert one.cluster.nodes == 3
    network.pass_time(1.5)
    assert one.cluster.nodes == 2
    assert one.presence.is_online(7)
    network.pass_time(11)
    assert one.told == two.told == [(7, True), (7, False)]
    await one.presence.remember()
    await two.presence.remember()
    assert [7 in node.people.seen for node in (one, two)] == [True, False]


def test_silence_says_nothing_while_the_bus_is_down(network: Network) -> None:
    one, two = network.node("one"), network.node("two")
    two.presence.connected("a", 7)
    one.healthy = two.healthy = False
    network.lost = lambda news: True
    network.pass_time(60)
    assert one.presence.is_online(7)
    assert one.told == [(7, True)]


def test_lost_news_heal_by_asking_again(network: Network) -> None:
    one, two = network.node("one"), network.node("two")
    one.rooms = {5}
    network.pass_time(1)
    one.presence.connected("old", 6)
    network.lost = lambda news: True
    one.presence.connected("a", 7)
    one.presence.disconnected("old", 6)
    one.rooms = {6}
    network.pass_time(1)
    assert not two.presence.is_online(7)
    network.lost = lambda news: False
    network.pass_time(3)
    assert two.presence.is_online(7)
    assert two.cluster.totals == {7: 1}
    assert two.cluster.rooms() == {6}


def test_a_delta_after_a_hole_is_not_believed_before_the_snapshot(network: Network) -> None:
    one, two = network.node("one"), network.node("two")
    network.lost = lambda news: isinstance(news, NodeDelta)
    one.presence.connected("a", 7)
    network.lost = lambda news: False
    one.presence.connected("b", 7)
    assert two.cluster.totals == {}
    network.tick()
    assert two.cluster.totals == {7: 2}


def test_a_node_that_comes_later_learns_all_in_pieces(network: Network) -> None:
    one = network.node("one")
    for number in range(600):
        one.presence.connected(f"s{number}", number + 1)
    one.rooms = set(range(1, 300))
    network.pass_time(1)
    two = network.node("two")
    network.pass_time(0.5)
    assert len(two.cluster.totals) == 600
    assert len(two.cluster.rooms()) == 299
    assert len(two.told) == 600


def test_stale_and_repeated_pieces_change_nothing(network: Network) -> None:
    one, two = network.node("one"), network.node("two")
    one.presence.connected("a", 7)
    one.presence.connected("b", 7)
    before = two.cluster.moves
    for news in [news for news in network.carried if news.node == "one" and not isinstance(news, SnapshotWanted)]:
        two.cluster.receive(news)
    assert two.cluster.totals == {7: 2}
    assert two.cluster.moves == before


def test_many_unknown_nodes_are_bounded(network: Network) -> None:
    one = network.node("one")
    for number in range(MAX_NODES + 20):
        network.time.seconds += 0.001
        one.cluster.receive(NodeBeat(node=f"n{number}", version=1))
    assert one.cluster.nodes == MAX_NODES + 1


async def test_a_node_that_goes_writes_its_own_and_says_goodbye(network: Network) -> None:
    one, two = network.node("one"), network.node("two")
    one.presence.connected("a", 7)
    one.presence.connected("b", 8)
    two.presence.connected("c", 8)
    one.presence.connected("d", 9)
    one.presence.disconnected("d", 9)
    await one.presence.close()
    assert set(one.people.seen) == {7, 9}
    assert two.cluster.nodes == 1
    assert two.cluster.totals == {8: 1}
    two.cluster.receive(next(news for news in network.carried if type(news).__name__ == "NodeLeft"))
    assert two.cluster.nodes == 1


async def test_states_only_of_those_one_may_know(network: Network) -> None:
    one = network.node("one")
    one.people.allowed = {7, 8}
    one.people.seen = {7: START, 8: START}
    one.presence.connected("a", 7)
    viewer = Principal(1, DOCTOR, None, 2e9)
    states = await one.presence.states(viewer, user_ids=[7, 8, 9])
    assert [(state.user_id, state.online, state.last_seen_at) for state in states] == [
        (7, True, None),
        (8, False, START),
    ]
    assert await one.presence.visible_partners(1) == {2}
    assert await one.presence.visible_conversations([1, 2]) == {1: [101], 2: [102]}
