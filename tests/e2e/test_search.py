"""Search over REST on real servers: soon after a send, after the indexer was killed, within limits, and without a word in
the database or the log."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from psycopg2 import sql

from tests.support.clinic import Pair
from tests.support.postgres import DatabaseServer, ScratchDatabase, connected
from tests.support.rest import Rest
from tests.support.site import Site

SEARCH = "/api/messaging/messages/search"
PATIENCE = 15.0


@pytest.fixture
def site(cluster: DatabaseServer, tmp_path: Path) -> Iterator[Site]:
    with cluster.fresh_database() as database:
        running = Site(database, tmp_path, LOG_LEVEL="DEBUG", FANOUT="postgres", SEARCH_RATE="0")
        yield running
        running.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def of(conversation_id: int) -> str:
    return f"/api/messaging/conversations/{conversation_id}/messages"


async def found(by: Rest, q: str, count: int, **query: Any) -> list[dict[str, Any]]:
    """As many hits as that, as soon as there are."""
    async with asyncio.timeout(PATIENCE):
        while len(page := (await by.get(SEARCH, q=q, **query))["items"]) != count:
            await asyncio.sleep(0.05)
    return list(page)


async def test_a_sent_message_is_found_by_both_with_its_excerpt(rest: Rest, pair: Pair, stranger: Pair) -> None:
    patient, doctor = rest.of(pair.patient.token), rest.of(pair.doctor.token)
    sent = (await patient.post(of(pair.conversation_id), {"content": "L'ordonnance de Réunion <b>"}))["message"]
    [hit] = await found(doctor, "reunions ordo", 1)
    assert hit == {
        "message": sent,
        "isMine": False,
        "excerpt": [
            {"text": "L'", "match": False},
            {"text": "ordonnance", "match": True},
            {"text": " de ", "match": False},
            {"text": "Réunion", "match": True},
            {"text": " <b>", "match": False},
        ],
    }
    [mine] = await found(patient, "ordonnances", 1, conversationId=pair.conversation_id)
    assert mine["isMine"] is True
    other = rest.of(stranger.doctor.token)
    assert (await other.get(SEARCH, q="ordonnance"))["items"] == []
    assert (await other.call("GET", SEARCH, q="x", conversationId=pair.conversation_id)).status == 404
    await patient.patch(f"/api/messaging/messages/{sent['id']}", {"content": "renouvellement"})
    await found(doctor, "renouvellements", 1)
    assert (await doctor.get(SEARCH, q="ordonnance"))["items"] == []
    await patient.delete(f"/api/messaging/messages/{sent['id']}")
    assert (await doctor.get(SEARCH, q="renouvellement"))["items"] == []


async def test_pages_and_what_is_refused(rest: Rest, pair: Pair) -> None:
    patient = rest.of(pair.patient.token)
    for number in range(5):
        await patient.post(of(pair.conversation_id), {"content": f"bilan {number}"})
    await found(patient, "bilan", 5)
    first = await patient.get(SEARCH, q="bilan", limit=3)
    assert [hit["message"]["seq"] for hit in first["items"]] == [5, 4, 3]
    assert first["hasMore"] is True
    second = await patient.get(SEARCH, q="bilan", limit=3, before=first["next"])
    assert [hit["message"]["seq"] for hit in second["items"]] == [2, 1]
    assert (second["hasMore"], second["next"]) == (False, None)
    for query in (
        {},
        {"q": ""},
        {"q": "x" * 201},
        {"q": "x", "limit": 51},
        {"q": "x", "before": "0"},
        {"q": "x", "in": "y"},
    ):
        answer = await patient.call("GET", SEARCH, **query)
        assert (answer.status, answer.body["error"]["code"]) == (400, "VALIDATION_FAILED"), query
    assert (await rest.call("GET", SEARCH, q="x")).status == 401


async def test_a_killed_indexer_is_followed_by_another_node_and_then_by_itself(
    site: Site, http: aiohttp.ClientSession
) -> None:
    [pair], (first, second) = site.pairs(1), site.duo()
    token, path = pair["patient"]["token"], of(pair["conversationId"])
    await Rest(http, first.url, token).post(path, {"content": "vertige un"})
    await found(Rest(http, second.url, token), "vertige", 1)
    assert sorted([await _leads(http, first.url), await _leads(http, second.url)]) == [0.0, 1.0]
    dying, living = (first, second) if await _leads(http, first.url) else (second, first)
    dying.kill()
    by = Rest(http, living.url, token)
    await by.post(path, {"content": "vertige deux"})
    assert [hit["message"]["content"] for hit in (await by.get(SEARCH, q="vertige"))["items"]] == ["vertige un"]
    _end_lease(site.database)
    await found(by, "vertige", 2)
    living.kill()
    _end_lease(site.database)
    await found(Rest(http, site.node().url, token), "vertige", 2)


async def test_searches_have_a_limit_of_their_own(site: Site, http: aiohttp.ClientSession) -> None:
    [pair], node = site.pairs(1), site.node(SEARCH_RATE="2")
    by = Rest(http, node.url, pair["patient"]["token"])
    statuses = [(await by.call("GET", SEARCH, q="x")).status for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert (await Rest(http, node.url, pair["doctor"]["token"]).call("GET", SEARCH, q="x")).status == 200


async def test_no_word_of_content_or_query_is_in_the_database_the_log_or_the_metrics(
    site: Site, http: aiohttp.ClientSession
) -> None:
    [pair], node, canary = site.pairs(1), site.node(), f"canari{uuid.uuid4().hex[:12]}"
    sought = f"cherche{uuid.uuid4().hex[:12]}"
    by = Rest(http, node.url, pair["patient"]["token"])
    await by.post(of(pair["conversationId"]), {"content": f"Bonjour {canary}, {canary}s"})
    await found(by, canary, 1)
    await by.get(SEARCH, q=sought)
    await by.call("GET", SEARCH, q=sought, before="x")
    async with http.get(f"{node.url}/metrics") as reply:
        metrics = await reply.text()
    node.terminate()
    await asyncio.to_thread(node.exit_code)
    everything = {
        "database": _dump(site.database),
        "log": node.log.read_text("utf-8"),
        "metrics": metrics,
    }
    assert "search_entries" in everything["database"]
    for name, text in everything.items():
        for word in (canary, sought, canary[:6], sought[:7], "bonjour"):
            assert word not in text.lower(), (word, name)


async def _leads(http: aiohttp.ClientSession, url: str) -> float:
    async with http.get(f"{url}/metrics") as reply:
        text = await reply.text()
    [line] = [line for line in text.splitlines() if line.startswith("colloque_search_leads")]
    return float(line.rsplit(" ", 1)[1])


def _end_lease(database: ScratchDatabase) -> None:
    """As if its time were over; waiting for that is no test."""
    with connected(database.owner_url) as cursor:
        cursor.execute("UPDATE search_lease SET until = now() - interval '1 second'")


def _dump(database: ScratchDatabase) -> str:
    """Every row of every table as text, bytes as such too."""
    rows: list[str] = []
    with connected(database.owner_url) as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text) FILTER (WHERE data_type = 'bytea')"
            " FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name"
        )
        for table, binary in cursor.fetchall():
            named = sql.Identifier(table)
            cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(named))
            rows += [f"{table} {row}" for (row,) in cursor.fetchall()]
            for column in binary or ():
                escaped = sql.SQL("SELECT encode({}, 'escape') FROM {}").format(sql.Identifier(column), named)
                cursor.execute(escaped)
                rows += [str(value) for (value,) in cursor.fetchall()]
    return "\n".join(rows)
