"""`serve --workers` with the stock clients as they come: without a proxy, with workers that are killed, to the last process."""

import asyncio
import os
import re
import signal
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from server.workers.parent import Parent, WorkerFailed
from tests.support.clients import JsHost, js_host
from tests.support.couples import WAYS, couples, samples
from tests.support.processes import ServerProcess
from tests.support.site import Site, headers
from tests.support.valkey import Valkey

WORKERS = 3
PAIRS_A_WAY = 6
ALERTS = Path(__file__).parents[2] / "docs/examples/alerts.yml"
# A metric as the expression of an alert has it, with the first of the codes or reasons that it looks at.
ASKED = re.compile(r"^ +expr: .*?(colloque_\w+)(?:{\w+=~?(\"\w+))?", re.MULTILINE)
ALL_UP = {str(worker): 1.0 for worker in range(WORKERS)}


@pytest.fixture
async def js() -> AsyncIterator[JsHost]:
    async with js_host() as host:
        yield host


@pytest.fixture(params=["postgres", "redis"])
def crew(request: pytest.FixtureRequest, site: Site) -> ServerProcess:
    """One server of several workers, over each of the buses."""
    more = {"FANOUT": request.param, "WORKERS": str(WORKERS)}
    if request.param == "redis":
        valkey: Valkey = request.getfixturevalue("redis_server")
        more |= {"REDIS_URL": valkey.url, "REDIS_CHANNEL": uuid.uuid4().hex}
    return site.node(**more)


@pytest.fixture
def trio(site: Site) -> ServerProcess:
    """Without a Redis, as it comes with WORKERS alone."""
    return site.node(WORKERS=str(WORKERS))


async def heard_of_each_other(http: aiohttp.ClientSession, server: ServerProcess) -> None:
    async with asyncio.timeout(10):
        while set((await samples(http, server, "colloque_nodes")).values()) != {float(WORKERS)}:
            await asyncio.sleep(0.05)


@pytest.mark.timeout(180)
async def test_stock_clients_of_every_way_are_one_system(
    crew: ServerProcess, site: Site, js: JsHost, http: aiohttp.ClientSession
) -> None:
    await heard_of_each_other(http, crew)
    everybody = await couples(js, crew, site, PAIRS_A_WAY * len(WAYS))
    sockets = await samples(http, crew, "colloque_sockets")
    assert sum(sockets.values()) == 2 * len(everybody) == 36
    assert max(sockets.values()) - min(sockets.values()) <= 3, f"new sessions are not spread: {sockets}"
    for couple in everybody:
        await couple.send("one")
        await couple.send("two")
    for couple in everybody:
        await couple.doctor.event("new_message", lambda data: bool(data["message"]["seq"] == 2))
        told = [data["message"] for data in couple.doctor.all("new_message")]
        assert [(message["seq"], message["content"]) for message in told] == [(1, "one"), (2, "two")]
    assert await facts_received(http, crew) > 0, "nobody sat on another worker than the other one"
    kinds = {seen.kind for couple in everybody for client in couple.both for seen in client.seen}
    assert kinds.isdisjoint({"disconnect", "connect_error"})


async def facts_received(http: aiohttp.ClientSession, server: ServerProcess) -> float:
    async with http.get(f"{server.url}/metrics") as reply:
        lines = (await reply.text()).splitlines()
    return sum(
        float(line.rsplit(" ", 1)[1])
        for line in lines
        if line.startswith("colloque_facts_total") and "MessagePosted" in line and "received" in line
    )


