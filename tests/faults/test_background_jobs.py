"""Archive and the end of retention on two real nodes: done once, told live to the people of both, also after one was killed."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from tests.support.postgres import connected
from tests.support.site import Site, headers
from tests.support.wire_client import WireClient

LEASE = 1.5


def is_in_state(status: str) -> Callable[[dict[str, Any]], bool]:
    return lambda data: bool(data["conversation"]["status"] == status)


def make_old(site: Site, conversation_id: int, *, days: int) -> None:
    """As if nothing had happened for so long, and the jobs due."""
    with connected(site.database.owner_url) as cursor:
        cursor.execute(
            "UPDATE conversations SET created_at = now() - %(ago)s::interval, updated_at = now() - %(ago)s::interval,"
            " last_message_at = now() - %(ago)s::interval WHERE id = %(id)s; UPDATE jobs SET due_at = now()",
            {"ago": f"{days} days", "id": conversation_id},
        )


def owner_of_job(site: Site, name: str) -> str | None:
    with connected(site.database.owner_url) as cursor:
        cursor.execute("SELECT owner::text FROM jobs WHERE name = %s AND owner IS NOT NULL", (name,))
        row = cursor.fetchone()
        return None if row is None else str(row[0])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.fixture
def quick_site(site: Site) -> Site:
    site.environment |= {"FANOUT": "postgres", "JOB_SECONDS": "0.2", "JOB_LEASE_SECONDS": str(LEASE)}
    return site


async def test_silence_archives_live_on_both_nodes_and_a_message_reopens(
    quick_site: Site, http: aiohttp.ClientSession
) -> None:
    site = quick_site
    [pair], (first, second) = site.pairs(1), site.duo()
    patient = await WireClient(http, first.url, pair["patient"]["token"]).connect()
    doctor = await WireClient(http, second.url, pair["doctor"]["token"]).connect()
    make_old(site, pair["conversationId"], days=31)
    for client in (patient, doctor):
        await client.wait_for("conversation_updated", is_in_state("archived"))
        assert len([data for data in client.named("conversation_updated") if is_in_state("archived")(data)]) == 1
    sent = await patient.call("send_message", {"conversationId": pair["conversationId"], "content": "again"})
    assert sent["ok"]
    await doctor.wait_for("conversation_updated", is_in_state("active"))
    await patient.close()
    await doctor.close()


async def test_the_doctor_closes_live_and_nobody_else(quick_site: Site, http: aiohttp.ClientSession) -> None:
    site = quick_site
    [pair], (first, second) = site.pairs(1), site.duo()
    patient = await WireClient(http, first.url, pair["patient"]["token"]).connect()
    path = f"/api/messaging/conversations/{pair['conversationId']}"
    for who, status in ((pair["patient"], 403), (pair["doctor"], 200)):
        async with http.patch(second.url + path, json={"status": "closed"}, headers=headers(who["token"])) as reply:
            assert reply.status == status
    told = await patient.wait_for("conversation_updated", is_in_state("closed"))
    assert told["conversation"]["canReplyReason"] == "conversation_closed"
    ack = await patient.call("send_message", {"conversationId": pair["conversationId"], "content": "one more"})
    assert ack["error"]["code"] == "CONFLICT"
    await patient.close()


async def test_the_end_of_retention_comes_although_a_node_died_holding_the_job(
    quick_site: Site, http: aiohttp.ClientSession
) -> None:
    site = quick_site
    [pair, held], first = site.pairs(2), site.node()
    for each in (pair, held):
        patient = await WireClient(http, first.url, each["patient"]["token"]).connect()
        sent = await patient.call("send_message", {"conversationId": each["conversationId"], "content": "long ago"})
        assert sent["ok"]
        await patient.close()
    site.command("retention", "hold", "--conversation", str(held["conversationId"]), "--reason", "case", "--by", "A")
    # The job waits for a row that is locked, the lease in its hands, until its node is killed.
    with connected(site.database.owner_url) as cursor:
        cursor.execute("BEGIN; SELECT FROM users ORDER BY id FOR UPDATE")
        for each in (pair, held):
            make_old(site, each["conversationId"], days=2600)
        await until(lambda: owner_of_job(site, "retention") is not None)
        dead = owner_of_job(site, "retention")
        first.kill()
        second = await asyncio.to_thread(site.node)
        assert dead is not None
        assert shredded(site) == []
        cursor.execute("ROLLBACK")
    doctor = await WireClient(http, second.url, pair["doctor"]["token"]).connect()
    await until(lambda: shredded(site) == [pair["conversationId"]])
    for each, texts in ((pair, [""]), (held, ["long ago"])):
        url = f"{second.url}/api/messaging/conversations/{each['conversationId']}/messages"
        async with http.get(url, headers=headers(each["doctor"]["token"])) as reply:
            assert [item["content"] for item in (await reply.json())["items"]] == texts
    await doctor.close()


def shredded(site: Site) -> list[int]:
    with connected(site.database.owner_url) as cursor:
        cursor.execute("SELECT id FROM conversations WHERE emptied_at IS NOT NULL ORDER BY id")
        return [int(row[0]) for row in cursor.fetchall()]
