"""Promises 19 and 21: a thousand who come back at once, and thousands of connections that leave nothing behind."""

import asyncio
import time
from pathlib import Path

import aiohttp
import pytest

from tests.faults.campaign.conftest import Say
from tests.faults.campaign.sizes import SIZE
from tests.support.clients import JsClient, Seen, js_host
from tests.support.processes import ServerProcess
from tests.support.rest import Rest
from tests.support.site import Site
from tests.support.watched_process import memory_of
from tests.support.wire_client import LOST, WireClient

pytestmark = pytest.mark.xdist_group("campaign")
# How many of the stock clients begin to connect at the same time, the first time.
AT_ONCE = 50
BACK = 10.0
# Of the memory before: what the allocator keeps.
GROWTH = 1.05
# Connections to the database, which come and go as they are needed.
POOL = 4


@pytest.mark.timeout(3600)
async def test_a_crowd_comes_back(site: Site, say: Say) -> None:
    node, pairs = site.node(), site.pairs(SIZE.crowd // 2)
    tokens = [pair[who]["token"] for pair in pairs for who in ("patient", "doctor")]
    async with js_host() as host:
        crowd: list[JsClient] = []
        for first in range(0, len(tokens), AT_ONCE):
            some = tokens[first : first + AT_ONCE]
            crowd += await asyncio.gather(*(host.connected(node.url, token) for token in some))
        for client in crowd:
            client.forget()
        node.kill()
        await asyncio.gather(*(client.happened("disconnect") for client in crowd))
        node.start()
        started = time.monotonic()
        await asyncio.gather(*(client.event("connection_established", patience=BACK) for client in crowd))
        took = time.monotonic() - started
        given_up = [seen for client in crowd for seen in client.seen if _gave_up(seen)]
        say("crowd", clients=len(crowd), all_back_after=round(took, 2), given_up=len(given_up))
    assert given_up == []
    assert took < BACK


def _gave_up(seen: Seen) -> bool:
    return seen.kind in ("disconnect", "connect_error") and not seen.data["active"]


class Cycles:
    """Connections of four kinds, each to its end: in order, forged, torn off, and one that fails at what it asks."""

    def __init__(self, http: aiohttp.ClientSession, node: ServerProcess, token: str, conversation_id: int) -> None:
        self._http = http
        self._node = node
        self._token = token
        self._room = {"conversationId": conversation_id}

    async def run(self, count: int, *, at_once: int = 8) -> None:
        numbers = iter(range(count))

        async def some() -> None:
            for number in numbers:
                await self._one(number % 4)

        await asyncio.gather(*(some() for _ in range(at_once)))

    async def _one(self, kind: int) -> None:
        if kind == 0:
            with pytest.raises(LOST):
                await WireClient(self._http, self._node.url, "forged" + self._token).connect()
            return
        client = await WireClient(self._http, self._node.url, self._token).connect()
        assert (await client.call("join_room", self._room))["ok"]
        if kind == 1:
            assert not (await client.call("send_message", {}))["ok"]
            assert not (await client.call("no_such_event", {}))["ok"]
        if kind == 2:
            client.tear_off()
        await client.close()


@pytest.mark.timeout(3600)
async def test_thousands_of_connections_leave_nothing(site: Site, http: aiohttp.ClientSession, say: Say) -> None:
    node, [pair] = site.node_from_nothing(DATABASE_POOL=str(POOL)), site.pairs(1)
    admin = Rest(http, node.url, site.administrator())
    cycles = Cycles(http, node, pair["patient"]["token"], pair["conversationId"])
    await cycles.run(SIZE.cycles // 4)
    before = await left(node, admin)
    await cycles.run(SIZE.cycles)
    after = await left(node, admin)
    say("cycles", count=SIZE.cycles, before=before, after=after)
    assert after["descriptors"] <= before["descriptors"] + POOL
    assert (after["connections"], after["rooms"]) == (0, 0)
    assert after["kib"] <= before["kib"] * GROWTH


async def left(node: ServerProcess, admin: Rest) -> dict[str, int]:
    """Once the last connection is gone."""
    async with asyncio.timeout(10):
        while (stats := await admin.get("/api/messaging/stats"))["connections"]:
            await asyncio.sleep(0.05)  # between two looks
    return {"connections": stats["connections"], "rooms": stats["rooms"], **kept_by(node.pid)}


def kept_by(pid: int) -> dict[str, int]:
    descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return {"descriptors": descriptors, "kib": memory_of(pid)}
