"""One server seen through a tap on its database, one watched from inside; people of one's own for each test."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

import pytest

from server.settings import read_settings
from tests.costs.crowd import Crowd, Pair
from tests.support.clinic import UNLIMITED
from tests.support.postgres import DatabaseServer
from tests.support.postgres_tap import PostgresTap, postgres_tap
from tests.support.processes import ServerProcess
from tests.support.site import Site
from tests.support.watched_server import WatchedServer, watched_server

PAIRS = 480
Gather = Callable[[str], Crowd]


@dataclass
class Bench:
    site: Site
    tap: PostgresTap
    _pairs: list[Pair] = field(default_factory=list)

    def pairs(self, count: int) -> list[Pair]:
        """Nobody else has them."""
        if not self._pairs:
            self._pairs = self.site.pairs(PAIRS)
        taken, self._pairs = self._pairs[:count], self._pairs[count:]
        assert len(taken) == count, "raise PAIRS"
        return taken


@pytest.fixture(scope="session")
def bench(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with cluster.fresh_database() as database, postgres_tap(database.server_url) as tap:
        environment = {**UNLIMITED, "DATABASE_URL": tap.url}
        yield Bench(Site(database, tmp_path_factory.mktemp("costs"), **environment), tap)


@pytest.fixture(scope="session")
def node(bench: Bench) -> Iterator[ServerProcess]:
    try:
        yield bench.site.node_from_nothing()
    finally:
        bench.site.stop()


@pytest.fixture(scope="session")
def watched(bench: Bench) -> Iterator[WatchedServer]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in bench.site.environment.items():
            patch.setitem(os.environ, name, value)
        settings = read_settings()
    with watched_server(settings) as server:
        yield server


@pytest.fixture
async def gather() -> AsyncIterator[Gather]:
    """A crowd on that server, which leaves after the test."""
    crowds: list[Crowd] = []

    def make(url: str) -> Crowd:
        crowds.append(Crowd(url))
        return crowds[-1]

    yield make
    for crowd in crowds:
        await crowd.leave()
