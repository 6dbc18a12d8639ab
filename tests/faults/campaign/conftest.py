"""A PostgreSQL of its own that keeps what it commits, and where the figures go."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.faults.campaign.sizes import SIZE
from tests.support.postgres import DatabaseServer, own_database_server
from tests.support.site import Site

FIGURES = Path(__file__).parents[3] / "build" / "campaign.json"


class Say(Protocol):
    def __call__(self, what: str, **figures: Any) -> None: ...


@pytest.fixture(scope="session")
def own_cluster() -> Iterator[DatabaseServer]:
    with own_database_server(durable=True) as running:
        yield running


@pytest.fixture
def site(own_cluster: DatabaseServer, tmp_path: Path) -> Iterator[Site]:
    with own_cluster.fresh_database() as database:
        running = Site(database, tmp_path)
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="session")
def say() -> Iterator[Say]:
    """Prints figures as they come, which pytest shows with -s; all of them are in build/campaign.json at the end."""
    said: dict[str, dict[str, Any]] = {}

    def tell(what: str, **figures: Any) -> None:
        said[what] = figures
        words = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
        sys.stdout.write(f"{what}: {words}\n")

    yield tell
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps({"size": repr(SIZE), **said}, indent=2) + "\n", "utf-8")
