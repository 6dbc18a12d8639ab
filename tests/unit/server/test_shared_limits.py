"""Nodes that tell each other what they gave away: the sum keeps to the rate, and who uses little costs the bus nothing."""

import base64
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.fanout import BusCounts, BusMessage, Receive, nothing
from server.limit_exchange import LimitExchange
from server.rate_limits import Limit, TokenBuckets
from services.errors import RateLimitExceeded
from services.node_news import TokensSpent

SECRET = b"s" * 32
RATE, BURST = 2.0, 16


class HandBus:
    """What is sent lies in `sent` until a test carries it over."""

    def __init__(self, node: str) -> None:
        self.counts, self.on_recovery, self.node, self.healthy = BusCounts(), nothing, node, True
        self.sent: deque[BusMessage] = deque()

    async def start(self, receive: Receive) -> None:
        """Carried by hand."""

    def send(self, message: BusMessage) -> None:
        self.sent.append(message)

    def look_again(self) -> None:
        """Nothing is looked for."""

    async def close(self) -> None:
        """Nothing is open."""


class Nodes:
    def __init__(self, count: int = 2) -> None:
        self.now = 1_000.0
        self.buses = [HandBus(f"node{number}") for number in range(count)]
        limits = {"send": Limit(RATE, BURST), "login_name": Limit(RATE, BURST), "off": Limit(0, 0)}
        self.buckets = [TokenBuckets(limits, clock=lambda: self.now, shared=True) for _ in self.buses]
        self.exchanges = [
            LimitExchange(buckets=buckets, bus=bus, secret=SECRET)
            for buckets, bus in zip(self.buckets, self.buses, strict=True)
        ]

    def take(self, node: int, times: int, key: str = "7", limit: str = "send") -> int:
        count = 0
        for _ in range(times):
            try:
                self.buckets[node].take(limit, key)
            except RateLimitExceeded:
                continue
            count += 1
        return count

    def exchange(self) -> int:
        """One beat of all nodes; the number of packets."""
        carried = 0
        for exchange in self.exchanges:
            exchange.tick()
        for sender, bus in enumerate(self.buses):
            while bus.sent:
                news = bus.sent.popleft()
                assert isinstance(news, TokensSpent)
                carried += 1
                for receiver, exchange in enumerate(self.exchanges):
                    if receiver != sender:
                        exchange.receive(news)
        return carried


@pytest.fixture
def nodes() -> Nodes:
    return Nodes()


def test_what_was_taken_on_one_node_is_gone_on_the_other(nodes: Nodes) -> None:
    assert nodes.take(0, 100) == BURST
    nodes.exchange()
    assert nodes.take(1, 100) == BURST / 8
    assert nodes.take(1, 100, key="8") == BURST


def test_two_bursts_at_the_same_time_are_paid_back(nodes: Nodes) -> None:
    assert (nodes.take(0, 100), nodes.take(1, 100)) == (BURST, BURST)
    nodes.exchange()
    nodes.now += BURST * 7 / 8 / RATE
    assert nodes.take(0, 1) + nodes.take(1, 1) == 0
    nodes.now += 1 / RATE
    assert nodes.take(0, 1) == 1


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 6), st.floats(0, 0.1)), min_size=1, max_size=150))
def test_the_sum_of_all_nodes_keeps_to_the_rate(calls: list[tuple[int, int, float]]) -> None:
    """In whichever way somebody spreads: one burst and the rate, an eighth more for each further node, and what fits between
    two beats."""
    nodes = Nodes(3)
    count = 0
    most_between_beats = 0
    for node, times, pause in calls:
        taken = nodes.take(node, times)
        most_between_beats = max(most_between_beats, taken)
        count += taken
        nodes.exchange()
        nodes.now += pause
    allowed = BURST + RATE * (nodes.now - 1_000)
    assert count <= allowed + 2 * BURST / 8 + most_between_beats


def test_who_uses_little_costs_the_bus_nothing(nodes: Nodes) -> None:
    for _ in range(100):
        nodes.take(0, 2)
        assert nodes.exchange() == 0
        nodes.now += 2 / RATE


def test_what_is_given_back_is_given_back_everywhere(nodes: Nodes) -> None:
    nodes.take(0, BURST)
    nodes.exchange()
    for _ in range(BURST):
        nodes.buckets[0].give_back("send", "7")
    nodes.exchange()
    assert nodes.take(1, 100) == BURST
    assert nodes.take(0, 100) == BURST


def test_without_a_bus_each_limits_alone_and_nothing_is_kept(nodes: Nodes) -> None:
    for bus in nodes.buses:
        bus.healthy = False
    assert (nodes.take(0, 100), nodes.take(1, 100)) == (BURST, BURST)
    assert nodes.exchange() == 0
    nodes.now += BURST / RATE
    for bus in nodes.buses:
        bus.healthy = True
    assert nodes.exchange() == 0
    assert nodes.take(1, 100) == BURST


def test_names_and_addresses_cannot_be_read_on_the_bus(nodes: Nodes) -> None:
    nodes.take(0, BURST, key="docteur.canari@example.org", limit="login_name")
    nodes.exchanges[0].tick()
    [news] = nodes.buses[0].sent
    assert isinstance(news, TokensSpent)
    assert "canari" not in news.sealed
    assert b"canari" not in base64.b64decode(news.sealed)


def test_what_cannot_be_understood_changes_nothing(nodes: Nodes) -> None:
    stranger = LimitExchange(buckets=nodes.buckets[0], bus=nodes.buses[0], secret=b"x" * 32)
    nodes.take(0, BURST)
    stranger.tick()
    for sealed in ("", "!", base64.b64encode(b"short").decode(), getattr(nodes.buses[0].sent.popleft(), "sealed", "")):
        nodes.exchanges[1].receive(TokensSpent(node="node0", sealed=sealed))
    assert nodes.take(1, 100) == BURST


def test_many_keys_travel_in_packets_that_a_notify_carries(nodes: Nodes) -> None:
    for number in range(2_000):
        nodes.take(0, 3, key=f"2001:db8:0000:0000:0000:0000:0000:{number:04x}")
    nodes.take(0, 3, key="x" * 10_000)
    nodes.exchanges[0].tick()
    assert len(nodes.buses[0].sent) > 1
    assert all(len(getattr(news, "sealed", "")) < 7_500 for news in nodes.buses[0].sent)
    nodes.exchange()
    assert nodes.take(1, 100, key="2001:db8:0000:0000:0000:0000:0000:07cf") == BURST - 1


def test_alone_nothing_is_written_down() -> None:
    buckets = TokenBuckets({"send": Limit(RATE, BURST)})
    for _ in range(BURST):
        buckets.take("send", "7")
    assert list(buckets.drain()) == []
