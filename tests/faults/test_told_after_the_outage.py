"""What happened elsewhere while one node had no database is told there once it has one again, though no hint was lost."""

import asyncio
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import aiohttp
import pytest

from tests.support.clinic import pair_of
from tests.support.postgres import SOCKET, ScratchDatabase, connected
from tests.support.postgres_tap import postgres_tap
from tests.support.processes import ServerProcess
from tests.support.rest import Rest
from tests.support.site import Site
from tests.support.valkey import Valkey
from tests.support.wire_client import WireClient

PATIENCE = 10.0


class Door:
    """A way of one's own to the database, that can be shut: whoever is in there is put out."""

    def __init__(self, database: ScratchDatabase, folder: Path) -> None:
        self._database = database
        target = Path(parse_qs(urlsplit(database.server_url).query)["host"][0])
        self._door, self._socket = folder / SOCKET, target / SOCKET
        self._door.symlink_to(self._socket)
        self.url = database.server_url.replace(quote(str(target), safe=""), quote(str(folder), safe=""))

    @contextmanager
    def shut(self) -> Iterator[None]:
        self._door.unlink()
        with connected(self._database.server_url) as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND datname = current_database() AND usename = current_user"
            )
        yield
        self._door.symlink_to(self._socket)


@pytest.fixture
def door(site: Site) -> Iterator[Door]:
    # The path of a unix socket may have about a hundred characters.
    with tempfile.TemporaryDirectory(prefix="door-") as folder:
        yield Door(site.database, Path(folder))


async def heard(http: aiohttp.ClientSession, node: ServerProcess, kind: str) -> None:
    """A fact of that kind has come over the bus."""
    wanted = f'colloque_facts_total{{direction="received",kind="{kind}"}}'
    async with asyncio.timeout(PATIENCE):
        while True:
            async with http.get(f"{node.url}/metrics") as reply:
                if wanted in await reply.text():
                    return
            await asyncio.sleep(0.02)


async def test_a_list_hears_of_a_conversation_that_was_closed_meanwhile(
    site: Site, door: Door, redis_server: Valkey, http: aiohttp.ClientSession
) -> None:
    site.environment |= {"FANOUT": "redis", "REDIS_URL": redis_server.url, "REDIS_CHANNEL": uuid.uuid4().hex}
    [pair] = map(pair_of, site.pairs(1))
    first, second = site.node(), site.node(DATABASE_URL=door.url)
    patient = await WireClient(http, second.url, pair.patient.token).connect()
    path = f"/api/messaging/conversations/{pair.conversation_id}"
    with door.shut():
        await Rest(http, first.url, pair.doctor.token).patch(path, {"status": "closed"})
        await heard(http, second, "ConversationChanged")
    told = await patient.wait_for("conversation_updated", patience=PATIENCE)
    assert told["conversation"]["canReplyReason"] == "conversation_closed"
    await patient.close()


async def test_a_list_hears_of_a_conversation_that_was_closed_though_the_answer_to_the_commit_was_lost(
    site: Site, redis_server: Valkey, http: aiohttp.ClientSession
) -> None:
    """At both nodes: who closed it got no answer that says so, and to close it again changes nothing."""
    site.environment |= {"FANOUT": "redis", "REDIS_URL": redis_server.url, "REDIS_CHANNEL": uuid.uuid4().hex}
    [pair] = map(pair_of, site.pairs(1))
    path = f"/api/messaging/conversations/{pair.conversation_id}"
    with postgres_tap(site.database.server_url) as tap:
        nodes = site.node(DATABASE_URL=tap.url), site.node()
        patients = [await WireClient(http, node.url, pair.patient.token).connect() for node in nodes]
        doctor = Rest(http, nodes[0].url, pair.doctor.token)
        tap.loses_after = b"UPDATE conversations"
        assert (await doctor.call("PATCH", path, {"status": "closed"})).status == 503
        await doctor.patch(path, {"status": "closed"})
        for patient in patients:
            told = await patient.wait_for("conversation_updated", patience=PATIENCE)
            assert told["conversation"]["canReplyReason"] == "conversation_closed"
            await patient.close()
