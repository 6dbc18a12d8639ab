"""What is loaded when it is first needed, and does not come: a network that is away, or another version on the server."""

from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.browser.conftest import LogIn
from tests.support.browsing import PHONE, Watch

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOLD = "This could not be loaded."


async def test_what_cannot_be_loaded_takes_nothing_else_away_and_comes_when_it_can(log_in: LogIn, watch: Watch) -> None:
    watch.errors_allowed = True
    # Without the worker, which a test cannot keep from the network.
    amelie = await log_in("amelie", service_workers="block")
    page = amelie.page
    await amelie.open_talk_with("Dr. Claire Martin")
    await page.locator("textarea").fill("half a sentence")
    for part in ("Switcher", "EmojiPicker"):
        await page.route(f"**/assets/{part}-*", lambda route: route.abort())
    told = page.get_by_role("status").filter(has_text=TOLD)
    await page.keyboard.press("Control+k")
    await expect(told).to_be_visible()
    await told.get_by_role("button", name="Close").click()
    await page.locator("footer").get_by_role("button", name="Emoji").click()
    await expect(told).to_be_visible()
    await expect(page.locator("textarea")).to_have_value("half a sentence")
    await page.unroute_all()
    await page.keyboard.press("Control+k")
    box = page.get_by_role("dialog")
    await expect(box).to_be_visible()
    # Its styles came, too.
    await expect(box.get_by_role("option").first).to_have_css("display", "flex")
    await page.keyboard.press("Escape")
    await page.locator("footer").get_by_role("button", name="Emoji").click()
    await expect(page.get_by_role("searchbox", name="Search an emoji")).to_be_visible()


async def test_a_place_that_did_not_come_is_asked_for_again_and_leaves_a_way_back_on_a_phone(
    log_in: LogIn, watch: Watch
) -> None:
    watch.errors_allowed = True
    amelie = await log_in("amelie", service_workers="block", **PHONE)
    page = amelie.page
    await amelie.open_talk_with("Dr. Claire Martin")
    talk = urlsplit(page.url).path
    await page.route("**/assets/AccessLog-*", lambda route: route.abort())
    await amelie.go(f"{talk}/access")
    await expect(page.get_by_text("This part could not be loaded.")).to_be_visible()
    await page.get_by_role("link", name="Back to messages").click()
    await expect(page.locator("a[data-conversation]").first).to_be_visible()
    await page.unroute_all()
    await amelie.go(f"{talk}/access")
    await page.locator("main li").first.wait_for()
