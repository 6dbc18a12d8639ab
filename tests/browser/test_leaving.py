"""Nothing is lost or left by accident: what is unsent when the page goes, and what Back closes."""

import base64
import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Dialog, Page, expect

from tests.browser.conftest import LogIn
from tests.browser.test_conversation_files import DROP, chosen, picture
from tests.support.browsing import PHONE, Somebody, Watch
from tests.support.clinic import Clinic
from tests.support.rest import Rest
from tests.support.talking import conversation, words

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _noise() -> bytes:
    made = io.BytesIO()
    Image.effect_noise((2600, 2600), 200).save(made, "PNG", compress_level=1)
    return made.getvalue()


FULL = {"quotaSize": 1}
QUESTIONS = """() => {
    const event = new Event("beforeunload", {cancelable: true});
    dispatchEvent(event);
    return event.defaultPrevented;
}"""
KEPT = f"() => !({QUESTIONS})()"


STORED = "[data-status=sent], [data-status=delivered], [data-status=read]"
# Some megabytes that no compression makes small: to seal them takes a while.
NOISE = _noise()
SEND_AND_GO = """(ms) => new Promise((done) => {
    [...document.querySelectorAll("footer button")].find((button) => button.getAttribute("aria-label") === "Send").click();
    const go = () => (location.reload(), done());
    if (ms === 0) go(); else setTimeout(go, ms);
})"""


async def _files_sent(by: Rest, conversation_id: int, text: str) -> list[list[str]]:
    stored = await by.get(f"/api/messaging/conversations/{conversation_id}/messages", limit=5)
    return [[file["name"] for file in item["attachments"]] for item in stored["items"] if item["content"] == text]


async def _storage(page: Page, clinic: Clinic, **limit: int) -> None:
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Storage.overrideQuotaForOrigin", {"origin": clinic.url, **limit})


async def test_a_full_browser_says_that_what_waits_is_lost_with_the_page_and_asks_before_it_is_left(
    log_in: LogIn, clinic: Clinic, watch: Watch
) -> None:
    watch.errors_allowed = True
    amelie = await log_in("amelie")
    await amelie.open_talk_with("Dr. Claire Martin")
    page, text = amelie.page, words()
    # Among the messages one looks for what was not kept: without a network they would not come any more.
    await page.locator("[data-mine]").first.wait_for()
    assert not await page.evaluate(QUESTIONS)
    await _storage(page, clinic, **FULL)
    await page.context.set_offline(True)
    await amelie.write(text)
    await expect(page.get_by_text("it is lost if you close this page")).to_be_visible()
    told = page.get_by_text("leave this page open until your messages are sent")
    await expect(told).to_be_visible()
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await amelie.write(words())
    await expect(page.get_by_text("it is lost if you close this page")).to_have_count(2)
    await page.close(run_before_unload=True)
    await expect(amelie.bubble(text)).to_be_visible()
    assert asked == ["beforeunload"]
    await page.context.set_offline(False)
    await amelie.sees_status(text, "sent")
    await expect(page.get_by_text("it is lost if you close this page")).to_have_count(0)
    await expect(told).to_have_count(0)
    assert not await page.evaluate(QUESTIONS)


async def test_the_last_words_before_a_reload_are_in_the_draft(log_in: LogIn) -> None:
    amelie = await log_in("amelie")
    await amelie.open_talk_with("Dr. Claire Martin")
    box = amelie.page.locator("textarea")
    for _ in range(5):
        text = words()
        await box.fill(text)
        await amelie.page.reload()
        await expect(box).to_have_value(text)
    await box.fill("")


async def _opened(somebody: Somebody, kind: str) -> Any:
    """What is open over the page."""
    page = somebody.page
    if kind == "picture":
        await page.get_by_role("button", name="Enlarge ouverte.png").last.click()
    elif kind == "menu":
        await page.get_by_role("button", name="More options").click()
    elif kind == "emoji":
        await page.get_by_role("button", name="Emoji", exact=True).click()
    shown = page.get_by_role("menu") if kind == "menu" else page.locator("dialog[open], [popover]:popover-open")
    await expect(shown).to_be_visible()
    await page.wait_for_function("() => history.state?.layers === 1")
    return shown


