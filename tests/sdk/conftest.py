"""A server for the web client's SDK, which its own tests (vitest, web/tests/server) drive from Node.js."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import DatabaseServer
from tests.support.restorable import Restorable


@pytest.fixture(scope="session")
def restorable(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restorable]:
    running = Restorable(cluster, tmp_path_factory.mktemp("sdk"))
    with running.running():
        yield running
