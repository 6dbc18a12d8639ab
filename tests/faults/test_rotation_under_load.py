"""Master keys are rotated while two nodes serve: not a read and not a send fails, and the old key can go afterwards."""

import asyncio
import base64
import os
import uuid
from typing import Any

import aiohttp
import pytest

from tests.support.postgres import connected
from tests.support.processes import ServerProcess, run_command
from tests.support.site import Site, headers
from tests.support.wire_client import WireClient

CONVERSATIONS = 300
TALKING = 8
ROTATIONS = 3
SAID_BETWEEN = 7


def new_key(key_id: str) -> str:
    return f"{key_id}:{base64.b64encode(os.urandom(32)).decode()}"


class Talker:
    """Sends by socket on one node and reads all of it by REST on the other, again and again."""

    def __init__(self, http: aiohttp.ClientSession, nodes: list[ServerProcess], pair: dict[str, Any]) -> None:
        self._http = http
        self._nodes = nodes
        self.pair = pair
        self.sent: list[str] = []
        self.reads = 0

    async def run(self, stop: asyncio.Event) -> None:
        client = await WireClient(self._http, self._nodes[0].url, self.pair["patient"]["token"]).connect()
        while not stop.is_set():
            text = uuid.uuid4().hex
            ack = await client.call("send_message", {"conversationId": self.pair["conversationId"], "content": text})
            assert ack["ok"], ack
            self.sent.append(text)
            assert await self.texts(self._nodes[1]) == self.sent[-200:]
            await self.list(self._nodes[1])
        await client.close()

    async def texts(self, node: ServerProcess) -> list[str]:
        url = f"{node.url}/api/messaging/conversations/{self.pair['conversationId']}/messages?limit=200"
        async with self._http.get(url, headers=headers(self.pair["doctor"]["token"])) as reply:
            assert reply.status == 200, await reply.text()
            return [item["content"] for item in (await reply.json())["items"]]

    async def list(self, node: ServerProcess) -> None:
        url = f"{node.url}/api/messaging/conversations"
        async with self._http.get(url, headers=headers(self.pair["doctor"]["token"])) as reply:
            assert reply.status == 200, await reply.text()
        self.reads += 1


def wrapped_under(site: Site) -> dict[str, int]:
    with connected(site.database.owner_url) as cursor:
        cursor.execute("SELECT key_id, count(*) FROM conversations GROUP BY key_id")
        return dict(cursor.fetchall())


async def all_said_more(talkers: list[Talker]) -> None:
    """And read it: under the key that is the current one since."""
    goals = [(talker, talker.reads + SAID_BETWEEN) for talker in talkers]
    async with asyncio.timeout(60):
        while any(talker.reads < goal for talker, goal in goals):
            await asyncio.sleep(0.02)  # between two looks


@pytest.mark.timeout(180)
async def test_rotation_under_load(site: Site, http: aiohttp.ClientSession) -> None:
    site.environment |= {"FANOUT": "postgres", "REQUEST_RATE": "0", "ENCRYPTION_KEYS": new_key("k1")}
    pairs = await asyncio.to_thread(site.pairs, CONVERSATIONS)
    for number in range(2, 2 + ROTATIONS):
        site.environment["ENCRYPTION_KEYS"] = f"{new_key(f'k{number}')},{site.environment['ENCRYPTION_KEYS']}"
    nodes = [await asyncio.to_thread(site.node) for _ in range(2)]
    talkers = [Talker(http, nodes, pair) for pair in pairs[:TALKING]]
    stop = asyncio.Event()
    talks = [asyncio.create_task(talker.run(stop)) for talker in talkers]

    only_last = site.environment["ENCRYPTION_KEYS"].split(",")[0]
    refused = await asyncio.to_thread(
        run_command, "keys", "list", environment={**site.environment, "ENCRYPTION_KEYS": only_last}
    )
    assert refused.returncode == 1
    assert "lacks the key 'k1', under which something in this database is still sealed" in refused.stderr

    keys = site.environment["ENCRYPTION_KEYS"].split(",")
    for current in reversed(keys[:-1]):  # k2, then k3, … : each in front once, and two commands at the same time
        order = ",".join([current, *(key for key in keys if key != current)])
        said = await asyncio.gather(
            *[asyncio.to_thread(site.command, "keys", "rotate", ENCRYPTION_KEYS=order) for _ in range(2)]
        )
        key_id = current.split(":")[0]
        assert wrapped_under(site) == {key_id: CONVERSATIONS}
        assert all(f"All are under {key_id!r}" in text for text in said)
        await all_said_more(talkers)

    stop.set()
    await asyncio.gather(*talks)
    assert all(len(talker.sent) >= ROTATIONS * SAID_BETWEEN for talker in talkers)
    for node in nodes:
        node.stop()
    site.environment["ENCRYPTION_KEYS"] = only_last
    listed = await asyncio.to_thread(site.command, "keys", "list")
    # Beside the conversations' keys there is the secret of the search index; nothing is left under an older key.
    (line,) = listed.splitlines()
    assert line.split()[:2] == [f"k{1 + ROTATIONS}", "current"]
    assert f"wraps {CONVERSATIONS} conversations" in line
    alone = await asyncio.to_thread(site.node)
    for talker in talkers:
        assert await talker.texts(alone) == talker.sent[-200:]