async def test_back_closes_what_is_open_and_then_leaves_by_one_press_however_it_was_closed(log_in: LogIn) -> None:
    amelie = await log_in("amelie", **PHONE)
    page, listed = amelie.page, amelie.page.locator("a[data-conversation]").first
    await amelie.open_talk_with("Dr. Claire Martin")
    red = base64.b64encode(picture("red")).decode()
    await page.evaluate(DROP, ["section footer", "ouverte.png", "image/png", red])
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("button", name="Enlarge ouverte.png").last).to_be_visible()
    for kind in ("picture", "menu", "emoji"):
        for closes in ("back", "escape", "outside"):
            shown = await _opened(amelie, kind)
            if closes == "back":
                await page.go_back()
            elif closes == "escape":
                await page.keyboard.press("Escape")
            elif kind == "picture":
                await shown.get_by_role("button", name="Close").click()
            else:
                await page.mouse.click(200, 80)
            await expect(shown).to_have_count(0)
            await expect(page.locator("textarea")).to_be_visible()
            # At once, as a second press comes, and one only. As a browser counts it, from where it is going: Playwright's own
            # counts from where it was, and asks for the same step again while the closed layer's entry is being taken away.
            await page.evaluate("history.back()")
            await expect(listed, f"{kind} {closes}").to_be_visible()
            await page.go_forward()
            await page.locator("textarea").wait_for()
            await page.wait_for_function("() => history.state === null")


# The browser tells the page only after the next step through the history that the box is hidden, as it may when it is busy.
LATE_TOGGLE = """() => window.addEventListener("toggle", (event) => {
  if (!event.isTrusted || event.newState !== "closed") return;
  event.stopImmediatePropagation();
  const late = new ToggleEvent("toggle", { oldState: "open", newState: "closed" });
  window.addEventListener("popstate", () => setTimeout(() => event.target.dispatchEvent(late)), { once: true });
}, true)"""


async def test_back_leaves_as_soon_as_nothing_is_seen_to_be_open(log_in: LogIn) -> None:
    amelie = await log_in("amelie", **PHONE)
    page, listed = amelie.page, amelie.page.locator("a[data-conversation]").first
    await amelie.open_talk_with("Dr. Claire Martin")
    await page.evaluate(LATE_TOGGLE)
    for _ in range(3):
        shown = await _opened(amelie, "emoji")
        await page.keyboard.press("Escape")
        await expect(shown).to_have_count(0)
        await page.evaluate("history.back()")
        await expect(listed).to_be_visible()
        await page.go_forward()
        await page.locator("textarea").wait_for()
        await page.wait_for_function("() => history.state === null")


async def test_back_closes_a_dialog_and_a_reload_with_one_open_leaves_no_press_too_many(log_in: LogIn) -> None:
    amelie = await log_in("amelie", **PHONE)
    page, text = amelie.page, words()
    await amelie.open_talk_with("Dr. Claire Martin")
    await amelie.write(text)
    await amelie.sees_status(text, "sent")
    # The dialog takes the place of the menu from which it was opened: one press for both.
    await amelie.bubble(text).tap()
    await amelie.bubble(text).locator("[data-actions]").tap()
    await page.get_by_role("menuitem", name="Delete").click()
    dialog = page.locator("dialog[open]")
    await expect(dialog).to_be_visible()
    await page.wait_for_function("() => history.state?.layers === 1")
    await page.go_back()
    await expect(dialog).to_have_count(0)
    await expect(amelie.bubble(text)).to_be_visible()
    await _opened(amelie, "menu")
    await page.reload()
    await page.locator("textarea").wait_for()
    await page.wait_for_function("() => history.state === null")
    await page.go_back()
    await expect(page.locator("a[data-conversation]").first).to_be_visible()


