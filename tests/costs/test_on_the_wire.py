"""What the server asks of PostgreSQL, writes to sockets and keeps in memory, counted where it leaves the process."""

import pytest

from tests.costs.bounds import hold
from tests.costs.conftest import Bench, Gather
from tests.support.processes import ServerProcess
from tests.support.watched_process import memory_of

pytestmark = pytest.mark.xdist_group("costs")
WARMING = 25


# A machine that is busy with other things splits what comes at once, and has the node's background work counted with it: the
# least of some counts is what the path costs.
ROUNDS = 4


async def test_a_lone_send(bench: Bench, node: ServerProcess, gather: Gather) -> None:
    crowd, trips, writes = gather(node.url), [], []
    await crowd.both_of(bench.pairs(1))
    await crowd.send(2, senders=1)
    for _ in range(ROUNDS):
        trips_before, writes_before = bench.tap.trips, crowd.writes()
        sent = await crowd.send(20, senders=1)
        trips.append((bench.tap.trips - trips_before) / sent)
        writes.append((crowd.writes() - writes_before) / sent)
    hold(trips_a_lone_send=min(trips), writes_a_lone_send=min(writes))


async def test_sends_at_once(bench: Bench, node: ServerProcess, gather: Gather) -> None:
    crowd, trips, transactions, writes = gather(node.url), [], [], []
    await crowd.both_of(bench.pairs(50))
    await crowd.send(1)
    for _ in range(ROUNDS):
        trips_before, transactions_before, writes_before = bench.tap.trips, bench.tap.transactions, crowd.writes()
        sent = await crowd.send(4)
        trips.append((bench.tap.trips - trips_before) / sent)
        transactions.append((bench.tap.transactions - transactions_before) / sent)
        writes.append((crowd.writes() - writes_before) / sent)
    hold(
        trips_a_send_at_once=min(trips),
        transactions_a_send_at_once=min(transactions),
        writes_a_send_at_once=min(writes),
    )


async def test_events_for_many(bench: Bench, node: ServerProcess, gather: Gather) -> None:
    crowd, writes = gather(node.url), []
    await crowd.many_of(bench.pairs(1)[0], 50)
    await crowd.type(1, window=1)
    # Many short ones: what a starved client sends in several pieces is no burst.
    for _ in range(4 * ROUNDS):
        before = crowd.writes()
        delivered = await crowd.type(5, window=4)
        writes.append((crowd.writes() - before) / delivered)
    hold(writes_a_delivery=min(writes))


async def test_a_connection(bench: Bench, node: ServerProcess, gather: Gather) -> None:
    crowd, pairs, trips = gather(node.url), bench.pairs(58), []
    await crowd.both_of(pairs[:1])
    for first in range(1, len(pairs), 19):
        before = bench.tap.trips
        await crowd.both_of(pairs[first : first + 19])
        trips.append((bench.tap.trips - before) / (2 * 19))
    hold(trips_a_connection=min(trips))


async def test_the_memory_of_a_connection(bench: Bench, gather: Gather) -> None:
    fresh, pairs = bench.site.node_from_nothing(), bench.pairs(250)
    crowd = gather(fresh.url)
    await crowd.both_of(pairs[:WARMING])
    before = memory_of(fresh.pid)
    await crowd.both_of(pairs[WARMING:])
    hold(kib_a_connection=(memory_of(fresh.pid) - before) / (2 * len(pairs[WARMING:])))
    fresh.stop()
