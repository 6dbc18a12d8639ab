"""The forum beyond votes and answers: one's own texts and points, what search found, and what administrators do."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.browser.conftest import LogIn
from tests.support.browsing import Somebody
from tests.support.clinic import Clinic
from tests.support.rest import Rest

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _title() -> str:
    return f"How long may a wound stay red? {uuid4().hex[:8]}"


async def _asked(rest: Rest, clinic: Clinic, who: str, title: str, **more: str) -> int:
    question = {"title": title, "body": "It is the *third* day.", "tags": ["wounds"], **more}
    asked = await rest.of(clinic.person(who).token).post("/api/questions", question)
    return int(asked["question"]["id"])


async def _choose(somebody: Somebody, item: str) -> None:
    await somebody.page.locator("article").first.get_by_role("button", name="Other actions").click()
    await somebody.page.get_by_role("menuitem", name=item).click()


async def test_points_say_what_they_are_for_and_the_leaderboard_who_has_most(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    title = _title()
    question_id = await _asked(rest, clinic, "ines", title)
    by_paul, by_ines = (rest.of(clinic.person(name).token) for name in ("paul", "ines"))
    answer = (await by_paul.post(f"/api/questions/{question_id}/answers", {"body": "A week."}))["answer"]
    await by_ines.post(f"/api/answers/{answer['id']}/vote", {"value": 1})
    await by_ines.post(f"/api/answers/{answer['id']}/accept", {})
    paul = await log_in("paul")
    await paul.page.get_by_role("link", name="Forum").click()
    await paul.page.get_by_role("link", name="My points").click()
    lines = paul.page.locator("main section li", has_text=title)
    await expect(lines.filter(has_text="Your answer was found useful")).to_contain_text("+10")
    await expect(lines.filter(has_text="Your answer was accepted")).to_contain_text("+15")
    total = (await by_paul.get("/api/points"))["points"]
    await expect(paul.page.get_by_text(f"{total} points", exact=True)).to_be_visible()
    await paul.page.get_by_role("link", name="Leaderboard").click()
    mine = paul.page.locator("main section li", has_text="Paul Lefèvre")
    await expect(mine).to_contain_text("You")
    await expect(mine).to_contain_text(f"{total} points")
    await by_ines.post(f"/api/answers/{answer['id']}/vote", {"value": 0})
    await paul.page.get_by_role("link", name="My points").click()
    await expect(lines.filter(has_text="(undone)")).to_contain_text("−10")
    await lines.first.get_by_role("link").click()
    await expect(paul.page.get_by_role("heading", name=title)).to_be_visible()
    await _what_search_found_is_marked_and_the_address_keeps_what_was_looked_for(paul)


async def _what_search_found_is_marked_and_the_address_keeps_what_was_looked_for(paul: Somebody) -> None:
    page = paul.page
    await paul.go("/forum")
    await page.get_by_role("button", name="Best rated").click()
    await page.get_by_role("searchbox").fill("mentor")
    await page.get_by_role("searchbox").press("Enter")
    await expect(page.locator("main section mark").first).to_have_text(re.compile("mentor", re.IGNORECASE))
    await page.locator("main section li a").first.click()
    await page.locator("article").first.wait_for()
    await page.go_back()
    await expect(page.locator("main section mark").first).to_be_visible()
    await expect(page.get_by_role("button", name="Best rated")).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_role("searchbox")).to_have_value("mentor")


async def test_a_text_is_edited_with_a_preview_and_its_earlier_versions_can_be_read(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    title = _title()
    question_id = await _asked(rest, clinic, "ines", title)
    ines, paul = await log_in("ines"), await log_in("paul")
    for somebody in (ines, paul):
        await somebody.go(f"/forum/{question_id}")
        await somebody.page.locator("article em", has_text="third").wait_for()
    await _choose(ines, "Edit")
    form = ines.page.get_by_role("dialog")
    await form.get_by_label("What you want to know").fill("It is the **fourth** day.")
    await form.get_by_role("button", name="Preview").click()
    await expect(form.locator("strong", has_text="fourth")).to_be_visible()
    await form.get_by_role("button", name="Store").click()
    await expect(paul.page.locator("article strong", has_text="fourth")).to_be_visible()
    await _choose(ines, "Earlier versions")
    versions = ines.page.get_by_role("dialog", name="Earlier versions")
    await expect(versions.locator("del")).to_have_text(re.compile(r"\*third\*"))
    await expect(versions.locator("ins")).to_have_text(re.compile(r"\*\*fourth\*\*"))
    # Whose text it is not is not offered them; and hears that somebody writes.
    await paul.page.locator("article").first.get_by_role("button", name="Other actions").click()
    await expect(paul.page.get_by_role("menuitem")).to_have_text(["Report"])
    await paul.page.keyboard.press("Escape")
    await versions.get_by_role("button", name="Close").last.click()
    await paul.page.get_by_label("Your answer").press_sequentially("Per")
    await expect(ines.page.get_by_text("Somebody is writing an answer…")).to_be_visible()


async def test_a_report_is_looked_at_and_its_text_removed_and_restored(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    title = _title()
    question_id = await _asked(rest, clinic, "ines", title, pseudonym=f"heron {uuid4().hex[:6]}")
    paul, admin = await log_in("paul"), await log_in("admin")
    await paul.go(f"/forum/{question_id}")
    await _choose(paul, "Report")
    form = paul.page.get_by_role("dialog")
    await form.get_by_label("Why").select_option("privacy")
    await form.get_by_label("Details").fill("It names a ward")
    await form.get_by_role("button", name="Send").click()
    await expect(form).to_have_count(0)
    await admin.page.get_by_role("link", name="Reports").click()
    page = admin.page
    report = page.locator("main section li", has_text=title)
    for words in ("Reveals a person", "It names a ward", "Paul Lefèvre", "It is the *third* day."):
        await expect(report).to_contain_text(words)
    # Nowhere but here, and only after one was told that looking is noted.
    await expect(report).not_to_contain_text("Inès")
    await report.get_by_role("button", name="Other actions").click()
    await page.get_by_role("menuitem", name="Who asked the question?").click()
    await page.get_by_role("dialog").get_by_role("button", name="See who asked").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Inès Garcia")
    await page.get_by_role("dialog").get_by_role("button", name="Done").click()
    await report.get_by_role("button", name="Remove from the forum").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Note").fill("Names a ward")
    await form.get_by_role("button", name="Remove from the forum").click()
    await expect(report).to_have_count(0)
    by_paul = rest.of(clinic.person("paul").token)
    assert (await by_paul.call("GET", f"/api/questions/{question_id}")).status == 404
    await page.get_by_role("button", name="Settled", exact=True).click()
    await expect(report).to_contain_text("Names a ward")
    await report.get_by_role("button", name="Restore").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Reason").fill("The ward is public")
    await form.get_by_role("button", name="Restore").click()
    await expect(report.get_by_role("button", name="Restore")).to_have_count(0)
    assert (await by_paul.call("GET", f"/api/questions/{question_id}")).status == 200
