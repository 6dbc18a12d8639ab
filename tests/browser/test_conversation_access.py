"""The conversation by keyboard alone, on a phone, and as axe sees it."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import LogIn
from tests.support.browsing import NARROW, PHONE
from tests.support.clinic import Clinic
from tests.support.rest import Rest
from tests.support.talking import conversation, say_all, serious_findings, words

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_keyboard_alone_does_everything(log_in: LogIn) -> None:
    doctor = await log_in("dr.martin")
    page = doctor.page
    await doctor.row("Amélie Durand").locator("a").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("textarea")).to_be_focused()
    first, second = words(), words()
    for text in (first, second):
        await page.keyboard.type(text)
        await page.keyboard.press("Enter")
        await doctor.sees_status(text, "sent") if text == first else await doctor.sees(text)
    # Back from the composer: the history is one stop, arrows go through it.
    bubble = doctor.bubble(second).locator("[data-row-focus]")
    for _ in range(8):
        await page.keyboard.press("Shift+Tab")
        if await bubble.evaluate("element => element === document.activeElement"):
            break
    await expect(bubble).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(doctor.bubble(first).locator("[data-row-focus]")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Reply")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("textarea")).to_be_focused()
    await expect(page.get_by_text("Reply to You")).to_be_visible()
    reply = words()
    await page.keyboard.type(reply)
    await page.keyboard.press("Enter")
    await expect(doctor.bubble(reply)).to_contain_text(first)
    # An emoji, by its name.
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.get_by_role("searchbox", name="Search an emoji").wait_for()
    await page.keyboard.type("waving hand")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await expect(page.locator("textarea")).to_have_value("👋")
    await page.locator("textarea").fill("")


async def test_the_keyboard_is_at_the_message_again_after_one_was_asked_about_it(log_in: LogIn) -> None:
    doctor = await log_in("dr.martin")
    page, said = doctor.page, words()
    await doctor.open_talk_with("Amélie Durand")
    await doctor.write(said)
    bubble = doctor.bubble(said).locator("[data-row-focus]")
    await doctor.sees(said)
    await bubble.focus()
    await bubble.locator("[data-actions]").wait_for()
    for answer in ("Keep", "Delete"):
        await page.keyboard.press("Enter")
        await page.get_by_role("menuitem", name="Delete").wait_for()
        await page.keyboard.press("End")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog").get_by_role("button", name="Keep")).to_be_focused()
        if answer == "Delete":
            await page.keyboard.press("Tab")
            await expect(page.get_by_role("dialog").get_by_role("button", name="Delete")).to_be_focused()
        await page.keyboard.press("Enter")
        if answer == "Keep":
            await expect(bubble).to_be_focused()
    last = page.locator("[data-mine]").last
    await expect(last).to_contain_text("deleted")
    await expect(last.locator("[data-row-focus]")).to_be_focused()


async def test_an_input_method_may_use_enter_and_long_texts_are_counted(log_in: LogIn) -> None:
    amelie = await log_in("amelie")
    await amelie.open_talk_with("Dr. Claire Martin")
    box, text = amelie.page.locator("textarea"), words()
    await box.fill(text)
    await box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    await expect(box).to_have_value(text)
    await box.press("Shift+Enter")
    await expect(box).to_have_value(f"{text}\n")
    lines = """box => {
        const {paddingTop, paddingBottom, lineHeight} = getComputedStyle(box);
        return (box.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom)) / parseFloat(lineHeight);
    }"""
    for written, shown in ((1, 1), (4, 4), (6, 6), (30, 6)):
        await box.fill("\n".join("a" * written))
        assert round(await box.evaluate(lines), 1) == pytest.approx(shown, abs=0.3)
    await box.fill("a" * 4_950)
    await expect(amelie.page.get_by_text("50 characters left")).to_be_visible()
    await box.fill("a" * 5_001)
    await expect(amelie.page.get_by_text("1 character too many")).to_be_visible()
    await expect(amelie.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    await box.fill("")


SMALL_INPUTS = """[...document.querySelectorAll("input, textarea, select")]
    .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 16).length"""
OWN_VIEWPORT = """Object.defineProperty(window, "visualViewport", {
    value: Object.assign(new EventTarget(), {scale: 1, offsetTop: 0, height: 780}),
});"""
SEEN = """([height, offsetTop]) => {
    Object.assign(visualViewport, {height, offsetTop});
    visualViewport.dispatchEvent(new Event("resize"));
}"""
WITHIN = """([highest, least, lowest]) => {
    const top = document.querySelector("[data-pane-heading]").getBoundingClientRect().top;
    const bottom = document.querySelector("textarea").getBoundingClientRect().bottom;
    return highest <= top && top < bottom && least < bottom && bottom <= lowest;
}"""


async def test_a_keyboard_on_the_screen_covers_nothing_and_no_input_makes_the_phone_zoom(log_in: LogIn) -> None:
    """iOS lays its keyboard over the page and tells only the visual viewport; that is played here."""
    amelie = await log_in("amelie", **PHONE)
    page = amelie.page
    await page.add_init_script(OWN_VIEWPORT)
    await page.reload()
    await page.get_by_role("searchbox").wait_for()
    assert await page.evaluate(SMALL_INPUTS) == 0
    await amelie.open_talk_with("Dr. Claire Martin")
    assert await page.evaluate(SMALL_INPUTS) == 0
    for height, offset, least in ((780, 0, 600), (420, 30, 0), (780, 0, 600)):
        await page.evaluate(SEEN, [height, offset])
        # What stands below the composer comes when it is known, and moves it a little.
        await page.wait_for_function(WITHIN, arg=[offset, least, offset + height])


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_and_a_narrow_phone_needs_no_sideways_scrolling(
    log_in: LogIn, scheme: str
) -> None:
    amelie = await log_in("amelie", color_scheme=scheme)
    await amelie.open_talk_with("Dr. Claire Martin")
    await amelie.page.locator("[data-mine]").first.wait_for()
    assert await serious_findings(amelie.page) == []
    await amelie.page.locator("[data-mine]").last.hover()
    await amelie.page.get_by_role("button", name="Emoji", exact=True).click()
    await amelie.page.get_by_role("searchbox").wait_for()
    assert await serious_findings(amelie.page) == []
    phone = await log_in("amelie", **{**NARROW, "color_scheme": scheme})
    await phone.open_talk_with("Dr. Claire Martin")
    await phone.page.locator("[data-mine]").first.wait_for()
    assert await phone.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert await serious_findings(phone.page) == []
    small = await phone.page.evaluate(
        """() => [...document.querySelectorAll("button, a, textarea")].filter(each => each.checkVisibility())
        // A link in a sentence is as high as its line.
        .filter(each => getComputedStyle(each).display !== "inline")
        .map(each => [each.getAttribute("aria-label") ?? each.innerText, each.getBoundingClientRect()])
        .filter(([, box]) => box.width > 1 && (box.height < 24 || box.width < 24)).map(([name]) => name)"""
    )
    assert small == []
    await phone.page.get_by_role("button", name="Back to the conversations").click()
    await expect(phone.row("Dr. Claire Martin")).to_be_visible()


async def test_how_soon_an_answer_comes_is_said_on_a_narrow_phone_with_large_text_too(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    patient, conversation_id = await conversation(rest, clinic, "lucie", "Petit")
    doctor, _ = await conversation(rest, clinic, "dr.petit", "Lucie")
    for by in (patient, doctor) * 3:
        await say_all(by, conversation_id, [words()])
    phone = await log_in("lucie", **NARROW)
    await phone.page.evaluate("document.documentElement.style.fontSize = '200%'")
    await phone.go(f"/conversations/{conversation_id}")
    said = phone.page.locator("p", has_text="Not for emergencies")
    await expect(said).to_contain_text("as a rule", use_inner_text=True)
    # On as many lines as it needs; one scrolls to it where one writes, and the history keeps its share.
    await said.scroll_into_view_if_needed()
    await expect(said).to_be_in_viewport(ratio=0.9)
    assert await phone.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert await phone.page.locator("[data-scroller]").evaluate("list => list.clientHeight") > 100