async def test_a_recording_under_way_is_kept_when_one_goes_elsewhere(log_in: LogIn) -> None:
    lucie = await log_in("lucie")
    page = lucie.page
    await lucie.open_talk_with("Petit")
    address = page.url.removeprefix(page.url.split("/conversations")[0])
    await page.get_by_role("button", name="Record a voice message").click()
    await page.locator("footer").get_by_text(re.compile(r"^0:0[1-9]$")).wait_for()
    assert await page.evaluate(QUESTIONS)
    await lucie.go("/settings")
    await expect(page.get_by_text("Your recording is kept in the conversation.")).to_be_visible()
    await page.wait_for_function(KEPT)
    await page.reload()
    await lucie.go(address)
    await expect(page.locator("footer").get_by_role("button", name="Play the voice message, 0:0")).to_be_visible()
    players = page.locator("[data-mine]").get_by_role("button", name="Play the voice message")
    before = await players.count()
    await page.get_by_role("button", name="Send the voice message").click()
    await expect(players).to_have_count(before + 1)
    await expect(page.locator("textarea")).to_be_focused()
    await page.wait_for_function(KEPT)
    await page.reload()
    await expect(page.locator("textarea")).to_be_visible()


async def test_chosen_files_outlive_a_reload_and_go_once(log_in: LogIn, rest: Rest, clinic: Clinic) -> None:
    by, conversation_id = await conversation(rest, clinic, "dr.martin", "Amélie")
    amelie = await log_in("amelie")
    page, text = amelie.page, words()
    await amelie.open_talk_with("Dr. Claire Martin")
    files = [chosen(f"{n}.png", "image/png", picture("red")) for n in ("one", "two", "three")]
    await page.locator("input[type=file]").set_input_files(files)
    await page.wait_for_function(KEPT)
    await page.get_by_role("button", name="Remove two.png").click()
    await page.wait_for_function(KEPT)
    await page.reload()
    tray = page.get_by_role("list", name="Attached files").get_by_role("listitem")
    await expect(tray).to_have_count(2)
    # They are what they were: the browser draws them.
    await page.wait_for_function(
        "() => [...document.querySelectorAll('footer li img')].every((image) => image.naturalWidth === 320)"
    )
    await amelie.write(text)
    await expect(tray).to_have_count(0)
    await expect(amelie.bubble(text).locator(STORED)).to_be_attached()
    assert await _files_sent(by, conversation_id, text) == [["one.png", "three.png"]]
    await page.wait_for_function(KEPT)
    await page.reload()
    await page.locator("textarea").wait_for()
    await expect(tray).to_have_count(0)


async def test_a_page_that_goes_while_it_sends_files_neither_loses_nor_doubles_them(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    """Whatever was written by then: it is all there to be sent, or it was sent."""
    by, conversation_id = await conversation(rest, clinic, "dr.martin", "Amélie")
    amelie = await log_in("amelie")
    page = amelie.page
    await amelie.open_talk_with("Dr. Claire Martin")
    for wait_ms in (0, 5, 20, 80, 300):
        text, box = words(), page.locator("textarea")
        await page.locator("input[type=file]").set_input_files([chosen("noise.png", "image/png", NOISE)])
        await page.wait_for_function(KEPT)
        await box.fill(text)
        await page.evaluate(SEND_AND_GO, wait_ms)
        await box.wait_for()
        await expect(
            amelie.bubble(text).locator(STORED).or_(page.get_by_role("button", name="Remove noise.png"))
        ).to_be_attached()
        if await page.get_by_role("button", name="Remove noise.png").count():
            await expect(box).to_have_value(text)
            await page.get_by_role("button", name="Send", exact=True).click()
        await expect(amelie.bubble(text).locator(STORED)).to_be_attached()
        assert await _files_sent(by, conversation_id, text) == [["noise.png"]]
        await expect(box).to_have_value("")
        await page.wait_for_function(KEPT)


async def test_files_that_the_browser_cannot_keep_are_asked_about_wherever_one_is(
    log_in: LogIn, clinic: Clinic, watch: Watch
) -> None:
    watch.errors_allowed = True
    amelie = await log_in("amelie")
    page = amelie.page
    await amelie.open_talk_with("Dr. Claire Martin")
    address = page.url.removeprefix(page.url.split("/conversations")[0])
    await _storage(page, clinic, **FULL)
    files = [chosen(f"{n}.png", "image/png", picture("red")) for n in ("one", "two")]
    await page.locator("input[type=file]").set_input_files(files)
    await page.wait_for_function(QUESTIONS)
    await amelie.go("/settings")
    assert await page.evaluate(QUESTIONS)
    await amelie.go(address)
    for n in ("one", "two"):
        assert await page.evaluate(QUESTIONS)
        await page.get_by_role("button", name=f"Remove {n}.png").click()
    await page.wait_for_function(KEPT)
    await page.locator("input[type=file]").set_input_files(files[:1])
    await page.wait_for_function(QUESTIONS)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("button", name="Enlarge one.png").last).to_be_visible()
    await page.wait_for_function(KEPT)


