"""The button and the window inside a host application, as the demo page shows them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import LogIn
from tests.support.browsing import DESK, PATIENCE_MS, Watch
from tests.support.clinic import Clinic
from tests.support.talking import words

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def host(browser: Browser, clinic: Clinic, watch: Watch) -> AsyncIterator[Page]:
    context = await browser.new_context(**DESK)
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    watch.over(page)
    await page.goto(f"{clinic.url}/demo")
    yield page
    await context.close()


async def test_a_patient_writes_about_an_exam_and_the_doctor_sees_it_beside_the_same_exam(
    host: Page, log_in: LogIn
) -> None:
    await host.get_by_role("button", name="Parler du résultat").click()
    window = host.get_by_role("dialog", name="Bilan lipidique")
    await window.locator("textarea").fill("Que veut dire le LDL ?")
    await window.locator("textarea").press("Enter")
    await window.locator("[data-mine]", has_text="Que veut dire le LDL ?").wait_for()
    await host.keyboard.press("Escape")
    await window.wait_for(state="detached")
    button = host.get_by_role("button", name="Parler du résultat")
    assert await button.evaluate("element => element.getRootNode().activeElement === element")

    await host.select_option("#who", "dr.martin")
    await host.get_by_role("button", name="Parler du résultat 1 message non lu").wait_for()
    doctor = await log_in("dr.martin")
    await doctor.page.locator("li:has(> a[data-conversation])", has_text="Bilan lipidique").first.wait_for()


async def test_in_the_window_the_keyboard_alone_does_everything(host: Page) -> None:
    button = host.get_by_role("button", name="Parler du résultat")
    await button.focus()
    await host.keyboard.press("Enter")
    window = host.get_by_role("dialog", name="Bilan lipidique")
    box, text = window.locator("textarea"), words()
    await expect(box).to_be_focused()
    await host.keyboard.type(text)
    await host.keyboard.press("Enter")
    bubble = window.locator("[data-mine]", has_text=text)
    await expect(bubble.locator("[data-status=sent], [data-status=delivered], [data-status=read]")).to_be_attached()
    # An emoji: from the search into the grid, along it, and back to the button.
    await host.keyboard.press("Tab")
    await host.keyboard.press("Enter")
    await expect(window.get_by_role("searchbox", name="Rechercher un émoji")).to_be_focused()
    await host.keyboard.press("ArrowDown")
    emoji = window.get_by_role("group").get_by_role("button")
    await expect(emoji.nth(0)).to_be_focused()
    await host.keyboard.press("ArrowRight")
    await expect(emoji.nth(1)).to_be_focused()
    await host.keyboard.press("Enter")
    await expect(box).not_to_have_value("")
    await host.keyboard.press("Escape")
    await expect(window.get_by_role("button", name="Émojis")).to_be_focused()
    await box.fill("")
    # Into the history, the menu of a message, and out again: the window stays.
    row = bubble.locator("[data-row-focus]")
    for _ in range(8):
        await host.keyboard.press("Shift+Tab")
        if await row.evaluate("element => element.getRootNode().activeElement === element"):
            break
    await host.keyboard.press("Enter")
    items = window.get_by_role("menuitem")
    await expect(items.nth(0)).to_be_focused()
    await host.keyboard.press("ArrowDown")
    await expect(items.nth(1)).to_be_focused()
    await host.keyboard.press("Escape")
    await expect(bubble.locator("[data-actions]")).to_be_focused()
    await host.keyboard.press("Escape")
    await expect(box).to_be_focused()
    # The mouse reaches what is in the menu as well.
    await bubble.hover()
    await bubble.locator("[data-actions]").click()
    await window.get_by_role("menuitem", name="Répondre").click()
    await expect(window.get_by_text("Réponse à Vous")).to_be_visible()
    await expect(box).to_be_focused()
    await host.keyboard.press("Escape")
    await expect(window).to_have_count(0)
    await expect(button).to_be_focused()


async def test_whom_it_does_not_concern_sees_no_button(host: Page) -> None:
    await host.get_by_role("button", name="Écrire au médecin").wait_for()
    asked = host.expect_response(lambda answer: "/permissions/examen/" in answer.url)
    async with asked:
        await host.select_option("#who", "lucie")
    await host.get_by_role("button", name="Écrire au médecin").wait_for(state="detached")
    assert await host.get_by_role("button").count() == 0


async def test_the_styles_of_host_and_client_leave_each_other_alone(host: Page) -> None:
    """The host says that buttons are dark and square, and that text is in another font."""
    button = host.get_by_role("button", name="Écrire au médecin")
    await button.wait_for()
    look = "element => { const { borderRadius, fontFamily } = getComputedStyle(element); return [borderRadius, fontFamily] }"
    radius, font = await button.evaluate(look)
    assert radius != "0px"
    assert "Georgia" not in font
    assert "Georgia" in (await host.locator("h1").evaluate(look))[1]
