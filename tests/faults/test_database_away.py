"""PostgreSQL frozen, stopped, back: a typed answer within three seconds, sockets stay, nothing lost or doubled, healed soon."""

import asyncio
import os
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.postgres import DatabaseServer, connected, frozen, kill_postmaster, own_database_server
from tests.support.processes import run_command
from tests.support.site import Site, headers
from tests.support.wire_client import WireClient


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[DatabaseServer]:
    with own_database_server() as running:
        yield running


@pytest.fixture
def site(own_cluster: DatabaseServer, tmp_path: Path) -> Iterator[Site]:
    with own_cluster.fresh_database() as database:
        running = Site(database, tmp_path)
        try:
            yield running
        finally:
            running.stop()


async def until_healed(client: WireClient, message: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """The first good ack, and how long it took."""
    started = time.monotonic()
    while not (ack := await client.call("send_message", message))["ok"]:
        assert ack["error"]["code"] == "UNAVAILABLE"
        assert time.monotonic() - started < 10
        await asyncio.sleep(0.1)
    return ack, time.monotonic() - started


async def test_frozen_under_load(site: Site, own_cluster: DatabaseServer, http: aiohttp.ClientSession) -> None:
    [pair], node = site.pairs(1), site.node()
    patient = await WireClient(http, node.url, pair["patient"]["token"]).connect()
    doctor = await WireClient(http, node.url, pair["doctor"]["token"]).connect()
    await doctor.call("join_room", {"conversationId": pair["conversationId"]})

    def message() -> dict[str, Any]:
        key = str(uuid.uuid4())
        return {"conversationId": pair["conversationId"], "content": key, "clientMessageId": key}

    sent = [message() for _ in range(40)]
    acks = [await patient.send("send_message", item) for item in sent[:20]]
    with frozen(own_cluster.data_dir):
        started = time.monotonic()
        acks += [await patient.send("send_message", item) for item in sent[20:]]
        answers = await asyncio.wait_for(asyncio.gather(*acks), 10)
        assert time.monotonic() - started < 3
        refused = [answer["error"] for answer in answers if not answer["ok"]]
        assert {error["code"] for error in refused} == {"UNAVAILABLE"}
        assert all(error["retryAfter"] > 0 for error in refused)
        async with http.get(
            node.url + "/api/messaging/unread-count", headers=headers(pair["doctor"]["token"])
        ) as reply:
            assert (reply.status, (await reply.json())["error"]["code"]) == (503, "UNAVAILABLE")
            assert int(reply.headers["Retry-After"]) >= 1
        assert not patient.closed.is_set()
    _, seconds = await until_healed(patient, message())
    assert seconds < 2
    for item, answer in zip(sent, answers, strict=True):
        again = await patient.call("send_message", item)
        assert again["ok"]
        assert again["duplicate"] or not answer["ok"]
    last = await patient.call("send_message", message())
    await doctor.wait_for("new_message", lambda data: data["message"]["seq"] == last["message"]["seq"])
    await exactly_once(doctor, last["message"]["seq"])
    await patient.close()
    await doctor.close()


async def exactly_once(client: WireClient, last_seq: int) -> None:
    """Every message of the conversation came live, also those whose commit was in doubt, and none twice."""
    deadline = time.monotonic() + 20
    while True:
        seqs = sorted(data["message"]["seq"] for data in client.named("new_message"))
        if seqs == list(range(1, last_seq + 1)):
            return
        assert len(seqs) == len(set(seqs)), "told twice"
        assert time.monotonic() < deadline, f"never told: {set(range(1, last_seq + 1)) - set(seqs)}"
        await asyncio.sleep(0.1)


async def test_postgresql_dies_and_comes_back(
    site: Site, own_cluster: DatabaseServer, http: aiohttp.ClientSession
) -> None:
    """As when the kernel kills it: the supervisor starts it again, the sockets stay, what was acked is there once."""
    [pair], node = site.pairs(1), site.node()
    patient = await WireClient(http, node.url, pair["patient"]["token"]).connect()
    doctor = await WireClient(http, node.url, pair["doctor"]["token"]).connect()
    await doctor.call("join_room", {"conversationId": pair["conversationId"]})

    def message(number: int) -> dict[str, Any]:
        key = str(uuid.UUID(int=number + 1))
        return {"conversationId": pair["conversationId"], "content": key, "clientMessageId": key}

    acks = [await patient.send("send_message", message(number)) for number in range(50)]
    kill_postmaster(own_cluster.data_dir)
    answers = await asyncio.wait_for(asyncio.gather(*acks), 10)
    assert {answer["error"]["code"] for answer in answers if not answer["ok"]} <= {"UNAVAILABLE"}
    await until_healed(patient, message(50))
    seqs = [(await until_healed(patient, message(number)))[0]["message"]["seq"] for number in range(51)]
    assert sorted(seqs) == list(range(1, 52))
    for number, answer in enumerate(answers):
        assert not answer["ok"] or answer["message"]["seq"] == seqs[number]
    await exactly_once(doctor, 51)
    assert not patient.closed.is_set()
    await patient.close()
    await doctor.close()


async def test_connections_killed_by_the_database(site: Site, http: aiohttp.ClientSession) -> None:
    """Nobody notices: not with a conversation whose key is at hand, nor with one that must be read, by a connection that has
    died while it was idle, while it was made, or with a statement unread.
    """
    pairs, node = site.pairs(80), site.node()
    for number, pair in enumerate([*pairs, *[pairs[0]] * 20]):
        patient = await WireClient(http, node.url, pair["patient"]["token"]).connect()
        with connected(site.database.owner_url) as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'colloque'")
            backends = [pid for (pid,) in cursor.fetchall()]
        for pid in backends:
            os.kill(pid, signal.SIGTERM)
        ack = await patient.call("send_message", {"conversationId": pair["conversationId"], "content": f"{number}"})
        assert ack["ok"], ack
        assert ack["message"]["seq"] == max(1, number - len(pairs) + 2)
        await patient.close()


async def test_a_lock_that_is_held_is_no_success(site: Site, http: aiohttp.ClientSession) -> None:
    [pair], node = site.pairs(1), site.node()
    patient = await WireClient(http, node.url, pair["patient"]["token"]).connect()
    message = {"conversationId": pair["conversationId"], "content": "x", "clientMessageId": str(uuid.uuid4())}
    with connected(site.database.owner_url) as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT FROM conversations WHERE id = %s FOR UPDATE", (pair["conversationId"],))
        started = time.monotonic()
        ack = await patient.call("send_message", message)
        assert (ack["ok"], ack["error"]["code"]) == (False, "UNAVAILABLE")
        assert time.monotonic() - started < 3
        cursor.execute("ROLLBACK")
    ack = await patient.call("send_message", message)
    assert (ack["ok"], ack["duplicate"], ack["message"]["seq"]) == (True, False, 1)
    await patient.close()


async def test_the_server_starts_without_its_database_only_to_say_so(site: Site, own_cluster: DatabaseServer) -> None:
    done = run_command(
        "serve",
        environment={
            **site.environment,
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
            "MIGRATE_DATABASE_URL": "",
        },
    )
    assert done.returncode != 0
    assert "PostgreSQL is out of reach" in done.stderr
