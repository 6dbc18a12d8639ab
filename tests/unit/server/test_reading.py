"""What is read in one turn of the loop is bounded, and nothing changes its order."""

import asyncio
from collections.abc import Callable

import pytest

from server.realtime import reading
from server.realtime.reading import SHARE, Reading

COST = SHARE * 0.26


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Client:
    def __init__(self, name: str, spend: Callable[[str], None]) -> None:
        self.name = name
        self.late: list[bytes] = []
        self.paused = False
        self._spend = spend

    def parse(self, data: bytes) -> None:
        self._spend(self.name + data[:1].decode())

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False


class Node:
    """Four readings use the share up."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.read: list[str] = []
        self.reading = Reading(clock=self.clock)

    def told(self, names: str) -> list[Client]:
        """Each of these clients, having said its first."""
        clients = [self.client(name) for name in names]
        for client in clients:
            self.reading.take(client, b"1")
        return clients

    def client(self, name: str) -> Client:
        return Client(name, self._spend)

    def _spend(self, what: str) -> None:
        self.read.append(what)
        self.clock.now += COST


async def test_a_turn_reads_its_share_and_the_next_ones_the_rest_in_order() -> None:
    node = Node()
    clients = node.told("abcdefghij")
    node.reading.take(clients[9], b"2")
    turns = [len(node.read)]
    while turns[-1] < 11:
        await asyncio.sleep(0)
        turns.append(len(node.read))
    assert turns == [4, 8, 11]
    assert node.read == ["a1", "b1", "c1", "d1", "e1", "f1", "g1", "h1", "i1", "j1", "j2"]


async def test_what_comes_while_others_wait_comes_after_them() -> None:
    node = Node()
    first = node.told("abcdef")[0]
    assert node.read == ["a1", "b1", "c1", "d1"]
    node.clock.now += SHARE
    node.reading.take(first, b"2")
    assert len(node.read) == 4
    await asyncio.sleep(0)
    assert node.read[4:] == ["e1", "f1", "a2"]


async def test_who_goes_is_read_to_the_end_first() -> None:
    node = Node()
    clients = node.told("abcdef")
    node.reading.take(clients[5], b"2")
    node.reading.catch_up(clients[5])
    assert node.read[4:] == ["f1", "f2"]
    await asyncio.sleep(0)
    assert node.read[6:] == ["e1"]


async def test_a_lone_client_never_waits() -> None:
    node = Node()
    client = node.client("a")
    for number in range(10):
        node.reading.take(client, b"%d" % number)
        assert len(node.read) == number + 1
        await asyncio.sleep(0)


async def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 3)
    node = Node()
    clients = node.told("abcdefghi")
    assert [client.name for client in clients if client.paused] == ["i"]
    assert node.read == ["a1", "b1", "c1", "d1"]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert node.read[4:] == ["e1", "f1", "g1", "h1", "i1"]
    assert not any(client.paused for client in clients)


async def test_who_sends_more_than_can_be_read_waits_and_holds_nobody_up() -> None:
    """The loop reads one client up to 32 times in a turn, a quarter of a megabyte each time."""
    node = Node()
    flooding, other = node.client("a"), node.client("b")
    for number in range(1, 9):
        if not flooding.paused:
            node.reading.take(flooding, b"%d" % number * reading.MUCH)
        node.clock.now += SHARE
    assert (node.read, len(flooding.late)) == (["a1"], 2)
    node.reading.take(other, b"1")
    await asyncio.sleep(0)
    assert node.read == ["a1", "a2", "b1", "a3"]
    assert not flooding.paused
