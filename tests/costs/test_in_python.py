"""How much Python runs in the server for what clients ask most."""

import pytest

from tests.costs.bounds import hold
from tests.costs.conftest import Bench, Gather
from tests.support.watched_server import WatchedServer

pytestmark = pytest.mark.xdist_group("costs")


async def test_a_lone_send(bench: Bench, watched: WatchedServer, gather: Gather) -> None:
    crowd = gather(watched.url)
    await crowd.both_of(bench.pairs(1))
    await crowd.send(2, senders=1)
    with watched.counting():
        sent = await crowd.send(40, senders=1)
    hold(calls_a_lone_send=watched.calls / sent)


async def test_sends_at_once(bench: Bench, watched: WatchedServer, gather: Gather) -> None:
    crowd = gather(watched.url)
    await crowd.both_of(bench.pairs(50))
    await crowd.send(1)
    with watched.counting():
        sent = await crowd.send(4)
    hold(calls_a_send_at_once=watched.calls / sent, tasks_a_send_at_once=watched.tasks / sent)


async def test_events_for_many(bench: Bench, watched: WatchedServer, gather: Gather) -> None:
    crowd = gather(watched.url)
    await crowd.many_of(bench.pairs(1)[0], 50)
    await crowd.type(1, window=1)
    seen = []
    # A machine that is busy with other things hands the four of a window to the server in two turns: the best of some counts.
    for _ in range(4):
        with watched.counting():
            delivered = await crowd.type(5, window=4)
        seen.append(watched.calls / delivered)
    hold(calls_a_delivery=min(seen))


async def test_a_connection(bench: Bench, watched: WatchedServer, gather: Gather) -> None:
    crowd, pairs = gather(watched.url), bench.pairs(20)
    await crowd.both_of(pairs[:1])
    with watched.counting():
        await crowd.both_of(pairs[1:])
    connections = 2 * len(pairs[1:])
    hold(calls_a_connection=watched.calls / connections, tasks_a_connection=watched.tasks / connections)
