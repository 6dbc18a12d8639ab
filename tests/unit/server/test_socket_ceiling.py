"""The oldest socket of all nodes goes, whichever node has it, and never one too many."""

import itertools
from dataclasses import dataclass, field

import pytest

from server.socket_ceiling import BELIEVED_SECONDS, TOO_MANY, SocketCeiling
from services.cluster import Cluster
from services.node_news import NodeNews, SocketsOpened

MOST = 3
USER = 7


@dataclass
class Node:
    """Its sockets of USER by name, with the moment at which each was opened."""

    name: str
    clock: "Clock"
    most: int = MOST
    sockets: dict[str, int] = field(default_factory=dict)
    sent: list[NodeNews] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cluster = Cluster(
            node=self.name, send=self.sent.append, healthy=lambda: True, clock=self.clock, local_rooms=set
        )
        self.ceiling = SocketCeiling(
            most=self.most, sockets=self, cluster=self.cluster, send=self.sent.append, clock=self.clock
        )

    def openings(self, user_id: int) -> list[tuple[int, str]]:
        return [(opened, sid) for sid, opened in self.sockets.items()] if user_id == USER else []

    def end_socket(self, socket_id: str, code: str) -> None:
        assert code == TOO_MANY
        del self.sockets[socket_id]
        self.cluster.socket_closed(socket_id)

    def open(self, sid: str, at: int) -> None:
        self.sockets[sid] = at
        self.cluster.socket_opened(sid, USER)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Site:
    def __init__(self, count: int, most: int = MOST) -> None:
        self.clock = Clock()
        self.nodes = [Node(f"n{number}", self.clock, most) for number in range(count)]
        for node in self.nodes:
            node.cluster.announce()
        self.settle()

    def settle(self) -> None:
        """Until nobody has anything to say."""
        for _ in range(10):
            self.clock.now += 0.1
            for node in self.nodes:
                node.cluster.tick()
                node.ceiling.tick()
            for sender in self.nodes:
                news, sender.sent[:] = list(sender.sent), []
                for message, receiver in itertools.product(news, self.nodes):
                    if receiver is not sender:
                        self.deliver(receiver, message)

    @staticmethod
    def deliver(receiver: Node, message: NodeNews) -> None:
        receiver.cluster.receive(message)
        if isinstance(message, SocketsOpened):
            receiver.ceiling.receive(message)

    @property
    def open(self) -> set[str]:
        return {sid for node in self.nodes for sid in node.sockets}


@pytest.fixture
def site() -> Site:
    return Site(3)


def test_the_oldest_of_all_nodes_are_closed(site: Site) -> None:
    for number in range(6):
        site.nodes[number % 3].open(f"s{number}", at=1_000 + number)
        site.settle()
        assert site.open == {f"s{it}" for it in range(max(0, number - MOST + 1), number + 1)}


def test_many_at_once_leave_exactly_as_many_as_may_be(site: Site) -> None:
    for number in range(12):
        site.nodes[number % 3].open(f"s{number:02}", at=1_000)
    site.settle()
    assert len(site.open) == MOST


def test_nothing_is_said_while_there_are_not_too_many(site: Site) -> None:
    for number in range(MOST):
        site.nodes[number].open(f"s{number}", at=number)
    for node in site.nodes:
        node.ceiling.tick()
    assert not any(isinstance(news, SocketsOpened) for node in site.nodes for news in node.sent)


def test_what_was_heard_long_ago_counts_no_more(site: Site) -> None:
    first = site.nodes[0]
    first.open("mine", at=1)
    first.ceiling.receive(SocketsOpened(node="n1", user_id=USER, at=(5, 6)))
    site.clock.now += BELIEVED_SECONDS + 0.1
    first.ceiling.receive(SocketsOpened(node="n2", user_id=USER, at=(7, 8)))
    assert site.open == {"mine"}
    first.ceiling.receive(SocketsOpened(node="n1", user_id=USER, at=(9,)))
    assert site.open == set()


def test_zero_is_no_limit() -> None:
    site = Site(2, most=0)
    for number in range(50):
        site.nodes[number % 2].open(f"s{number}", at=number)
    site.settle()
    site.nodes[0].ceiling.receive(SocketsOpened(node="n1", user_id=USER, at=(100,)))
    assert len(site.open) == 50
