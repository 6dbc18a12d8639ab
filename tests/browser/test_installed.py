"""The client as an installed app: it opens without a network, and tells of news without a word of them."""

import asyncio
import json

import pytest
from playwright.async_api import BrowserContext, CDPSession, Page, expect

from tests.browser.conftest import LogIn
from tests.support.browsing import PATIENCE_MS, PHONE, Watch
from tests.support.clinic import Clinic
from tests.support.talking import words

pytestmark = pytest.mark.asyncio(loop_scope="session")
KEPT = "caches.open('colloque-client').then(cache => cache.keys()).then(keys => keys.map(key => new URL(key.url).pathname))"
SHOWN_SOON = """async () => {
  const worker = await navigator.serviceWorker.ready;
  for (let look = 0; look < 20; look++) {
    const shown = await worker.getNotifications();
    if (shown.length > 0) return shown.map(({ body }) => body);
    await new Promise((go) => setTimeout(go, 50));
  }
  return [];
}"""


NOT_ASKED_YET = """
window.asked = 0;
Object.defineProperty(Notification, "permission", {get: () => "default"});
Notification.requestPermission = async () => { window.asked += 1; return "denied"; };
"""
# What does not come can only be waited for; web/src/app/quietMoment.ts waits for less.
LONGER_THAN_HANDS_REST = "new Promise((done) => setTimeout(done, 2000))"


async def _worker(page: Page) -> CDPSession:
    """Of the browser, once the page's service worker is there."""
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return await page.context.new_cdp_session(page)


