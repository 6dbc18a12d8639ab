"""SIGKILL of the server while clients send: what was acked is there, once, without a gap; what was not can be sent again."""

import asyncio
import uuid
from typing import Any

import aiohttp
import pytest

from tests.support.postgres import connected
from tests.support.processes import ServerProcess
from tests.support.site import Site
from tests.support.wire_client import LOST, WireClient

CLIENTS = 10
MESSAGES = 200


class Sender:
    """Sends its messages one after the other, each until it is acked, whatever happens to the server."""

    def __init__(self, http: aiohttp.ClientSession, node: ServerProcess, pair: dict[str, Any]) -> None:
        self._http = http
        self._node = node
        self._pair = pair
        self.acked: list[tuple[str, int]] = []
        self.retries = 0

    async def run(self, client_ids: list[str]) -> None:
        remaining = list(client_ids)
        while remaining:
            try:
                client = await WireClient(self._http, self._node.url, self._pair["patient"]["token"]).connect()
                while remaining:
                    await self._send(client, remaining[0])
                    remaining.pop(0)
            except LOST:
                self.retries += 1
                await asyncio.sleep(0.05)

    async def _send(self, client: WireClient, client_id: str) -> None:
        message = {"conversationId": self._pair["conversationId"], "content": client_id, "clientMessageId": client_id}
        ack = await client.call("send_message", message, patience=5)
        assert ack["ok"], ack
        self.acked.append((client_id, ack["message"]["seq"]))


def stored(site: Site) -> list[tuple[int, int, str]]:
    with connected(site.database.owner_url) as cursor:
        cursor.execute(
            "SELECT conversation_id, seq, client_message_id::text FROM messages ORDER BY conversation_id, seq"
        )
        return list(cursor.fetchall())


@pytest.mark.timeout(180)
async def test_nothing_acked_is_lost_and_nothing_doubled(site: Site, http: aiohttp.ClientSession) -> None:
    pairs, node = site.pairs(CLIENTS), site.node()
    senders = [Sender(http, node, pair) for pair in pairs]
    ids = [[str(uuid.uuid4()) for _ in range(MESSAGES)] for _ in senders]
    work = [asyncio.create_task(sender.run(mine)) for sender, mine in zip(senders, ids, strict=True)]
    for goal in (300, 900, 1500):
        while sum(len(sender.acked) for sender in senders) < goal:
            await asyncio.sleep(0.01)
        node.kill()
        await asyncio.to_thread(node.start)
    await asyncio.gather(*work)

    rows = stored(site)
    assert sum(sender.retries for sender in senders) > 0
    assert len(rows) == CLIENTS * MESSAGES
    by_id = {client_id: (conversation_id, seq) for conversation_id, seq, client_id in rows}
    for sender, pair, mine in zip(senders, pairs, ids, strict=True):
        assert [client_id for client_id, _ in sender.acked] == mine
        assert all(by_id[client_id] == (pair["conversationId"], seq) for client_id, seq in sender.acked)
        assert [seq for _, seq in sender.acked] == list(range(1, MESSAGES + 1))
