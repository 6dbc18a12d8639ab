"""What most tests stand on: one PostgreSQL a run, an empty database a test, and the services of one or two nodes on it."""

import base64
import os
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import Scheduling

from repositories.unit_of_work import Database
from server.event_loop import EventLoop
from server.security.cipher import AesContentCipher
from server.security.master_keys import parse_master_keys
from server.security.secrets_store import Secrets
from tests.support.house import House, close_lanes
from tests.support.postgres import DatabaseServer, ScratchDatabase, database_server, truncate
from tests.support.sharing_out import TogetherWhatIsStartedOnce, measures

HERE = Path(__file__).parent
# Folders whose tests start servers and talk to them.
FROM_OUTSIDE = frozenset({"browser", "e2e", "faults", "notices", "sdk"})
# But this one calls everything that there is, on a server of its own.
CALLS_ALL = HERE / "e2e" / "test_matrix.py"
# What coverage tells to other processes that are started.
WATCHING: dict[str, str] = {}
# How long an example takes says how busy the machine is, not whether it holds.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Of `--dist loadgroup`, which is what `make test` says; other ways stay what they are."""
    return TogetherWhatIsStartedOnce(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """To watch which lines run costs some a sixth of their time, and what they look at runs in other processes."""
    items.sort(key=lambda item: measures(item.nodeid))
    for item in items:
        if _folder(item) in FROM_OUTSIDE:
            item.add_marker(pytest.mark.no_cover)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What is started for these is not watched either: it would take half as long again, and the others pass the same lines."""
    if _folder(item) in FROM_OUTSIDE and item.path != CALLS_ALL:
        WATCHING.update({name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE")})
    else:
        os.environ.update(WATCHING)


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).parts[0] if item.path.is_relative_to(HERE) else ""


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], AbstractEventLoop]]:
    """Production's loop: what asyncio's own does otherwise (docs/library-facts.md, 19) matters to nobody."""
    return {"production": EventLoop}


@pytest.fixture(scope="session")
def cluster() -> Iterator[DatabaseServer]:
    with database_server() as running:
        yield running


@pytest.fixture(scope="session")
def shared_database(cluster: DatabaseServer) -> Iterator[ScratchDatabase]:
    with cluster.fresh_database() as database:
        yield database


@pytest.fixture
def clean_database(shared_database: ScratchDatabase) -> ScratchDatabase:
    """Emptied before the test, so that what a failed one left can be looked at."""
    truncate(shared_database)
    return shared_database


async def _opened(database: ScratchDatabase) -> AsyncIterator[Database]:
    opened = Database(url=database.server_url, pool_size=5, patience=2.5, observe=lambda name, seconds: None)
    await opened.open()
    yield opened
    close_lanes()
    await opened.close()


@pytest.fixture
async def database(clean_database: ScratchDatabase) -> AsyncIterator[Database]:
    async for opened in _opened(clean_database):
        yield opened


@pytest.fixture
async def second_database(clean_database: ScratchDatabase) -> AsyncIterator[Database]:
    """The same database, seen from another node."""
    async for opened in _opened(clean_database):
        yield opened


@pytest.fixture(scope="session")
def secrets() -> Secrets:
    """Made for this run."""
    return Secrets(os.urandom(48), parse_master_keys(f"test:{_random_key()}"))


@pytest.fixture(scope="session")
def cipher(secrets: Secrets) -> AesContentCipher:
    return AesContentCipher(secrets.master_keys)


def _random_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
async def house(database: Database, cipher: AesContentCipher, clean_database: ScratchDatabase) -> House:
    return House(database, cipher, clean_database.owner_url)


@pytest.fixture
async def second_house(second_database: Database, cipher: AesContentCipher, clean_database: ScratchDatabase) -> House:
    return House(second_database, cipher, clean_database.owner_url)


@pytest.fixture
async def care_only(second_database: Database, cipher: AesContentCipher, clean_database: ScratchDatabase) -> House:
    """An installation where mentoring is switched off."""
    return House(second_database, cipher, clean_database.owner_url, kinds=frozenset({"care"}))
