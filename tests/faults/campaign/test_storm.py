"""Promises 1, 3 and 4: whatever is killed, frozen or cut, what is acked is there, nothing is twice, all see the same."""

import asyncio
import random
import time
from collections import defaultdict

import aiohttp
import pytest

from tests.faults.campaign.conftest import Say
from tests.faults.campaign.device import Device, Shown
from tests.faults.campaign.house import FAULTS, House, house_of
from tests.faults.campaign.sizes import SIZE
from tests.support.postgres import DatabaseServer, connected
from tests.support.site import Site
from tests.support.valkey import Valkey

pytestmark = pytest.mark.xdist_group("campaign")
# From the end of a fault until everybody was acked again: PostgreSQL has to start, clients wait before they come back.
HEALED = 30.0
SAME_EVERYWHERE = 30.0
Rows = dict[int, dict[int, Shown]]


def stored(house: House) -> dict[int, dict[int, tuple[int, str]]]:
    """(id, client id) by conversation and seq."""
    found: dict[int, dict[int, tuple[int, str]]] = defaultdict(dict)
    with connected(house.site.database.owner_url) as cursor:
        cursor.execute("SELECT conversation_id, seq, id, client_message_id::text FROM messages")
        for conversation_id, seq, message_id, client_id in cursor.fetchall():
            found[conversation_id][seq] = (message_id, client_id)
    return found


class Storm:
    """Everybody writes while the house is shaken."""

    def __init__(self, house: House, http: aiohttp.ClientSession, chance: random.Random) -> None:
        self._house = house
        self._chance = chance
        self._stop = asyncio.Event()
        self.devices: dict[int, list[Device]] = {}
        for pair in house.site.pairs(SIZE.pairs):
            conversation_id = int(pair["conversationId"])
            self.devices[conversation_id] = [
                Device(http, gates, pair[who]["token"], conversation_id)
                for who, gates in (("patient", house.gates), ("doctor", house.gates[::-1]))
            ]

    @property
    def all(self) -> list[Device]:
        return [device for both in self.devices.values() for device in both]

    @property
    def acked(self) -> int:
        return sum(len(device.acked) for device in self.all)

    async def rage(self, say: Say) -> None:
        running = [asyncio.create_task(device.run(self._stop)) for device in self.all]
        try:
            for turn, name in enumerate(self._plan()):
                await self._until(SIZE.sends * (turn + 1) // (SIZE.rounds + 1), running)
                seconds = self._chance.uniform(*SIZE.hold)
                await FAULTS[name](self._house, turn, seconds)
                healed = await self._healed(running)
                say(
                    f"round {turn + 1}",
                    fault=name,
                    seconds=round(seconds, 1),
                    healed=round(healed, 1),
                    acked=self.acked,
                )
            await self._until(SIZE.sends, running)
            self._stop.set()
            await self._same_everywhere(running)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await asyncio.gather(*(device.close() for device in self.all))

    def _plan(self) -> list[str]:
        """Each fault as often as any other, in an order of chance."""
        names = list(FAULTS) * (SIZE.rounds // len(FAULTS))
        self._chance.shuffle(names)
        return names

    async def _until(self, acked: int, running: list["asyncio.Task[None]"]) -> None:
        while self.acked < acked:
            await self._look(running)

    async def _healed(self, running: list["asyncio.Task[None]"]) -> float:
        """Seconds until each device was acked again."""
        started, before = time.monotonic(), [len(device.acked) for device in self.all]
        while any(len(device.acked) <= count for device, count in zip(self.all, before, strict=True)):
            assert time.monotonic() - started < HEALED
            await self._look(running)
        return time.monotonic() - started

    async def _same_everywhere(self, running: list["asyncio.Task[None]"]) -> None:
        """Every screen has what the database has, without anybody having asked again."""
        started = time.monotonic()
        while True:
            rows = await asyncio.to_thread(stored, self._house)
            if all(
                {seq: (shown.id, shown.client_id) for seq, shown in device.messages.items()} == rows[conversation_id]
                for conversation_id, devices in self.devices.items()
                for device in devices
            ):
                return
            assert time.monotonic() - started < SAME_EVERYWHERE, "screens differ from the database"
            await self._look(running)

    async def _look(self, running: list["asyncio.Task[None]"]) -> None:
        for task in running:
            if task.done():
                task.result()
        await asyncio.sleep(0.02)  # between two looks


@pytest.mark.timeout(3600)
async def test_nothing_is_lost_in_a_storm(
    site: Site, own_cluster: DatabaseServer, redis_server: Valkey, http: aiohttp.ClientSession, say: Say
) -> None:
    seed = random.randrange(10**6)
    async with house_of(site, own_cluster, redis_server) as house:
        storm = Storm(house, http, random.Random(seed))
        await storm.rage(say)
        rows = stored(house)
    in_place = {
        client_id: (seq, message_id) for of_one in rows.values() for seq, (message_id, client_id) in of_one.items()
    }
    said = {client_id: place for device in storm.all for client_id, place in device.acked.items()}
    lost = [client_id for client_id, place in said.items() if in_place.get(client_id) != place]
    doubled = sum(map(len, rows.values())) - len(in_place)
    gaps = [
        conversation_id for conversation_id, of_one in rows.items() if set(of_one) != set(range(1, len(of_one) + 1))
    ]
    faults = [fault for device in storm.all for fault in device.faults]
    other_words = [
        shown for device in storm.all for shown in device.messages.values() if shown.content != f"~ {shown.client_id}"
    ]
    say(
        "storm",
        seed=seed,
        rounds=SIZE.rounds,
        acked=len(said),
        refused_and_sent_again=sum(device.retries for device in storm.all),
        connections_lost=sum(device.returns for device in storm.all),
        lost=len(lost),
        doubled=doubled,
    )
    assert (lost, doubled, gaps, faults, other_words) == ([], 0, [], [], [])
    assert in_place.keys() == said.keys()
    assert len(said) >= SIZE.sends