async def test_what_is_chosen_in_one_tab_is_chosen_in_the_other(log_in: LogIn) -> None:
    amelie = await log_in("amelie")
    await amelie.open_talk_with("Dr. Claire Martin")
    page, other = amelie.page, await amelie.page.context.new_page()
    await other.goto(page.url)
    await other.locator("textarea").wait_for()
    await page.locator("input[type=file]").set_input_files([chosen("scan.png", "image/png", picture("blue"))])
    await other.get_by_role("button", name="Remove scan.png").click()
    await expect(page.get_by_role("list", name="Attached files")).to_have_count(0)
    await other.close()


async def test_a_recording_that_the_end_of_the_session_cuts_off_waits_for_whoever_made_it(
    log_in: LogIn, rest: Rest, clinic: Clinic, watch: Watch
) -> None:
    watch.errors_allowed = True
    by = rest.of(clinic.person("paul").token)
    page = (await log_in("paul")).page
    await page.locator("a[data-conversation]").first.click()
    await page.get_by_role("button", name="Record a voice message").click()
    await page.locator("footer").get_by_text(re.compile(r"^0:0[1-9]$")).wait_for()
    for session in (await by.get("/api/auth/sessions"))["items"]:
        if not session["current"]:
            await by.delete(f"/api/auth/sessions/{session['id']}")
    await page.locator("[data-username='paul']").wait_for()
    # Nobody sees any more what it would ask about.
    await page.wait_for_function(KEPT)
    await page.reload()
    await page.locator("[data-username='paul']").click()
    await page.locator("footer").get_by_role("button", name="Play the voice message, 0:0").wait_for()
    await page.locator("footer").get_by_role("button", name="Discard the recording").click()
    await page.locator("textarea").wait_for()


async def test_whoever_logs_in_next_finds_no_files_of_somebody_else(log_in: LogIn) -> None:
    amelie = await log_in("amelie")
    page = amelie.page
    await amelie.open_talk_with("Dr. Claire Martin")
    address = page.url
    await page.locator("input[type=file]").set_input_files([chosen("private.png", "image/png", picture("red"))])
    await page.wait_for_function(KEPT)
    await page.reload()
    question = page.get_by_role("dialog", name="Sign out now?")
    for answer in ("Stay signed in", "Erase and sign out"):
        await expect(page.get_by_role("list", name="Attached files")).to_be_visible()
        await page.get_by_role("button", name="My account").click()
        await page.get_by_role("menuitem", name="Sign out").click()
        await expect(question).to_contain_text("1 message has not been sent yet")
        await question.get_by_role("button", name=answer).click()
    await page.locator("[data-username='dr.martin']").click()
    await page.get_by_role("navigation").first.wait_for()
    await amelie.go(address.removeprefix(address.split("/conversations")[0]))
    await page.locator("textarea").wait_for()
    await expect(page.get_by_text("private.png")).to_have_count(0)
