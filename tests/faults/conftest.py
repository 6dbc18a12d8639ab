"""Real servers on a database and a Redis of their own, to be killed, frozen and cut."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.support.postgres import DatabaseServer
from tests.support.site import Site
from tests.support.valkey import Valkey, valkey


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Valkey]:
    with valkey() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        yield session


@pytest.fixture
def site(cluster: DatabaseServer, tmp_path: Path) -> Iterator[Site]:
    """An empty database and secrets; nodes are started by the test and end with it."""
    with cluster.fresh_database() as database:
        running = Site(database, tmp_path)
        try:
            yield running
        finally:
            running.stop()
