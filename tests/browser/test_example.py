"""The example of the README in a browser, with its import mapped to the bundle that the server serves."""

import pytest
from playwright.async_api import Browser, ConsoleMessage

from tests.support.browsing import Watch
from tests.support.clinic import Clinic
from tests.support.example import example

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAGE = """<!doctype html><title>Example</title><link rel="icon" href="data:,">
<script type="importmap">{"imports": {"socket.io-client": "/assets/socket.io.esm.min.js"}}</script>
<script type="module" src="/example/chat.js"></script>"""


async def test_the_example_runs_in_a_browser(browser: Browser, clinic: Clinic, watch: Watch) -> None:
    context = await browser.new_context()
    await context.route("**/example/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    code = example(clinic)
    await context.route("**/example/chat.js", lambda route: route.fulfill(body=code, content_type="text/javascript"))
    page = await context.new_page()
    watch.over(page)
    async with page.expect_console_message(lambda message: "stored as number" in message.text) as stored:
        await page.goto(f"{clinic.url}/example/")
    message: ConsoleMessage = await stored.value
    assert message.text.removeprefix("stored as number ").isdigit()
    await context.close()
