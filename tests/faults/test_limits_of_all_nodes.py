"""Two nodes over each bus, and two workers: who spreads over both gets the rate and the sockets once."""

import asyncio
import contextlib
import re
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from tests.support.site import Site, headers
from tests.support.valkey import Valkey
from tests.support.wire_client import Gone, WireClient

A_SECOND, BURST, SOCKETS = 10, 16, 3
LIMITS = {
    "MESSAGE_RATE": str(A_SECOND * 60),
    "MESSAGE_BURST": str(BURST),
    "MAX_SOCKETS_PER_USER": str(SOCKETS),
}
SECONDS = 5.0
# What may be given away before nodes heard of each other (ADR 0029): an eighth of a burst, and some beats of 100 ms.
TOLERANCE = BURST / 8 + A_SECOND * 1.0


@dataclass(frozen=True, slots=True)
class Spread:
    """One patient, who may connect to both of `urls`."""

    urls: tuple[str, str]
    token: str
    conversation_id: int
    http: aiohttp.ClientSession

    async def client(self, which: int) -> WireClient:
        return await WireClient(self.http, self.urls[which], self.token).connect()

    async def client_of_each(self) -> list[WireClient]:
        """Workers share their port: one that came to the first one's worker is sent away."""
        first = await self.client(0)
        async with asyncio.timeout(20):
            while True:
                second = await self.client(1)
                if await self.sockets() == [1, 1]:
                    return [first, second]
                await second.close()

    async def gets_through(self, client: WireClient, seconds: float) -> int:
        """How many messages that client gets rid of, who comes back when it is told to."""
        count, end = 0, time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ack = await client.call("send_message", {"conversationId": self.conversation_id, "content": "x"})
            if ack["ok"]:
                count += 1
                continue
            assert ack["error"]["code"] == "RATE_LIMIT_EXCEEDED"
            await asyncio.sleep(min(ack["error"]["retryAfter"], left))
        return count

    async def sockets(self) -> list[float]:
        """Of each node or worker."""
        counts: list[float] = []
        for url in dict.fromkeys(self.urls):
            async with self.http.get(f"{url}/metrics") as reply:
                lines = (await reply.text()).splitlines()
            counts += [float(line.split()[-1]) for line in lines if re.match(r"colloque_sockets[ {]", line)]
        return counts

    async def bus_is(self, healthy: bool) -> None:
        async with asyncio.timeout(15):
            while any([await self._healthy(url) != healthy for url in self.urls]):
                await asyncio.sleep(0.05)

    async def _healthy(self, url: str) -> bool:
        async with self.http.get(f"{url}/metrics") as reply:
            lines = (await reply.text()).splitlines()
        return all(line.endswith(" 1.0") for line in lines if line.startswith("colloque_bus_healthy"))


@pytest.fixture(params=["redis", "postgres", "workers"])
async def spread(
    request: pytest.FixtureRequest, site: Site, redis_server: Valkey, http: aiohttp.ClientSession
) -> AsyncIterator[Spread]:
    site.environment |= LIMITS
    if request.param == "redis":
        site.environment |= {"REDIS_URL": redis_server.url, "REDIS_CHANNEL": uuid.uuid4().hex}
    [pair] = site.pairs(1)
    if request.param == "workers":
        # The front gives each new client to the worker with the fewest.
        one = site.node(WORKERS="2")
        urls = (one.url, one.url)
    else:
        site.environment |= {"FANOUT": request.param}
        first, second = site.duo()
        urls = (first.url, second.url)
    ready = Spread(urls, pair["patient"]["token"], pair["conversationId"], http)
    await ready.bus_is(True)
    yield ready


async def test_a_user_on_two_nodes_gets_the_rate_once(spread: Spread) -> None:
    clients = await spread.client_of_each()
    # One after the other: what the first used up is known to the second before it begins.
    first = await spread.gets_through(clients[0], 2.0)
    assert BURST <= first <= BURST + A_SECOND * 2.0 + TOLERANCE
    counts = await asyncio.gather(*(spread.gets_through(client, SECONDS) for client in clients))
    assert A_SECOND * SECONDS * 0.6 <= sum(counts) <= A_SECOND * SECONDS + TOLERANCE
    for client in clients:
        await client.close()


async def test_the_oldest_socket_goes_whichever_node_has_it(spread: Spread) -> None:
    clients: list[WireClient] = []
    for number in range(SOCKETS + 2):
        clients.append(await spread.client(number % 2))
        for old in clients[: max(0, number + 1 - SOCKETS)]:
            assert (await old.wait_for("session_expired", patience=3))["code"] == "TOO_MANY_SOCKETS"
    for client in clients[-SOCKETS:]:
        assert (await client.call("join_room", {"conversationId": spread.conversation_id}))["ok"]
        assert client.named("session_expired") == []
    for client in clients:
        with contextlib.suppress(Gone):
            await client.close()


@pytest.mark.parametrize("spread", ["redis"], indirect=True)
async def test_with_redis_away_each_node_limits_alone_and_once_together_again(
    spread: Spread, redis_server: Valkey
) -> None:
    clients = [await spread.client(which) for which in (0, 1)]
    redis_server.kill()
    try:
        await spread.bus_is(False)
        alone = await asyncio.gather(*(spread.gets_through(client, 2.0) for client in clients))
    finally:
        redis_server.start()
    for count in alone:
        assert BURST <= count <= BURST + A_SECOND * 2.0 + 1
    await spread.bus_is(True)
    # The first beats settle what was left of either bucket.
    await asyncio.gather(*(spread.gets_through(client, 1.0) for client in clients))
    together = await asyncio.gather(*(spread.gets_through(client, 3.0) for client in clients))
    assert sum(together) <= A_SECOND * 3.0 + TOLERANCE
    for client in clients:
        await client.close()


async def test_changes_by_rest_are_limited_over_both_too(site: Site, http: aiohttp.ClientSession) -> None:
    site.environment |= {"REQUEST_RATE": "16", "FANOUT": "postgres"}
    [pair] = site.pairs(1)
    urls = [node.url for node in site.duo()]
    spread = Spread((urls[0], urls[1]), pair["patient"]["token"], pair["conversationId"], http)
    await spread.bus_is(True)

    async def read(url: str) -> tuple[int, str]:
        address = f"{url}/api/messaging/conversations/{spread.conversation_id}/read"
        async with http.post(address, json={}, headers=headers(spread.token)) as reply:
            return reply.status, reply.headers.get("Retry-After", "")

    assert [(await read(urls[0]))[0] for _ in range(17)] == [200] * 16 + [429]
    refusals: list[str] = []
    async with asyncio.timeout(5):
        while not refusals:
            status, wait = await read(urls[1])
            refusals += [wait] if status == 429 else []
    assert float(refusals[0]) >= 1
