"""Everything about oneself, to take away: asked for once, and not forgotten when one leaves the screen."""

import asyncio
import re
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import LogIn
from tests.support.browsing import PHONE, Watch
from tests.support.clinic import Clinic
from tests.support.postgres import connected
from tests.support.rest import Rest

pytestmark = pytest.mark.asyncio(loop_scope="session")
SCREEN = "/settings/data"


async def test_everything_about_oneself_is_prepared_and_downloaded(log_in: LogIn) -> None:
    lucie = await log_in("lucie")
    page = lucie.page
    await lucie.go("/settings")
    await page.get_by_role("link", name="My data").click()
    await page.get_by_role("button", name="Prepare my data").click()
    async with page.expect_download() as starting:
        await page.get_by_role("button", name="Download", exact=True).click()
    download = await starting.value
    assert re.fullmatch(r"colloque-\d{4}-\d\d-\d\d\.zip", download.suggested_filename)
    assert (await asyncio.to_thread((await download.path()).read_bytes)).startswith(b"PK")


async def test_what_got_ready_in_this_visit_is_there_beside_a_later_one_that_fails(
    log_in: LogIn, clinic: Clinic
) -> None:
    page = (await log_in("karim")).page
    await page.goto(clinic.url + SCREEN)
    await page.get_by_role("button", name="Prepare my data").click()
    await _can_be_downloaded(page)
    _another_node_makes_one(clinic, "karim", percent=40)
    await page.get_by_role("button", name="Prepare my data").click()
    await _is_under_way(page)
    with connected(clinic.owner_url) as cursor:
        failed = "UPDATE person_archives SET state = 'failed', lease_until = NULL, owner = NULL"
        of_karim = {"user_id": clinic.person("karim").id}
        cursor.execute(f"{failed} WHERE state = 'running' AND user_id = %(user_id)s", of_karim)
    await expect(page.get_by_role("alert")).to_contain_text("could not be prepared")
    await _can_be_downloaded(page)


async def test_one_comes_back_to_what_one_asked_for(log_in: LogIn, rest: Rest, clinic: Clinic, watch: Watch) -> None:
    _another_node_makes_one(clinic, "paul", percent=40)
    desk, phone = await asyncio.gather(log_in("paul"), log_in("paul", **PHONE))
    for somebody in (desk, phone):
        await somebody.go(SCREEN)
        await _is_under_way(somebody.page)
    await desk.page.reload()
    await _is_under_way(desk.page)

    await desk.go("/")
    await desk.page.locator("a[data-conversation]").first.wait_for()
    await _that_node_dies(clinic, rest)
    await desk.page.get_by_role("status").get_by_role("button", name="Show").click()
    for page in (desk.page, phone.page):
        await _can_be_downloaded(page)
    await phone.page.reload()
    await _can_be_downloaded(phone.page)
    with connected(clinic.owner_url) as cursor:
        of_paul = {"user_id": clinic.person("paul").id}
        cursor.execute("SELECT count(*) FROM person_archives WHERE user_id = %(user_id)s", of_paul)
        assert cursor.fetchone() == (1,)
    await _a_failure_hides_nothing(clinic, desk.page)
    with connected(clinic.owner_url) as cursor:
        over = "UPDATE person_archives SET expires_at = now() - interval '1 second' WHERE user_id = %(user_id)s"
        cursor.execute(over, of_paul)
    # The browser writes down that it was refused.
    watch.errors_allowed = True
    await desk.page.get_by_role("button", name="Download", exact=True).click()
    await expect(desk.page.get_by_role("alert")).to_contain_text("can no longer be downloaded")
    await desk.page.reload()
    await expect(desk.page.get_by_role("button", name="Prepare my data")).to_be_enabled()
    await expect(desk.page.get_by_role("alert")).to_have_count(0)


def _another_node_makes_one(clinic: Clinic, username: str, *, percent: int) -> None:
    """It holds the lease, so that nobody else gets on with it."""
    with connected(clinic.owner_url) as cursor:
        cursor.execute(
            "INSERT INTO person_archives (user_id, asked_by, state, progress, token, owner, lease_until, attempts)"
            " VALUES (%(user_id)s, %(user_id)s, 'running', %(percent)s, %(token)s, %(owner)s, now() + interval '1 hour', 1)",
            {
                "user_id": clinic.person(username).id,
                "percent": percent,
                "token": str(uuid4()),
                "owner": str(uuid4()),
            },
        )


async def _a_failure_hides_nothing(clinic: Clinic, page: Page) -> None:
    """One that could not be made is told of, and what is ready from before can be fetched."""
    of_paul = {"user_id": clinic.person("paul").id}
    with connected(clinic.owner_url) as cursor:
        cursor.execute(
            "INSERT INTO person_archives (user_id, asked_by, state, progress, token, attempts)"
            " VALUES (%(user_id)s, %(user_id)s, 'failed', 40, gen_random_uuid(), 3)",
            of_paul,
        )
    await page.reload()
    await expect(page.get_by_role("alert")).to_contain_text("could not be prepared")
    await _can_be_downloaded(page)
    async with page.expect_download():
        await page.get_by_role("button", name="Download", exact=True).click()
    with connected(clinic.owner_url) as cursor:
        cursor.execute("DELETE FROM person_archives WHERE user_id = %(user_id)s AND state = 'failed'", of_paul)
    await page.reload()
    await _can_be_downloaded(page)


async def _that_node_dies(clinic: Clinic, rest: Rest) -> None:
    """The server takes its work over as soon as it looks for some, which it does when anybody asks for an archive."""
    with connected(clinic.owner_url) as cursor:
        cursor.execute("UPDATE person_archives SET lease_until = now() - interval '1 second' WHERE state = 'running'")
    await rest.of(clinic.person("ines").token).post("/api/messaging/archives", {})


async def _is_under_way(page: Page) -> None:
    await expect(page.get_by_role("progressbar")).to_have_accessible_name("Preparing… 40 %")
    await expect(page.get_by_role("button", name="Prepare my data")).to_be_disabled()


async def _can_be_downloaded(page: Page) -> None:
    await expect(page.get_by_role("button", name="Download", exact=True)).to_be_visible()
    await expect(page.get_by_role("progressbar")).to_have_count(0)
