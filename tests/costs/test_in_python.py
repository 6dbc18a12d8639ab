"""How much Python runs in the server for what clients ask most."""

import pytest

from tests.costs.bounds import hold
from tests.costs.conftest import Bench, Gather
from tests.support.watched_server import WatchedServer

pytestmark = pytest.mark.xdist_group("costs")


# As in test_on_the_wire: the least of some counts.
ROUNDS = 4


async def test_a_lone_send(bench: Bench, watched: WatchedServer, gather: Gather) -> None:
    crowd, calls = gather(watched.url), []
    await crowd.both_of(bench.pairs(1))
    await crowd.send(2, senders=1)
    for _ in range(ROUNDS):
        with watched.counting():
            sent = await crowd.send(20, senders=1)
        calls.append(watched.calls / sent)
    hold(calls_a_lone_send=min(calls))


async def test_sends_at_once(bench: Bench, watched: WatchedServer, gather: Gather) -> None:
    crowd, calls, tasks = gather(watched.url), [], []
    await crowd.both_of(bench.pairs(50))
    await crowd.send(1)
    for _ in range(ROUNDS):
        with watched.counting():
            sent = await crowd.send(2)
        calls.append(watched.calls / sent)
        tasks.append(watched.tasks / sent)
    hold(calls_a_send_at_once=min(calls), tasks_a_send_at_once=min(tasks))


async def test_events_for_many(bench: Bench, watched: WatchedServer, gather: Gather) -> None:
    crowd, calls = gather(watched.url), []
    await crowd.many_of(bench.pairs(1)[0], 50)
    await crowd.type(1, window=1)
    # Many short ones: what a starved client sends in several pieces is no burst.
    for _ in range(4 * ROUNDS):
        with watched.counting():
            delivered = await crowd.type(5, window=4)
        calls.append(watched.calls / delivered)
    hold(calls_a_delivery=min(calls))


async def test_a_connection(bench: Bench, watched: WatchedServer, gather: Gather) -> None:
    crowd, pairs = gather(watched.url), bench.pairs(10 * ROUNDS + 1)
    await crowd.both_of(pairs[:1])
    calls, tasks = [], []
    for first in range(1, len(pairs), 10):
        with watched.counting():
            await crowd.both_of(pairs[first : first + 10])
        calls.append(watched.calls / 20)
        tasks.append(watched.tasks / 20)
    hold(calls_a_connection=min(calls), tasks_a_connection=min(tasks))
