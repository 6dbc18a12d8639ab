"""Every change by REST and every event refuses who did too much on the other node: by the person and by the address.

What there is to try comes from the server's own tables and documents, so that a new endpoint or event is tried too.
"""

import asyncio
import itertools
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import aiohttp
import pytest

from controllers.limit_names import address_limit
from controllers.rest.contract import Access, Endpoint
from server.documents import catalogue
from server.limits import limits_of
from server.rate_limits import Limit
from server.settings import Settings
from tests.support.documents import asyncapi
from tests.support.postgres import DatabaseServer
from tests.support.rest import Rest
from tests.support.site import Site, headers
from tests.support.valkey import Valkey
from tests.support.wire_client import WireClient

# Sends and logins have limits of their own besides those that the tables name.
RATES = {item.name for item in fields(Settings) if item.name.endswith("_rate")} - {"message_rate", "login_rate"}
# Persons and addresses have the same limits here. Each socket may send two events, each person twice what four sockets may.
CHANGED: dict[str, Any] = dict.fromkeys(RATES, 20) | {
    "request_rate": 240,
    "event_rate": 1,
    "max_sockets_per_user": 4,
    "address_factor": 1,
}
SOCKETS, EVENTS_A_SOCKET = 4, 2
LIMITS = limits_of(replace(Settings(), **CHANGED))
ENDPOINTS = [row for row in catalogue().endpoints if row.limit is not None]
NAMES = sorted({row.limit for row in ENDPOINTS if row.limit})
PAIRS = 100


# Of 198.18.0.0/15, which is there for tests.
FRESH = (f"198.18.{number // 250}.{number % 250 + 1}" for number in itertools.count())


@dataclass(frozen=True, slots=True)
class Two:
    """Two nodes behind a proxy that says where people come from."""

    urls: tuple[str, str]
    http: aiohttp.ClientSession
    admin: str
    people: Iterator[str]
    """Tokens of people whom nobody had yet."""
    fresh: Iterator[str]
    """Addresses that nobody had yet."""

    async def refusal(self, row: Endpoint, which: int, token: str, address: str) -> dict[str, Any] | None:
        """None: let through, to whatever came of it."""
        path = re.sub(r"{\w+}", "987654321", row.path)
        query = {} if row.changes_when is None else {"markRead": "true"}
        query |= {"q": "x"} if row.limit == "search" else {}
        who = {**headers(token), "X-Forwarded-For": address}
        async with self.http.request(row.method, self.urls[which] + path, params=query, headers=who) as reply:
            if reply.status != 429:
                return None
            error: dict[str, Any] = (await reply.json())["error"]
            assert float(reply.headers["Retry-After"]) >= error["retryAfter"] > 0
            assert error["code"] == "RATE_LIMIT_EXCEEDED"
            return error

    async def spend(self, row: Endpoint, which: int, token: str, address: str) -> int:
        """Until there is nothing left; how much there was."""
        for count in itertools.count():
            if await self.refusal(row, which, token, address) is not None:
                return count
        raise AssertionError

    async def heard(self) -> None:
        """The second node knows what the first one gave away: of a search, too, which it gave away last."""
        search = next(row for row in ENDPOINTS if row.limit == "search")
        alone = LIMITS["search"].burst
        let_through = alone
        while let_through >= alone:
            token = next(self.people)
            await self.spend(search, 0, token, next(self.fresh))
            let_through = await self.spend(search, 1, token, next(self.fresh))

    async def sockets(self, which: int, token: str, address: str) -> list[WireClient]:
        clients = [WireClient(self.http, self.urls[which], token, address=address) for _ in range(SOCKETS)]
        return await asyncio.gather(*(client.connect() for client in clients))


class Made(NamedTuple):
    urls: tuple[str, str]
    admin: str
    people: Iterator[str]


