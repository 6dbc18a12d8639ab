"""One server with the demo clinic and one browser for all of these tests; each person has a browser context of their own.

A page that logs an error or calls elsewhere fails its test. `BROWSER=skip` leaves them all out, and says so.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.support.browsing import DESK, PATIENCE_MS, SKIPPED, Somebody, Watch, chromium
from tests.support.clinic import Clinic, running_clinic
from tests.support.postgres import DatabaseServer
from tests.support.rest import Rest

WEB = Path(__file__).parents[2] / "web"
HERE = Path(__file__).parent

LogIn = Callable[..., Awaitable[Somebody]]
# Two cores run the server, PostgreSQL and more than one browser: what is looked for may take its time to come.
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if SKIPPED and item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.skip(reason="BROWSER=skip leaves the browser tests out"))


@pytest.fixture(scope="session")
def clinic(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    if not (WEB / "dist" / "index.html").is_file():
        pytest.fail("The web client is not built; run: make web")
    with running_clinic(cluster, tmp_path_factory.mktemp("clinic")) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """One in a run: workers share the folder that theirs are in (see tests/support/sharing_out.py)."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        try:
            (tmp_path_factory.getbasetemp().parent / "browser").touch(exist_ok=False)
        except FileExistsError:
            pytest.fail("Two workers run browser tests; they belong on one: pytest -n 2 --dist loadgroup")
    async with chromium() as running:
        yield running


@pytest.fixture
def watch(clinic: Clinic) -> Iterator[Watch]:
    watch = Watch(clinic.url)
    yield watch
    assert watch.troubles == []


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, clinic: Clinic, watch: Watch) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """A page at `/` in a browser context of its own."""
    contexts = []

    async def visit(**options: Any) -> Page:
        context = await browser.new_context(**{**DESK, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        watch.over(page)
        await page.goto(clinic.url)
        return page

    yield visit
    await asyncio.gather(*(context.close() for context in contexts))


@pytest.fixture
def log_in(visit: Callable[..., Awaitable[Page]]) -> LogIn:
    """`await log_in("amelie")`: by one click on that person of the demo clinic."""

    async def log_in(username: str, **options: Any) -> Somebody:
        page = await visit(**options)
        await page.locator(f"[data-username='{username}']").click()
        await page.get_by_role("navigation").first.wait_for()
        return Somebody(page)

    return log_in


@pytest_asyncio.fixture(loop_scope="session")
async def rest(clinic: Clinic) -> AsyncIterator[Rest]:
    async with aiohttp.ClientSession() as session:
        yield Rest(session, clinic.url, None)
