"""The client as an installed app: it opens without a network, and tells of news without a word of them."""

import json

import pytest
from playwright.async_api import BrowserContext, CDPSession, Page

from tests.browser.conftest import LogIn
from tests.support.browsing import Watch
from tests.support.clinic import Clinic

pytestmark = pytest.mark.asyncio(loop_scope="session")
KEPT = "caches.open('colloque-client').then(cache => cache.keys()).then(keys => keys.map(key => new URL(key.url).pathname))"
SHOWN = "navigator.serviceWorker.ready.then(worker => worker.getNotifications()).then(all => all.map(one => one.body))"


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
    registrations: list[str] = []
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(one["registrationId"] for one in told["registrations"]),
    )
    await browser.send("ServiceWorker.enable")
    while not registrations:
        await amelie.page.wait_for_function("true")
    await browser.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": clinic.url, "registrationId": registrations[-1], "data": json.dumps(signal)},
    )
    shown = await amelie.page.wait_for_function(f"async () => {{ const all = await {SHOWN}; return all[0] && all }}")
    assert await shown.json_value() == [said]
