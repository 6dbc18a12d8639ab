"""A real Chromium, the pages that people look at in it, and what no page may do."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Request, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
DESK: dict[str, Any] = {"viewport": {"width": 1200, "height": 800}, "locale": "en-GB"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 780},
    "locale": "en-GB",
    "has_touch": True,
    "is_mobile": True,
}
NARROW: dict[str, Any] = {**PHONE, "viewport": {"width": 320, "height": 640}}
PATIENCE_MS = 20_000
# A page that a test makes up counts as one of the internet, which may not call this machine without being asked. And what the
# address bar would offer is two pages of each window that nobody sees, made anew for each context.
WITHOUT = ("LocalNetworkAccessChecks", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
SKIPPED = os.environ.get("BROWSER") == "skip"


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.fail(
            "The tests of the client need Chromium; on Debian: apt-get install chromium. BROWSER=skip leaves them out."
        )
    arguments = [f"--disable-features={','.join(WITHOUT)}", "--disable-background-networking"]
    # A microphone that hums, and nobody has to allow.
    arguments += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        await browser.close()


@dataclass
class Watch:
    """What no page may do. A test that stops the server, or is refused on purpose, allows the errors that come of it."""

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
        own = (f"{self.origin}/", self.origin.replace("http", "ws", 1) + "/", "blob:")
        if not request.url.startswith(own):
            self.troubles.append(f"asked elsewhere: {request.url}")


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person at a page of their own browser."""

    page: Page

    def row(self, name: str) -> Locator:
        """In the list; not one about a prescription or an exam, which the same two may have as well."""
        rows = self.page.locator("li:has(> a[data-conversation])")
        return rows.filter(has_text=name).filter(has_not=self.page.locator("[class*=subject]"))

    async def open_talk_with(self, name: str) -> None:
        await self.row(name).locator("a").click()
        await self.page.locator("textarea").wait_for()

    async def go(self, path: str) -> None:
        """Within the page, as a link does."""
        await self.page.evaluate(
            "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }", path
        )

    async def write(self, text: str) -> None:
        await self.page.locator("textarea").fill(text)
        await self.page.locator("textarea").press("Enter")

    def bubble(self, text: str) -> Locator:
        return self.page.locator("[data-mine]", has_text=text)

    async def sees(self, text: str) -> None:
        await self.bubble(text).last.wait_for()

    async def sees_status(self, text: str, status: str) -> None:
        await self.bubble(text).locator(f"[data-status={status}]").wait_for(state="attached")

    async def count(self, text: str) -> int:
        return await self.bubble(text).count()
