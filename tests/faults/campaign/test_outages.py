"""Promises 10 and 11: a minute without Redis, a minute without PostgreSQL: what clients notice then and afterwards."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bench.lag import read_lag
from tests.faults.campaign.conftest import Say
from tests.faults.campaign.house import House, house_of
from tests.faults.campaign.sizes import SIZE
from tests.support.postgres import DatabaseServer, frozen, out_of_reach
from tests.support.site import Site
from tests.support.valkey import Valkey
from tests.support.wire_client import WireClient

pytestmark = pytest.mark.xdist_group("campaign")
PAIRS = 10
# Between two messages of one person: a tenth of a second is a very busy one, and no load.
PACE = 0.1


@dataclass(slots=True)
class Talk:
    """The patient writes at the first node to the doctor at the second one."""

    conversation_id: int
    patient: WireClient
    doctor: WireClient
    took: list[float] = field(default_factory=list)
    """Seconds until each ack."""
    came: list[float] = field(default_factory=list)
    """Seconds from the ack until the doctor had it."""

    async def say(self) -> dict[str, Any]:
        client_id = str(uuid.uuid4())
        body = {"conversationId": self.conversation_id, "content": client_id, "clientMessageId": client_id}
        started = time.monotonic()
        ack = await self.patient.call("send_message", body)
        self.took.append(time.monotonic() - started)
        return ack

    async def heard(self, ack: dict[str, Any]) -> None:
        started = time.monotonic()
        seq = ack["message"]["seq"]
        await self.doctor.wait_for("new_message", lambda data: bool(data["message"]["seq"] == seq))
        self.came.append(time.monotonic() - started)

    async def go_on(self, until: asyncio.Event) -> None:
        hearing = []
        while not until.is_set():
            ack = await self.say()
            assert ack["ok"], ack
            hearing.append(asyncio.create_task(self.heard(ack)))
            await asyncio.sleep(PACE)
        await asyncio.gather(*hearing)


@asynccontextmanager
async def talks_in(house: House, http: aiohttp.ClientSession) -> AsyncIterator[list[Talk]]:
    talks = []
    for pair in house.site.pairs(PAIRS):
        patient, doctor = [
            await WireClient(http, node.url, pair[who]["token"]).connect()
            for node, who in zip(house.nodes, ("patient", "doctor"), strict=True)
        ]
        assert (await doctor.call("join_room", {"conversationId": pair["conversationId"]}))["ok"]
        talks.append(Talk(pair["conversationId"], patient, doctor))
    yield talks
    for talk in talks:
        await talk.patient.close()
        await talk.doctor.close()


def p99(seconds: list[float]) -> float:
    return sorted(seconds)[-len(seconds) // 100]


@contextmanager
def stands_still(server: DatabaseServer) -> Iterator[None]:
    with frozen(server.data_dir):
        yield


@contextmanager
def killed(server: Valkey) -> Iterator[None]:
    server.kill()
    try:
        yield
    finally:
        server.start()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("away", [Valkey.frozen, killed], ids=["frozen", "down"])
async def test_without_redis(
    away: Callable[[Valkey], AbstractContextManager[None]],
    site: Site,
    own_cluster: DatabaseServer,
    redis_server: Valkey,
    http: aiohttp.ClientSession,
    say: Say,
) -> None:
    async with house_of(site, own_cluster, redis_server) as house, talks_in(house, http) as talks:
        back = asyncio.Event()
        with away(redis_server):
            going_on = asyncio.gather(*(talk.go_on(back) for talk in talks))
            await asyncio.wait([going_on], timeout=SIZE.outage)
        back.set()
        await going_on
        healed = max(await asyncio.gather(*(until_live(talk) for talk in talks)))
        acks, lags = [[one for talk in talks for one in getattr(talk, name)] for name in ("took", "came")]
        for talk in talks:
            seqs = [data["message"]["seq"] for data in talk.doctor.named("new_message")]
            assert sorted(seqs) == list(range(1, len(talk.took) + 1))
    say(
        f"without Redis, {away.__name__}",
        seconds=SIZE.outage,
        sends=len(acks),
        p99_of_an_ack=round(p99(acks), 3),
        latest_at_the_other_node=round(max(lags), 2),
        healed=round(healed, 2),
    )
    assert p99(acks) < 1
    assert max(lags) < 5
    assert healed < 5


async def until_live(talk: Talk) -> float:
    """Until what is said is there at once again."""
    started = time.monotonic()
    while True:
        await talk.heard(await talk.say())
        if talk.came[-1] < 0.2:
            return time.monotonic() - started


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("away", [stands_still, out_of_reach], ids=["frozen", "down"])
async def test_without_postgresql(
    away: Callable[[DatabaseServer], AbstractContextManager[None]],
    site: Site,
    own_cluster: DatabaseServer,
    redis_server: Valkey,
    http: aiohttp.ClientSession,
    say: Say,
) -> None:
    async with house_of(site, own_cluster, redis_server) as house, talks_in(house, http) as talks:
        assert all(ack["ok"] for ack in await asyncio.gather(*(talk.say() for talk in talks)))
        before, codes = [read_lag(node.url) for node in house.nodes], set[str]()
        with away(own_cluster):
            gone = time.monotonic()
            while time.monotonic() - gone < SIZE.outage:
                for ack in await asyncio.gather(*(talk.say() for talk in talks)):
                    codes.add("" if ack["ok"] else ack["error"]["code"])
                await asyncio.sleep(PACE)
            lags = [read_lag(node.url).since(lag) for node, lag in zip(house.nodes, before, strict=True)]
        healed = max(await asyncio.gather(*(until_acked(talk) for talk in talks)))
        stayed = [not client.closed.is_set() for talk in talks for client in (talk.patient, talk.doctor)]
        answers = [one for talk in talks for one in talk.took]
    say(
        f"without PostgreSQL, {away.__name__}",
        seconds=SIZE.outage,
        answers=len(answers),
        latest_answer=round(max(answers), 2),
        p99_of_the_loops_lag=round(max(lag.quantile(0.99) for lag in lags), 4),
        healed=round(healed, 2),
    )
    assert codes == {"UNAVAILABLE"}
    assert max(answers) < 3
    assert all(stayed)
    assert max(lag.quantile(0.99) for lag in lags) < SIZE.lag
    assert healed < 2


async def until_acked(talk: Talk) -> float:
    started = time.monotonic()
    while not (await talk.say())["ok"]:
        await asyncio.sleep(PACE)
    return time.monotonic() - started