async def test_every_worker_answers_rest_and_health_speaks_for_all(
    trio: ServerProcess, site: Site, http: aiohttp.ClientSession
) -> None:
    [pair] = site.pairs(1)
    path = f"{trio.url}/api/messaging/conversations/{pair['conversationId']}/messages"
    for number in range(2 * WORKERS):
        async with aiohttp.ClientSession() as fresh:  # a connection of its own, so another worker
            async with fresh.post(
                path, json={"content": str(number)}, headers=headers(pair["patient"]["token"])
            ) as sent:
                assert sent.status == 201
            async with fresh.get(path, headers=headers(pair["doctor"]["token"])) as listed:
                assert len((await listed.json())["items"]) == number + 1
    stored = await samples(http, trio, "colloque_messages_sent_total")
    # A connection goes to whoever has the fewest, which may still count one that is just closing.
    assert (set(stored), sum(stored.values())) == ({str(worker) for worker in range(WORKERS)}, 2.0 * WORKERS)
    assert sorted(stored.values())[1] > 0, "one worker did all of it"
    assert await samples(http, trio, "colloque_worker_up") == ALL_UP
    async with http.get(f"{trio.url}/metrics") as reply:
        shown = [line.split(" ")[0] for line in (await reply.text()).splitlines() if not line.startswith("#")]
    for name, label in ASKED.findall(ALERTS.read_text("utf-8")):
        assert any(re.match(rf"{name}(\{{|$)", one) and label in one for one in shown), f"no alert from {name} {label}"
    async with http.get(f"{trio.url}/health/ready") as reply:
        report = await reply.json()
    assert (report["status"], report["workers"]) == ("ok", dict.fromkeys(map(str, range(WORKERS)), "ok"))
    assert report["checks"]["bus"]["detail"] == "postgres carries"


@pytest.mark.timeout(180)
async def test_a_killed_worker_is_replaced_and_nothing_is_lost(
    crew: ServerProcess, site: Site, js: JsHost, http: aiohttp.ClientSession
) -> None:
    await heard_of_each_other(http, crew)
    everybody = await couples(js, crew, site, 2 * WORKERS)
    victim, *others = crew.workers
    work = [asyncio.create_task(couple.send_many(60)) for couple in everybody]
    while sum(len(couple.acked) for couple in everybody) < 30:
        await asyncio.sleep(0.01)
    os.kill(victim, signal.SIGKILL)
    await asyncio.gather(*work)
    assert any(couple.was_cut() for couple in everybody)
    async with asyncio.timeout(20):
        while await samples(http, crew, "colloque_worker_up") != ALL_UP:
            await asyncio.sleep(0.1)
    assert set(others) < set(crew.workers)
    assert victim not in crew.workers
    for couple in everybody:
        assert await couple.everything(60) == [str(number) for number in range(60)] == couple.acked


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_the_end_leaves_no_process(trio: ServerProcess, site: Site, js: JsHost, how: signal.Signals) -> None:
    [pair] = site.pairs(1)
    client = await js.connected(trio.url, pair["patient"]["token"])
    workers = trio.workers
    assert len(workers) == WORKERS
    started = time.monotonic()
    os.kill(trio.pid, how)
    assert await asyncio.to_thread(trio.exit_code, patience=10) == 0
    assert time.monotonic() - started < 10
    assert living(workers) == []
    gone = await client.happened("disconnect")
    assert gone.data["active"], "it would not come back by itself"
    await client.close()


async def test_workers_do_not_outlive_a_killed_parent(trio: ServerProcess) -> None:
    workers = trio.workers
    [folder] = folders(workers)
    trio.kill()
    async with asyncio.timeout(10):
        while living(workers):
            await asyncio.sleep(0.05)
    assert not folder.exists()


def living(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def folders(workers: list[int]) -> set[Path]:
    """Where these workers meet each other."""
    listening = Path("/proc/net/unix").read_text("ascii").split()
    inodes = {str(link.readlink()) for pid in workers for link in Path(f"/proc/{pid}/fd").glob("*")}
    named = [listening[at : at + 2] for at in range(len(listening) - 1) if f"socket:[{listening[at]}]" in inodes]
    return {Path(name).parent for _, name in named if name.endswith(".sock")}


async def test_a_worker_that_cannot_start_ends_the_start() -> None:
    parent = Parent(workers=2, listeners=[], orders={})
    try:
        with pytest.raises(WorkerFailed, match="before it was ready"):
            await parent.start()
    finally:
        await parent.close()
