"""Promise 12: who does not read is cut, and those who do hardly notice that there was somebody."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import aiohttp
import pytest

from tests.faults.campaign.conftest import Say
from tests.faults.campaign.sizes import SIZE
from tests.support.processes import ServerProcess
from tests.support.rest import Rest
from tests.support.site import Site
from tests.support.wire_client import WireClient

pytestmark = pytest.mark.xdist_group("campaign")
DEVICES = 10
AT_ONCE = 2
OTHERS = 10
PACE = 0.02
# What is said to those who do not read, so that it fills what the kernel keeps for them.
LONG = "🙂" * 3_900
CUT = 5.0


class Others:
    """They write at a quiet pace; `p99` is that of all their acks while it was watched."""

    def __init__(self, talks: list[tuple[WireClient, int]]) -> None:
        self._talks = talks

    async def p99_during(self, things: AsyncIterator[Awaitable[None]]) -> float:
        took = list[float]()
        async for thing in things:
            over = asyncio.Event()
            going_on = [asyncio.create_task(self._go_on(*talk, over, took)) for talk in self._talks]
            await thing
            over.set()
            await asyncio.gather(*going_on)
        return statistics.quantiles(took, n=100)[-1]

    async def _go_on(self, client: WireClient, room: int, over: asyncio.Event, took: list[float]) -> None:
        while not over.is_set():
            started = time.monotonic()
            await talk(client, room, "as usual")
            took.append(time.monotonic() - started)
            await asyncio.sleep(PACE)


async def talk(client: WireClient, room: int, text: str) -> None:
    ack = await client.call("send_message", {"conversationId": room, "content": text})
    assert ack["ok"], ack


class Loud:
    """One who writes without end to somebody who has the conversation open on so many devices."""

    def __init__(self, http: aiohttp.ClientSession, node: ServerProcess, pair: dict[str, Any], admin: Rest) -> None:
        self._http = http
        self._node = node
        self._pair = pair
        self._admin = admin
        self._room = int(pair["conversationId"])
        self._devices: list[WireClient] = []
        self.cuts: list[float] = []
        """Seconds until all devices that did not read were cut, each time that they came."""

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        writer = await WireClient(self._http, self._node.url, self._pair["patient"]["token"]).connect()
        tasks = [asyncio.create_task(self._write(writer)) for _ in range(AT_ONCE)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            await writer.close()
            assert {type(end) for end in ends} == {asyncio.CancelledError}, ends

    async def with_readers(self) -> AsyncIterator[Awaitable[None]]:
        await self._open()
        yield asyncio.sleep(SIZE.slow_seconds)
        await asyncio.gather(*(device.close() for device in self._devices))

    async def with_slow_ones(self) -> AsyncIterator[Awaitable[None]]:
        """From the moment when they stop to read until they are cut; again, for as long as it takes."""
        ends = time.monotonic() + SIZE.slow_seconds
        while time.monotonic() < ends:
            before = await self._connections()
            await self._open()
            for device in self._devices:
                device.stop_reading()
            yield self._cut(before)
            for device in self._devices:
                device.tear_off()

    async def _cut(self, before: int) -> None:
        """As the server counts connections: who has stopped to read hears of no end."""
        started = time.monotonic()
        async with asyncio.timeout(2 * CUT):
            while await self._connections() > before:
                await asyncio.sleep(0.05)  # between two looks
        self.cuts.append(time.monotonic() - started)

    async def _connections(self) -> int:
        return int((await self._admin.get("/api/messaging/stats"))["connections"])

    async def _open(self) -> None:
        self._devices = list(await asyncio.gather(*(self._device() for _ in range(DEVICES))))

    async def _device(self) -> WireClient:
        device = await WireClient(self._http, self._node.url, self._pair["doctor"]["token"]).connect()
        ahead = {"conversationId": self._room, "afterSeq": 10**9, "afterChange": 10**9}  # nothing of what was said
        assert (await device.call("join_room", ahead))["ok"]
        return device

    async def _write(self, writer: WireClient) -> None:
        while True:
            await talk(writer, self._room, LONG)
            for client in (writer, *self._devices):
                client.events.clear()
            await asyncio.sleep(PACE / 2)


@pytest.mark.timeout(3600)
async def test_others_hardly_notice(site: Site, http: aiohttp.ClientSession, say: Say) -> None:
    node, [noisy, *pairs] = site.node(), site.pairs(1 + OTHERS)
    admin = Rest(http, node.url, site.administrator())
    talks = [
        (await WireClient(http, node.url, pair["patient"]["token"]).connect(), int(pair["conversationId"]))
        for pair in pairs
    ]
    others, loud = Others(talks), Loud(http, node, noisy, admin)
    beside_readers, beside_slow = list[float](), list[float]()
    async with loud.writing():
        for _ in range(SIZE.slow_rounds):
            beside_readers.append(await others.p99_during(loud.with_readers()))
            beside_slow.append(await others.p99_during(loud.with_slow_ones()))
    for client, _ in talks:
        await client.close()
    ratio = SIZE.judged([slow / read for slow, read in zip(beside_slow, beside_readers, strict=True)])
    say(
        "slow readers",
        cut=len(loud.cuts) * DEVICES,
        latest_cut=round(max(loud.cuts), 2),
        p99_of_others_beside_readers=round(statistics.median(beside_readers), 4),
        beside_slow_ones=round(statistics.median(beside_slow), 4),
        ratio=round(ratio, 2),
    )
    assert max(loud.cuts) < CUT
    assert ratio <= SIZE.slow_ratio
