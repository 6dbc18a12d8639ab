"""What people write, and what lets somebody in, is not in the log of the real server, nor in its metrics."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.support.postgres import DatabaseServer, connected
from tests.support.site import Site
from tests.support.wire_client import WireClient


@pytest.fixture(params=["json", "text"])
def site(request: pytest.FixtureRequest, cluster: DatabaseServer, tmp_path: Path) -> Iterator[Site]:
    with cluster.fresh_database() as database:
        running = Site(database, tmp_path, LOG_LEVEL="DEBUG", LOG_FORMAT=request.param)
        yield running
        running.stop()


async def test_no_canary_sings(site: Site) -> None:
    [pair], node, canary = site.pairs(1), site.node(), f"canary{uuid.uuid4().hex}"
    token = pair["patient"]["token"]
    forged = token[:-4] + "AAAA"
    authorized = {"Authorization": f"Bearer {token}"}
    conversation = f"/api/messaging/conversations/{pair['conversationId']}"
    async with aiohttp.ClientSession(node.url) as http:
        await http.post("/api/auth/login", json={"username": canary, "password": canary})
        await http.post(conversation + "/messages", json={"content": canary}, headers=authorized)
        await http.post(conversation + "/messages", json={"content": [canary], canary: 1}, headers=authorized)
        await http.post(conversation + "/messages", data=b'{"content": "' + canary.encode(), headers=authorized)
        await http.get("/api/messaging/search-users", params={"q": canary}, headers=authorized)
        await http.get(conversation, headers={"Authorization": f"Bearer {forged}"})
        await http.get("/socket.io/", params={"EIO": "4", "transport": "polling", "token": forged})
        client = await WireClient(http, node.url, token).connect()
        message = {"conversationId": pair["conversationId"], "content": canary}
        assert (await client.call("send_message", message))["ok"]
        assert not (await client.call("send_message", {**message, "replyToId": canary}))["ok"]
        assert not (await client.call(canary, message))["ok"]
        # A defect of ours: the handler fails in the middle of it, and the database says which row it was.
        with connected(site.database.owner_url) as cursor:
            cursor.execute("ALTER TABLE messages ADD CONSTRAINT broken CHECK (action IS DISTINCT FROM %s)", (canary,))
        ack = await client.call("send_message", {**message, "action": canary})
        assert ack["error"]["code"] == "INTERNAL"
        assert canary not in json.dumps(ack)
        await client.close()
        metrics = await (await http.get("/metrics")).text()
    node.terminate()
    await asyncio.to_thread(node.exit_code)
    log = node.log.read_text("utf-8")
    assert 'colloque_refusals_total{code="INTERNAL"} 1.0' in metrics
    assert len(log.splitlines()) > 5
    for secret in (canary, token, forged, token.split(".")[2]):
        assert secret not in log
        assert secret not in metrics
