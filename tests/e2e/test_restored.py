"""A server whose database was lost and restored from a backup, and clients that saw more than the backup has."""

from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.support.postgres import DatabaseServer, ScratchDatabase
from tests.support.site import Site
from tests.support.wire_client import WireClient


@pytest.fixture
def databases(cluster: DatabaseServer) -> Iterator[tuple[ScratchDatabase, ScratchDatabase]]:
    with cluster.fresh_database() as lost, cluster.fresh_database() as restored:
        yield lost, restored


async def said(client: WireClient, conversation_id: int, *texts: str) -> None:
    for text in texts:
        assert (await client.call("send_message", {"conversationId": conversation_id, "content": text}))["ok"]


async def test_clients_ahead_of_a_restored_server_load_anew(
    databases: tuple[ScratchDatabase, ScratchDatabase], tmp_path: Path
) -> None:
    lost, restored = databases
    site = Site(lost, tmp_path)
    [pair] = site.pairs(1)
    place, token = pair["conversationId"], pair["patient"]["token"]
    node = site.node()
    folder = tmp_path / "backup"
    async with aiohttp.ClientSession() as session:
        client = await WireClient(session, node.url, token).connect()
        await said(client, place, "un", "deux")
        epoch = client.named("connection_established")[0]["epoch"]
        # While the server runs.
        assert "holds the database" in site.command("backup", str(folder))
        await said(client, place, "trois", "quatre")
        page = await client.call(
            "join_room", {"conversationId": place, "afterSeq": 4, "afterChange": 4, "epoch": epoch}
        )
        assert page["resync"] is False
        await client.close()
    site.stop()

    again = {"DATABASE_URL": restored.server_url, "MIGRATE_DATABASE_URL": restored.owner_url}
    anchors = tmp_path / "var" / "trail-anchor.jsonl"
    done = site.command("restore", str(folder), "--anchor", str(anchors), **again)
    assert "Restored and verified" in done
    assert "later blocks of the message trail" in done
    new = site.command("token", "--user", str(pair["patient"]["id"]), **again).strip()
    site.environment.update(again, AUDIT_ANCHOR_FILE=str(tmp_path / "new-anchor.jsonl"))
    node = site.node()
    async with aiohttp.ClientSession() as session:
        # Sessions ended with the restore: the old token lets nobody in.
        async with session.get(f"{node.url}/api/auth/me", headers={"Authorization": f"Bearer {token}"}) as answer:
            assert answer.status == 401
        client = await WireClient(session, node.url, new).connect()
        now = client.named("connection_established")[0]["epoch"]
        assert now != epoch
        seen = {"seq": 4, "change": 4}
        # Ahead of the server, whatever epoch it names, and none.
        for named in ({"epoch": epoch}, {}):
            page = await client.call("join_room", {"conversationId": place, "afterSeq": 4, "afterChange": 4, **named})
            assert (page["resync"], page["messages"], page["lastSeq"]) == (True, [], 2)
            reply = await client.call("sync", {"positions": {str(place): seen}, **named})
            assert reply["conversations"][str(place)]["resync"] is True
        # New messages pass the old position: only the epoch tells that those are others.
        await said(client, place, "autre", "encore", "et encore")
        for named, resync in (({"epoch": epoch}, True), ({"epoch": now}, False)):
            page = await client.call("join_room", {"conversationId": place, "afterSeq": 4, "afterChange": 4, **named})
            assert page["resync"] is resync
            reply = await client.call("sync", {"positions": {str(place): seen}, **named})
            assert reply["conversations"][str(place)]["resync"] is resync
        await client.close()
    assert "Verified" in site.command("restore", str(folder), "--verify")
    site.stop()
