"""Workers that do nothing any more are replaced; one that is only busy, and all of a machine that slept, are not."""

import asyncio
import json
import os
import resource
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.workers.member import HUNG_PULSES
from tests.support.clients import JsHost, js_host
from tests.support.couples import Couple, couples, samples
from tests.support.processes import ROOT, ServerProcess
from tests.support.site import Site

WORKERS = 4
COUPLES = 6
MESSAGES = 60
# Hearts beat faster here, so that nobody need wait for long; how many beats may be missed is what the program says.
PULSE_SECONDS = 0.5
HUNG_SECONDS = HUNG_PULSES * PULSE_SECONDS
BUSY_SECONDS = HUNG_SECONDS * 0.4
# Every new process of Python looks for a module of the name `sitecustomize`: SIGUSR2 blocks the event loop of whoever gets
# it, for longer than any test takes.
CUSTOMIZED = f"""
import signal, time
from server.workers import channel

def block_for_good(*_):
    time.sleep(3600)  # longer than any test takes

signal.signal(signal.SIGUSR2, block_for_good)
channel.PULSE_SECONDS = {PULSE_SECONDS}
"""


@pytest.fixture
async def js() -> AsyncIterator[JsHost]:
    async with js_host() as host:
        yield host


def crew(site: Site, folder: Path, *, workers: int) -> ServerProcess:
    """Several workers, whose event loops can be blocked."""
    (folder / "sitecustomize.py").write_text(CUSTOMIZED, "utf-8")
    return site.node_from_nothing(WORKERS=str(workers), PYTHONPATH=f"{folder}:{ROOT}")


def logged(server: ServerProcess, event: str) -> list[dict[str, Any]]:
    """Lines of that event; others need not be JSON."""
    lines = server.log.read_text("utf-8").splitlines()
    said = [json.loads(line) for line in lines if line.startswith("{") and f'"{event}"' in line]
    return [line for line in said if line["event"] == event]


async def answering(server: ServerProcess) -> set[str]:
    """Numbers of the workers that answer, whoever is asked."""
    while True:
        # Not on a connection that is kept: who has it may hang.
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as fresh:
            try:
                up = await samples(fresh, server, "colloque_worker_up")
            except (aiohttp.ClientError, TimeoutError):
                continue
        return {worker for worker, value in up.items() if value == 1}


async def until_answering(server: ServerProcess, workers: set[str]) -> None:
    while not workers <= await answering(server):
        await asyncio.sleep(0.1)  # between two looks


async def keep_busy(server: ServerProcess, worker: str, pid: int) -> None:
    """It does nothing for others most of the time, for longer than a hung worker may live; now and then it does."""
    end = time.monotonic() + HUNG_SECONDS + 2 * BUSY_SECONDS
    while time.monotonic() < end:
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(BUSY_SECONDS)
        finally:
            os.kill(pid, signal.SIGCONT)
        await until_answering(server, {worker})


async def some_sent(everybody: list[Couple]) -> None:
    while sum(len(couple.acked) for couple in everybody) < MESSAGES:
        await asyncio.sleep(0.01)


@pytest.mark.timeout(180)
async def test_hung_workers_are_replaced_and_a_busy_one_is_not(site: Site, tmp_path: Path, js: JsHost) -> None:
    server = crew(site, tmp_path, workers=WORKERS)
    everybody = await couples(js, server, site, COUPLES)
    slots = {line["pid"]: str(line["worker"]) for line in logged(server, "worker_ready")}
    stopped, blocked, busy, idle = slots
    work = [asyncio.create_task(couple.send_many(MESSAGES)) for couple in everybody]
    await some_sent(everybody)
    os.kill(stopped, signal.SIGSTOP)
    os.kill(blocked, signal.SIGUSR2)
    pressing = asyncio.create_task(keep_busy(server, slots[busy], busy))
    await pressing
    async with asyncio.timeout(30):
        await until_answering(server, set(slots.values()))
        await asyncio.gather(*work)

    assert {busy, idle} < set(server.workers)
    assert {stopped, blocked}.isdisjoint(server.workers)
    hung = logged(server, "worker_hung")
    assert {line["pid"] for line in hung} == {stopped, blocked}
    assert "in block_for_good" in server.log.read_text("utf-8"), "it did not say where it hung"
    async with aiohttp.ClientSession() as http, http.get(f"{server.url}/metrics") as reply:
        lines = (await reply.text()).splitlines()
    assert {'colloque_worker_ends_total{why="died"} 0', 'colloque_worker_ends_total{why="hung"} 2'} < set(lines)
    cuts = [
        seen.name for couple in everybody for client in couple.both for seen in client.seen if seen.kind == "disconnect"
    ]
    assert cuts
    assert "ping timeout" not in cuts, "clients had to find out by themselves"
    for couple in everybody:
        assert await couple.everything(MESSAGES) == [str(number) for number in range(MESSAGES)] == couple.acked


async def test_nobody_is_killed_after_a_sleep_of_the_whole_machine(site: Site, tmp_path: Path) -> None:
    """The parent wakes up first, and finds that nobody said anything for long."""
    server = crew(site, tmp_path, workers=2)
    workers = server.workers
    for pid in (server.pid, *workers):
        os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(HUNG_SECONDS + 2 * PULSE_SECONDS)  # the sleep of the machine is what is tested
    os.kill(server.pid, signal.SIGCONT)
    await asyncio.sleep(2 * PULSE_SECONDS)  # so long the parent is awake alone, and finds nothing
    for pid in workers:
        os.kill(pid, signal.SIGCONT)
    async with asyncio.timeout(20):
        await until_answering(server, {"0", "1"})
    assert server.workers == workers
    assert logged(server, "worker_hung") == []


async def test_a_place_is_filled_once_the_parent_can_start_somebody_again(site: Site) -> None:
    """It has no descriptor left at the moment when a worker is to be replaced."""
    server = site.node(WORKERS="2")
    killed, spared = server.workers
    before = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        os.kill(killed, signal.SIGKILL)
        async with asyncio.timeout(20):
            while not any("why" in line for line in logged(server, "worker_ended")):
                await asyncio.sleep(0.05)
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, before)
    async with asyncio.timeout(30):
        await until_answering(server, {"0", "1"})
    assert spared in server.workers
    assert killed not in server.workers
