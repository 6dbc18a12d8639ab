"""One real server a worker, seen only from outside; people of one's own for each test."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.support.clients import JsHost, js_host
from tests.support.postgres import DatabaseServer
from tests.support.rest import Rest
from tests.support.site import Pair, Site, running_site


@pytest.fixture(scope="session")
def site(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(cluster, tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def pair(site: Site) -> Pair:
    return site.pairs(1)[0]


@pytest.fixture
def stranger(site: Site) -> Pair:
    """Two people who have nothing to do with `pair`."""
    return site.pairs(1)[0]


@pytest.fixture
async def js() -> AsyncIterator[JsHost]:
    async with js_host() as host:
        yield host


@pytest.fixture
async def rest(site: Site) -> AsyncIterator[Rest]:
    """Nobody yet: `rest.of(token)`."""
    async with aiohttp.ClientSession() as session:
        yield Rest(session, site.url, None)


@pytest.fixture
def site_pairs(site: Site) -> list[Pair]:
    """Three, one for each way of the JavaScript client."""
    return site.pairs(3)
