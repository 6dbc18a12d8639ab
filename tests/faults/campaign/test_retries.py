"""Promise 3: a message that is sent again is the same message: eight times at once, over two nodes, and a day later."""

import asyncio
import uuid
from typing import Any

import aiohttp
import pytest

from tests.faults.campaign.conftest import Say
from tests.faults.campaign.house import House, house_of
from tests.faults.campaign.sizes import SIZE
from tests.support.postgres import DatabaseServer, connected
from tests.support.site import Site
from tests.support.valkey import Valkey
from tests.support.wire_client import WireClient

pytestmark = pytest.mark.xdist_group("campaign")
AT_ONCE = 8
Sent = dict[str, int]


async def sockets(house: House, http: aiohttp.ClientSession, token: str) -> list[WireClient]:
    """Half of them at each node."""
    return [await WireClient(http, house.nodes[number % 2].url, token).connect() for number in range(AT_ONCE)]


def message(conversation_id: int, client_id: str) -> dict[str, Any]:
    return {"conversationId": conversation_id, "content": client_id, "clientMessageId": client_id}


async def send_at_once(house: House, http: aiohttp.ClientSession, pair: dict[str, Any], count: int) -> Sent:
    """The id of each message by its client id. One of the eight stored it, the others are told what that one was."""
    clients, sent = await sockets(house, http, pair["patient"]["token"]), {}
    for _ in range(count):
        client_id = str(uuid.uuid4())
        body = message(pair["conversationId"], client_id)
        acks = await asyncio.gather(*(client.call("send_message", body) for client in clients))
        assert all(ack["ok"] for ack in acks), acks
        assert sorted(ack["duplicate"] for ack in acks) == [False] + [True] * (AT_ONCE - 1)
        [sent[client_id]] = {ack["message"]["id"] for ack in acks}
    await asyncio.gather(*(client.close() for client in clients))
    return sent


async def send_again(house: House, http: aiohttp.ClientSession, pair: dict[str, Any], sent: Sent) -> None:
    clients = await sockets(house, http, pair["patient"]["token"])
    for number, (client_id, message_id) in enumerate(sent.items()):
        body = message(pair["conversationId"], client_id)
        ack = await clients[number % AT_ONCE].call("send_message", body)
        assert (ack["ok"], ack["duplicate"], ack["message"]["id"]) == (True, True, message_id), ack
    await asyncio.gather(*(client.close() for client in clients))


@pytest.mark.timeout(3600)
async def test_a_retry_makes_no_second_message(
    site: Site, own_cluster: DatabaseServer, redis_server: Valkey, http: aiohttp.ClientSession, say: Say
) -> None:
    async with house_of(site, own_cluster, redis_server) as house:
        pairs = site.pairs(SIZE.pairs)
        each = -(-SIZE.retried // len(pairs))
        sent = await asyncio.gather(*(send_at_once(house, http, pair, each) for pair in pairs))
        with connected(site.database.owner_url) as cursor:
            cursor.execute("UPDATE messages SET sent_at = sent_at - interval '24 hours 1 minute'")
        for node in house.nodes:  # what they remember, too, is gone after a day
            node.kill()
            await asyncio.to_thread(node.start)
        await asyncio.gather(*(send_again(house, http, pair, of_one) for pair, of_one in zip(pairs, sent, strict=True)))
    with connected(site.database.owner_url) as cursor:
        cursor.execute("SELECT count(*) FROM messages")
        [stored] = cursor.fetchone()
    retried = sum(map(len, sent))
    say("retries", sent=retried, each_at_once=AT_ONCE, a_day_later=1, second_messages=stored - retried)
    assert stored == retried
