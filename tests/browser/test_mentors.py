"""What mentors say of themselves in the directory, and the picture beside it."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import LogIn
from tests.support.browsing import Somebody, Watch
from tests.support.specimens import picture

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_mentor_edits_their_profile_and_picture(log_in: LogIn, watch: Watch, tmp_path: Path) -> None:
    watch.errors_allowed = True
    david, ines = await log_in("david"), await log_in("ines")
    await _profile(david.page, ines.page)
    await _picture(david, ines, tmp_path)


async def _profile(page: Page, other: Page) -> None:
    await page.get_by_role("link", name="Mentors").click()
    await page.get_by_role("link", name="My profile").click()
    await page.get_by_label("In one sentence").fill("Wound care, from Accra")
    await page.get_by_label("Add a specialty").fill("Wound care, !!!")
    await page.get_by_label("Add a specialty").press("Enter")
    await page.get_by_label("Add a language").select_option(label="Vietnamese")
    await page.get_by_label("Country").select_option(label="Iceland")
    await page.get_by_label("Availability").select_option(label="Little time")
    await page.get_by_role("button", name="Store").click()
    # The server refuses a specialty without a word; the form says so and keeps the rest.
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_role("button", name="Take out !!!").click()
    await page.get_by_role("button", name="Store").click()
    await expect(page.get_by_text("Profile stored.")).to_be_visible()
    await other.get_by_role("link", name="Mentors").click()
    await other.get_by_label("Search a mentor").fill("wound care from accra")
    card = other.locator("main li a", has_text="David Okafor")
    for words in ("Wound care, from Accra", "Little time", "Iceland"):
        await expect(card).to_contain_text(words)
    await card.click()
    await expect(other.get_by_text(re.compile("Vietnamese"))).to_be_visible()


async def _picture(mentor: Somebody, other: Somebody, tmp_path: Path) -> None:
    """Refused before it is sent, shown to others, and taken away."""
    page = mentor.page
    await mentor.go("/mentors/me")
    chooser = page.locator("input[type=file]")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    await chooser.set_input_files({"name": "cv.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    await expect(page.get_by_role("alert")).to_have_text("Choose a JPEG or PNG image.")
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(10_500_000)
    await chooser.set_input_files(large)
    await expect(page.get_by_role("alert")).to_contain_text("at most 10 MB")
    assert sent == []
    # Out of reach for once: what was chosen need not be chosen again.
    await page.route("**/api/mentors/me/avatar", lambda route: route.abort(), times=1)
    await chooser.set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    await page.get_by_role("button", name="Retry").click()
    await expect(page.get_by_text("Picture stored.")).to_be_visible()
    await expect(page.locator("main img")).to_have_js_property("naturalHeight", 240)
    await other.go("/mentors")
    shown = other.page.locator("main li a", has_text="David Okafor").locator("img")
    await expect(shown).to_have_js_property("complete", value=True)
    await page.get_by_role("button", name="Remove the picture").click()
    await expect(page.locator("main img")).to_have_count(0)
    await other.go("/")
    await other.go("/mentors")
    await other.page.locator("main li a", has_text="David Okafor").wait_for()
    await expect(shown).to_have_count(0)
