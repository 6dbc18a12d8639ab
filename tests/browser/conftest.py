"""A real browser, a real server with the demo clinic; a page that logs an error or calls elsewhere fails its test."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Locator, Page, Request, async_playwright

from tests.support.clinic import Clinic, running_clinic
from tests.support.postgres import DatabaseServer
from tests.support.rest import Rest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
DESK: dict[str, Any] = {"viewport": {"width": 1100, "height": 760}, "locale": "en-GB"}
PATIENCE_MS = 15_000


@dataclass
class Watch:
    """What no page may do. A test that stops the server allows the errors that come of it."""

    origin: str
    troubles: list[str] = field(default_factory=list)
    errors_allowed: bool = False

    def over(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(f"uncaught: {error}"))
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("request", self._asked)

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not self.errors_allowed:
            self.troubles.append(f"{kind}: {text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", self.origin.replace("http", "ws", 1) + "/")):
            self.troubles.append(f"asked elsewhere: {request.url}")


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person at a page of their own browser."""

    page: Page

    def talk_with(self, name: str) -> Locator:
        """In the list; not one about a prescription or an exam, which the same two may have as well."""
        plain = self.page.locator(".rows button", has=self.page.locator(".subject[hidden]"))
        return plain.filter(has_text=name)

    async def open_talk_with(self, name: str) -> None:
        await self.talk_with(name).click()
        await self.page.locator(".history .message").first.wait_for()

    async def write(self, text: str) -> None:
        await self.page.locator("textarea").fill(text)
        await self.page.locator("textarea").press("Enter")

    async def sees(self, text: str) -> None:
        await self.page.locator(".message .text", has_text=text).last.wait_for()

    async def sees_status(self, text: str, status: str) -> None:
        await self.page.locator(f".message[data-status={status}]", has_text=text).wait_for()

    async def count(self, text: str) -> int:
        return await self.page.locator(".message .text", has_text=text).count()


LogIn = Callable[..., Awaitable[Somebody]]


@pytest.fixture(scope="session")
def clinic(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with running_clinic(cluster, tmp_path_factory.mktemp("clinic")) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.fail("The tests of the page need Chromium; on Debian: apt-get install chromium")
    # A page that a test makes up counts as one of the internet, which may not call this machine without being asked.
    arguments = ["--disable-features=LocalNetworkAccessChecks"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        await browser.close()


@pytest.fixture
async def watch(clinic: Clinic) -> AsyncIterator[Watch]:
    watch = Watch(clinic.url)
    yield watch
    assert watch.troubles == []


@pytest.fixture
async def visit(browser: Browser, clinic: Clinic, watch: Watch) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """A page at `/` in a browser context of its own."""
    contexts = []

    async def visit(**options: Any) -> Page:
        context = await browser.new_context(**{**DESK, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        watch.over(page)
        await page.goto(f"{clinic.url}/old")
        return page

    yield visit
    await asyncio.gather(*(context.close() for context in contexts))


@pytest.fixture
def log_in(visit: Callable[..., Awaitable[Page]]) -> LogIn:
    """`await log_in("amelie")`: by one click on that person of the demo clinic."""

    async def log_in(username: str, **options: Any) -> Somebody:
        page = await visit(**options)
        await page.locator(f"[data-username='{username}']").click()
        await page.locator(".list .me").wait_for()
        return Somebody(page)

    return log_in


@pytest.fixture
async def rest(clinic: Clinic) -> AsyncIterator[Rest]:
    async with aiohttp.ClientSession() as session:
        yield Rest(session, clinic.url, None)
