"""What administrators do with a person's data and sessions."""

from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import LogIn
from tests.support.clinic import Clinic, Pair
from tests.support.rest import Rest

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_session_is_ended_and_a_hold_keeps_somebody_from_being_erased(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    pair = clinic.pairs(1)[0]
    person = (await rest.of(clinic.person("admin").token).get(f"/api/admin/users/{pair.patient.id}"))["user"]
    admin = await log_in("admin")
    page = admin.page
    await admin.go("/admin/users")
    await page.get_by_label("Search a name").fill("lucie")
    await page.get_by_role("link", name="Lucie Moreau").click()
    await expect(page.get_by_role("heading", name="Lucie Moreau")).to_be_visible()
    await admin.go(f"/admin/users/{pair.patient.id}")
    await expect(page.get_by_role("heading", name=f"{person['firstName']} {person['lastName']}")).to_be_visible()
    sessions = page.locator("main section li")
    await sessions.first.get_by_role("button", name="Sign out").click()
    await expect(sessions).to_have_count(0)
    assert (await rest.of(pair.patient.token).call("GET", "/api/auth/me")).status == 401
    await page.get_by_role("button", name="Look at erasure").click()
    await expect(page.get_by_role("heading", name="Would be kept")).to_be_visible()
    await expect(page.get_by_text("trail of accesses")).to_be_visible()
    reason = f"File {uuid4().hex[:8]}"
    await page.get_by_role("button", name="Keep everything").click()
    await page.get_by_role("dialog").get_by_label("Reason").fill(reason)
    await page.get_by_role("dialog").get_by_role("button", name="Keep everything").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await admin.go("/admin/holds")
    hold = page.locator("main section li", has_text=reason)
    await expect(hold).to_contain_text(person["lastName"])
    await hold.get_by_role("button", name="Lift").click()
    await page.get_by_role("dialog").get_by_label("Reason").fill("The case is closed")
    await page.get_by_role("dialog").get_by_role("button", name="Lift").click()
    await expect(hold).to_contain_text("The case is closed")
    await _a_conversation_is_held_by_its_number(page, pair)


async def _a_conversation_is_held_by_its_number(page: Page, pair: Pair) -> None:
    await page.get_by_role("button", name="Place a hold").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Number of the conversation").fill(str(pair.conversation_id))
    await form.get_by_label("Reason").fill("Asked for by the court")
    await form.get_by_role("button", name="Keep").click()
    await expect(form).to_have_count(0)
    await page.get_by_role("link", name=f"Conversation {pair.conversation_id}", exact=True).click()
    await expect(page.get_by_role("heading", name="Participants")).to_be_visible()
    person = page.locator("main section li").first
    await person.get_by_role("button", name="Remove").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await person.get_by_role("button", name="Remove").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(person).to_contain_text("left on")