async def test_it_can_be_installed(log_in: LogIn, clinic: Clinic) -> None:
    amelie = await log_in("amelie")
    browser = await _worker(amelie.page)
    manifest = await browser.send("Page.getAppManifest")
    assert manifest["errors"] == []
    hindrances = (await browser.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    # The contexts of tests are private windows.
    assert [one["errorId"] for one in hindrances if one["errorId"] != "in-incognito"] == []
    for icon in json.loads(manifest["data"])["icons"]:
        answer = await amelie.page.request.get(clinic.url + icon["src"])
        assert (answer.status, answer.headers["content-type"].split(";")[0]) == (200, icon["type"])


async def test_it_opens_without_a_network_and_keeps_nothing_but_its_own_files(log_in: LogIn, watch: Watch) -> None:
    amelie = await log_in("amelie")
    await _worker(amelie.page)
    await amelie.page.reload()
    await amelie.row("Claire Martin").wait_for()
    kept = await amelie.page.evaluate(KEPT)
    assert "/" in kept
    assert all(path == "/" or path.startswith("/assets/") for path in kept)
    watch.errors_allowed = True
    await amelie.page.context.set_offline(True)
    await amelie.page.reload()
    await amelie.page.get_by_role("status").first.wait_for()
    assert await amelie.page.title() == "Colloque"


async def test_it_opens_at_once_though_the_line_hangs(log_in: LogIn, watch: Watch, clinic: Clinic) -> None:
    amelie = await log_in("amelie")
    await _worker(amelie.page)
    await amelie.page.reload()
    await amelie.row("Claire Martin").wait_for()
    watch.errors_allowed = True
    with clinic.server.frozen():
        await amelie.page.reload(timeout=10_000)
        assert await amelie.page.title() == "Colloque"
    await amelie.row("Claire Martin").wait_for()


async def test_the_offer_moves_nothing_away_from_under_a_finger(log_in: LogIn) -> None:
    amelie = await log_in("amelie", **PHONE)
    await amelie.page.add_init_script(NOT_ASKED_YET)
    await amelie.page.reload()
    await amelie.open_talk_with("Dr. Claire Martin")
    place = await amelie.page.get_by_role("button", name="Back to the conversations").bounding_box()
    assert place is not None
    text = words()
    await amelie.write(text)
    await amelie.page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    await amelie.page.mouse.down()
    await amelie.sees(text)
    await amelie.page.evaluate(LONGER_THAN_HANDS_REST)
    assert await amelie.page.get_by_text("Be told here of an answer?").count() == 0
    await amelie.page.mouse.up()
    await expect(amelie.page.locator("a[data-conversation]").first).to_be_visible()
    await expect(amelie.page.get_by_text("Be told here of an answer?")).to_be_visible()


async def test_with_large_text_on_a_small_phone_the_offer_waits_until_there_is_room(log_in: LogIn) -> None:
    amelie = await log_in("amelie", **{**PHONE, "viewport": {"width": 360, "height": 640}})
    await amelie.page.add_init_script(NOT_ASKED_YET)
    await amelie.page.reload()
    await amelie.open_talk_with("Dr. Claire Martin")
    await amelie.page.evaluate("document.documentElement.style.fontSize = '200%'")
    text = words()
    await amelie.write(text)
    await amelie.sees(text)
    await amelie.page.evaluate(LONGER_THAN_HANDS_REST)
    offer = amelie.page.get_by_text("Be told here of an answer?")
    assert await offer.count() == 0
    assert await amelie.page.locator("[data-scroller]").evaluate("list => list.clientHeight") > 100
    await amelie.page.set_viewport_size({"width": 800, "height": 1100})
    await expect(offer).to_be_visible()


async def test_notifications_are_offered_once_after_the_first_message_and_asked_for_only_then(log_in: LogIn) -> None:
    amelie, doctor = await log_in("amelie", **PHONE), await log_in("dr.martin")
    for somebody, other in ((amelie, "Dr. Claire Martin"), (doctor, "Amélie Durand")):
        await somebody.page.add_init_script(NOT_ASKED_YET)
        await somebody.page.reload()
        await somebody.open_talk_with(other)
        text, offer = words(), somebody.page.get_by_text("Be told here of an answer?")
        assert await offer.count() == 0
        await somebody.write(text)
        await expect(offer).to_be_visible()
        await expect(offer).to_contain_text("neither who wrote nor what")
        assert await somebody.page.evaluate("window.asked") == 0
    offer = amelie.page.get_by_text("Be told here of an answer?")
    await amelie.page.get_by_role("button", name="Not now").click()
    await expect(offer).to_have_count(0)
    await amelie.page.reload()
    text = words()
    await amelie.write(text)
    await (
        amelie.bubble(text)
        .locator("[data-status=sent], [data-status=delivered], [data-status=read]")
        .wait_for(state="attached")
    )
    await amelie.page.evaluate(LONGER_THAN_HANDS_REST)
    assert [await offer.count(), await amelie.page.evaluate("window.asked")] == [0, 0]
    await doctor.page.get_by_role("button", name="Yes, tell me").click()
    await expect(doctor.page.get_by_text("The browser does not allow it.")).to_be_visible()
    assert await doctor.page.evaluate("window.asked") == 1


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        ({"notificationId": 1, "kind": "new_message", "urgent": False}, "A message waits for you."),
        ({"notificationId": 2, "kind": "urgent", "urgent": True}, "An urgent message waits for you."),
        ({"notificationId": 3, "kind": "export_ready", "urgent": False}, "There is something new for you."),
    ],
)
async def test_a_push_shows_a_notification_without_content(
    log_in: LogIn, clinic: Clinic, signal: dict[str, object], said: str
) -> None:
    amelie = await log_in("amelie")
    context: BrowserContext = amelie.page.context
    await context.grant_permissions(["notifications"], origin=clinic.url)
    browser = await _worker(amelie.page)
    registrations: dict[str, bool] = {}
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.update({one["registrationId"]: one["isDeleted"] for one in told["registrations"]}),
    )
    await browser.send("ServiceWorker.enable")
    shown: list[str] = []
    async with asyncio.timeout(PATIENCE_MS / 1000):
        # A worker that is not active yet lets a push fall; a later one takes the place of the first.
        while not shown:
            for number in [number for number, is_deleted in registrations.items() if not is_deleted]:
                push = {"origin": clinic.url, "registrationId": number, "data": json.dumps(signal)}
                await browser.send("ServiceWorker.deliverPushMessage", push)
            shown = await amelie.page.evaluate(SHOWN_SOON)
    assert shown == [said]
