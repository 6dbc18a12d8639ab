"""Promise 20: whatever the server does beside, its loop turns, and who sends a message hardly notices.

Each work is done by a real server while people send to it; what the machine itself is late by is taken off, and a send is
held against one at rest a moment before.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from tests.faults.test_rotation_under_load import new_key
from tests.support.clinic import Pair, pair_of
from tests.support.postgres import connected
from tests.support.processes import ServerProcess
from tests.support.rest import Rest
from tests.support.site import Site
from tests.support.specimens import ebml, picture, webm
from tests.support.uploads import upload
from tests.support.watched_process import ROUNDS, Lags, Watched, lags_during
from tests.support.wire_client import WireClient

SENDERS, SAID, DUE, AT_ONCE = 4, 1000, 60, 50
# A send may take so many times what it takes at rest, and a little that no ratio is fair to.
TIMES, LITTLE = 4.0, 0.05
PERIOD, AT_REST = 0.01, 200


@dataclass(slots=True)
class Senders:
    """Each sends one message after the other, with a breath between."""

    clients: list[tuple[WireClient, int]]
    took: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        self.took, stop = [], asyncio.Event()
        work = [asyncio.create_task(self._send(client, place, stop)) for client, place in self.clients]
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*work)

    async def _send(self, client: WireClient, conversation_id: int, stop: asyncio.Event) -> None:
        while not stop.is_set():
            started = time.perf_counter()
            ack = await client.call("send_message", {"conversationId": conversation_id, "content": "pendant ce temps"})
            self.took.append(time.perf_counter() - started)
            assert ack["ok"], ack
            await asyncio.sleep(PERIOD)

    @property
    def p95(self) -> float:
        ordered = sorted(self.took)
        return ordered[len(ordered) * 95 // 100]


class House:
    """One server with a long conversation, files, and conversations whose time will be over."""

    def __init__(self, http: aiohttp.ClientSession, site: Site, node: ServerProcess, pairs: list[Pair]) -> None:
        self.http, self.site, self.node = http, site, node
        self.long, self.talking, self.old = pairs[0], pairs[1 : 1 + SENDERS], pairs[1 + SENDERS :]
        self._rest = Rest(http, node.url, self.long.patient.token)
        # Made before anything is measured: the senders live in this very process.
        self._photo = picture(size=(4000, 3000), quality=95)
        self._voice = webm(extra=ebml(b"\x1fC\xb6u", bytes(9_900_000)))

    async def client(self, pair: Pair) -> WireClient:
        return await WireClient(self.http, self.node.url, pair.patient.token).connect()

    async def fill(self) -> None:
        await asyncio.gather(*(self._say(pair, AT_ONCE) for pair in self.old))
        await self._say(self.long, SAID)
        voice = await self._put(self._voice, "voice.webm")
        await self._rest.post(f"{self._path}/messages", {"content": "", "attachmentIds": [voice]})

    async def exports(self) -> None:
        asked = [await self._rest.post(f"{self._path}/exports", {"format": "zip"})]
        asked.append(await self._rest.post("/api/messaging/archives", {}))
        for one in asked:
            kind = "exports" if "exportId" in one else "archives"
            path = f"/api/messaging/{kind}/{next(iter(one.values()))}"
            async with asyncio.timeout(60):
                while (await self._rest.get(path))["state"] != "ready":
                    await asyncio.sleep(0.05)
            answer = await self._rest.call("GET", f"{path}/file")
            assert answer.status == 200

    async def pictures(self) -> None:
        """Looked into, freed of what they tell, and drawn small."""
        await asyncio.gather(*(self._put(self._photo, "photo.jpg") for _ in range(6)))

    async def uploads(self) -> None:
        await asyncio.gather(*(self._put(self._voice, "a.webm") for _ in range(6)))

    async def rotation(self) -> None:
        first, second = self.site.environment["ENCRYPTION_KEYS"].split(",")
        self.site.environment["ENCRYPTION_KEYS"] = f"{second},{first}"
        await asyncio.to_thread(self.site.command, "keys", "rotate")

    async def retention(self) -> None:
        ids = [pair.conversation_id for pair in self.old[: DUE // 2]]
        self.old = self.old[DUE // 2 :]
        with connected(self.site.database.owner_url) as cursor:
            cursor.execute(
                "UPDATE conversations SET created_at = now() - interval '9 years', updated_at = now() - interval '9 years',"
                " last_message_at = now() - interval '9 years' WHERE id = ANY (%s); UPDATE jobs SET due_at = now()",
                (ids,),
            )
        async with asyncio.timeout(60):
            while await asyncio.to_thread(self._full, ids):
                await asyncio.sleep(0.02)

    def _full(self, ids: list[int]) -> int:
        with connected(self.site.database.owner_url) as cursor:
            cursor.execute("SELECT count(*) FROM conversations WHERE emptied_at IS NULL AND id = ANY (%s)", (ids,))
            return int(cursor.fetchone()[0])

    async def searches(self) -> None:
        """While the index is caught up."""
        for _ in range(30):
            await self._rest.get("/api/messaging/messages/search", q="genou mal", limit=50)

    @property
    def _path(self) -> str:
        return f"/api/messaging/conversations/{self.long.conversation_id}"

    async def _say(self, pair: Pair, count: int) -> None:
        client = await self.client(pair)
        body = {
            "conversationId": pair.conversation_id,
            "content": "J’ai mal au genou quand je descends l’escalier. " * 4,
        }
        for _ in range(0, count, AT_ONCE):
            acks: list[Any] = [await client.send("send_message", body) for _ in range(min(AT_ONCE, count))]
            assert all(ack["ok"] for ack in await asyncio.gather(*acks))
        await client.close()

    async def _put(self, data: bytes, name: str) -> int:
        status, body = await upload(self.http, self.node.url, self.long.patient, self.long.conversation_id, data, name)
        assert status == 201, body
        return int(body["attachment"]["id"])


@pytest.mark.timeout(240)
async def test_the_loop_turns_and_sends_are_quick_whatever_is_done_beside(
    site: Site, http: aiohttp.ClientSession
) -> None:
    site.environment |= {"JOB_SECONDS": "0.2", "REQUEST_RATE": "0", "SEARCH_RATE": "0"}
    site.environment["ENCRYPTION_KEYS"] += "," + new_key("k2")
    rows = await asyncio.to_thread(site.pairs, 1 + SENDERS + ROUNDS * DUE // 2)
    house = House(http, site, await asyncio.to_thread(site.node_from_nothing), [pair_of(row) for row in rows])
    await house.fill()
    senders = Senders([(await house.client(pair), pair.conversation_id) for pair in house.talking])
    watched, seen = Watched(house.node.pid, house.node.url), []
    for _ in range(ROUNDS):
        seen.append(await _round(watched, senders, house))
        if seen[-1] is None:
            break
    assert seen[-1] is None, f"lags (of an idle loop), a send at rest, a send beside: {seen}"
    for client, _ in senders.clients:
        await client.close()


async def _round(watched: Watched, senders: Senders, house: House) -> tuple[Lags, float, dict[str, float]] | None:
    """None: all was kept; else what was seen."""
    async with senders.sending():
        while len(senders.took) < AT_REST:
            await asyncio.sleep(PERIOD)
    at_rest, beside = senders.p95, {}

    async def all_works() -> None:
        for work in (house.exports, house.pictures, house.uploads, house.rotation, house.retention, house.searches):
            async with senders.sending():
                await work()
            beside[work.__name__] = senders.p95

    lags = await lags_during(watched, all_works)
    kept = lags.kept and max(beside.values()) <= TIMES * at_rest + LITTLE
    return None if kept else (lags, at_rest, beside)