@pytest.fixture(scope="module")
def shared_site(
    cluster: DatabaseServer, redis_server: Valkey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with cluster.fresh_database() as database:
        environment = {name.upper(): str(value) for name, value in CHANGED.items()}
        bus = {"REDIS_URL": redis_server.url, "REDIS_CHANNEL": uuid.uuid4().hex}
        site = Site(database, tmp_path_factory.mktemp("limits"), **environment, **bus, TRUSTED_PROXIES="127.0.0.1")
        try:
            yield site
        finally:
            site.stop()


@pytest.fixture(scope="module")
def made(shared_site: Site) -> Made:
    people = [pair[role]["token"] for pair in shared_site.pairs(PAIRS) for role in ("patient", "doctor")]
    return Made((shared_site.node().url, shared_site.node().url), shared_site.administrator(), iter(people))


@pytest.fixture
def two(made: Made, http: aiohttp.ClientSession) -> Two:
    return Two(made.urls, http, made.admin, made.people, FRESH)


@pytest.mark.parametrize("limit", NAMES)
def test_the_limits_of_this_test_are_those_of_the_tables(limit: str) -> None:
    assert LIMITS[limit] == LIMITS[address_limit(limit)] != limits_of(Settings())[limit]


@pytest.mark.parametrize("limit", NAMES)
async def test_every_change_by_rest(two: Two, limit: str) -> None:
    rows = [row for row in ENDPOINTS if row.limit == limit]
    known = [row for row in rows if row.access is not Access.PUBLIC]
    for_all = next(row for row in known if row.access is Access.USER)
    burst, shared = LIMITS[limit].burst, next(two.fresh)

    async def walk(rows: list[Endpoint], addresses: Iterator[str]) -> None:
        await two.heard()
        passed = [
            await two.spend(row, which, two.admin, next(addresses)) for row, which in itertools.product(rows, (0, 1))
        ]
        assert sum(passed) < burst / 2

    assert await two.spend(for_all, 0, next(two.people), shared) >= burst
    # An administrator at that address, whose own bucket is full: by the address.
    await walk(rows, itertools.repeat(shared))
    assert await two.refusal(for_all, 1, two.admin, next(two.fresh)) is None
    # The same one from a new address with each call: by the person.
    await two.spend(known[0], 0, two.admin, next(two.fresh))
    await walk(known, two.fresh)


async def test_every_event(two: Two) -> None:
    document = await asyncapi(Rest(two.http, two.urls[0], None))
    tried = set()
    for event, schema in document.events():
        data = document.sample(schema)
        by_person = by_address = False
        while not (by_person and by_address):
            # A machine that is so slow that the bucket is full again before the second node is asked begins again.
            by_person, by_address = await _floods(two, event, data)
        tried.add(event)
    assert tried == {row.name for row in catalogue().events}


async def _floods(two: Two, event: str, data: dict[str, Any]) -> tuple[bool, bool]:
    """One uses up what they and their address have on one node. Whether the other one refuses them, and their neighbour."""
    someone, neighbour, shared, other = next(two.people), next(two.people), next(two.fresh), next(two.fresh)
    clients, began = await two.sockets(0, someone, shared), time.monotonic()
    assert await _refused(clients, event, data) == 0
    await two.heard()
    refused = []
    for token, address in ((someone, other), (neighbour, shared)):
        clients = await two.sockets(1, token, address)
        refused.append(await _refused(clients, event, data))
        let_through = SOCKETS * EVENTS_A_SOCKET - refused[-1]
        assert let_through <= _grown(LIMITS["event"], time.monotonic() - began), (event, address == shared)
    return refused[0] > 0, refused[1] > 0


def _grown(limit: Limit, seconds: float) -> float:
    """What may be let through after a bucket was used up: the rate, and an eighth of a bucket that is not told of."""
    return limit.rate_per_second * seconds + limit.burst / 8


async def _refused(clients: list[WireClient], event: str, data: dict[str, Any]) -> int:
    """As often as each socket may by itself; by somebody's limit, then. The sockets are closed."""
    acks = await asyncio.gather(*(client.call(event, data) for client in clients * EVENTS_A_SOCKET))
    for client in clients:
        await client.close()
    refusals = [ack["error"] for ack in acks if not ack["ok"] and ack["error"]["code"] == "RATE_LIMIT_EXCEEDED"]
    assert all(refusal["retryAfter"] > 0 for refusal in refusals)
    return len(refusals)
