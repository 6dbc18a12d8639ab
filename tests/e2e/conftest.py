"""One real server a worker, seen only from outside; people of one's own for each test."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.support.clients import JsHost, js_host
from tests.support.clinic import Clinic, Pair, running_clinic
from tests.support.postgres import DatabaseServer
from tests.support.rest import Rest


@pytest.fixture(scope="session")
def clinic(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with running_clinic(cluster, tmp_path_factory.mktemp("clinic")) as running:
        yield running


@pytest.fixture
def pair(clinic: Clinic) -> Pair:
    return clinic.pairs(1)[0]


@pytest.fixture
def stranger(clinic: Clinic) -> Pair:
    """Two people who have nothing to do with `pair`."""
    return clinic.pairs(1)[0]


@pytest.fixture
async def js() -> AsyncIterator[JsHost]:
    async with js_host() as host:
        yield host


@pytest.fixture
async def rest(clinic: Clinic) -> AsyncIterator[Rest]:
    """Nobody yet: `rest.of(token)`."""
    async with aiohttp.ClientSession() as session:
        yield Rest(session, clinic.url, None)


@pytest.fixture
def three_pairs(clinic: Clinic) -> list[Pair]:
    """Three, one for each way of the JavaScript client."""
    return clinic.pairs(3)
