"""What the server asks of PostgreSQL, writes to sockets and keeps in memory, counted where it leaves the process."""

from pathlib import Path

import pytest

from tests.costs.bounds import hold
from tests.costs.conftest import Bench, Gather
from tests.support.processes import ServerProcess

pytestmark = pytest.mark.xdist_group("costs")
WARMING = 25


async def test_a_lone_send(bench: Bench, node: ServerProcess, gather: Gather) -> None:
    crowd = gather(node.url)
    await crowd.both_of(bench.pairs(1))
    await crowd.send(2, senders=1)
    trips, writes = bench.tap.trips, crowd.writes()
    sent = await crowd.send(60, senders=1)
    hold(
        trips_a_lone_send=(bench.tap.trips - trips) / sent,
        writes_a_lone_send=(crowd.writes() - writes) / sent,
    )


async def test_sends_at_once(bench: Bench, node: ServerProcess, gather: Gather) -> None:
    crowd = gather(node.url)
    await crowd.both_of(bench.pairs(50))
    await crowd.send(1)
    trips, transactions, writes = bench.tap.trips, bench.tap.transactions, crowd.writes()
    sent = await crowd.send(8)
    hold(
        trips_a_send_at_once=(bench.tap.trips - trips) / sent,
        transactions_a_send_at_once=(bench.tap.transactions - transactions) / sent,
        writes_a_send_at_once=(crowd.writes() - writes) / sent,
    )


async def test_events_for_many(bench: Bench, node: ServerProcess, gather: Gather) -> None:
    crowd = gather(node.url)
    await crowd.many_of(bench.pairs(1)[0], 50)
    await crowd.type(1, window=1)
    seen = []
    # A busy machine hands the four of a window to the server in two turns: the best of some counts.
    for _ in range(4):
        writes = crowd.writes()
        delivered = await crowd.type(5, window=4)
        seen.append((crowd.writes() - writes) / delivered)
    hold(writes_a_delivery=min(seen))


async def test_a_connection(bench: Bench, node: ServerProcess, gather: Gather) -> None:
    crowd, pairs = gather(node.url), bench.pairs(20)
    await crowd.both_of(pairs[:1])
    trips = bench.tap.trips
    await crowd.both_of(pairs[1:])
    hold(trips_a_connection=(bench.tap.trips - trips) / (2 * len(pairs[1:])))


async def test_the_memory_of_a_connection(bench: Bench, gather: Gather) -> None:
    fresh, pairs = bench.site.node(), bench.pairs(250)
    crowd = gather(fresh.url)
    await crowd.both_of(pairs[:WARMING])
    before = resident_kib(fresh.pid)
    await crowd.both_of(pairs[WARMING:])
    hold(kib_a_connection=(resident_kib(fresh.pid) - before) / (2 * len(pairs[WARMING:])))
    fresh.stop()


def resident_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("the server has gone")
