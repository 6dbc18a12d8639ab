"""Logging in, staying in, leaving, and being sent away."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import LogIn
from tests.support.browsing import Watch
from tests.support.clinic import Clinic
from tests.support.rest import Rest
from tests.support.talking import conversation, words

pytestmark = pytest.mark.asyncio(loop_scope="session")
KEPT = """async () => ({
    local: Object.keys(localStorage).filter((key) => !/theme|language|shortcuts|active|notify/.test(key)),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
})"""

# The moment of rest after the last key, in which a draft is kept, does not come.
NO_REST = """() => {
    const real = window.setTimeout;
    window.setTimeout = (work, after, ...rest) => after === 400 ? 0 : real(work, after, ...rest);
}"""


async def test_the_session_outlives_a_reload_and_signing_out_leaves_nothing(log_in: LogIn) -> None:
    amelie = await log_in("amelie")
    page = amelie.page
    await page.reload()
    await amelie.open_talk_with("Dr. Claire Martin")
    await page.locator("textarea").fill("a draft that nobody may find")
    await page.get_by_role("button", name="My account").click()
    await page.get_by_role("menuitem", name="Français").click()
    await expect(page.locator("html")).to_have_attribute("lang", "fr")
    await expect(page.get_by_text("Pas pour les urgences : appelez le 15 ou le 112.")).to_be_visible()
    await page.get_by_role("button", name="Mon compte").click()
    await page.get_by_role("menuitem", name="Se déconnecter").click()
    await page.locator("[data-username='amelie']").wait_for()
    assert await page.evaluate(KEPT) == {"local": [], "session": [], "databases": []}
    await page.reload()
    await page.locator("[data-username='amelie']").wait_for()


async def test_a_wrong_password_is_told_in_words(visit: Callable[..., Awaitable[Page]], watch: Watch) -> None:
    watch.errors_allowed = True
    page = await visit()
    await page.get_by_text("Log in with another account").click()
    await page.get_by_label("User name").fill("amelie")
    await page.get_by_label("Password", exact=True).fill("not hers")
    await page.get_by_role("button", name="Log in", exact=True).click()
    await expect(page.get_by_role("alert")).to_have_text("User name or password is wrong.")


async def test_one_sees_ones_devices_and_a_session_ended_elsewhere_ends_here(log_in: LogIn, watch: Watch) -> None:
    watch.errors_allowed = True
    here, there = await log_in("dr.nguyen"), await log_in("dr.nguyen")
    await here.go("/settings/devices")
    end = here.page.get_by_role("button", name=re.compile("Sign out Chrome"))
    await expect(here.page.get_by_text("This device")).to_be_visible()
    await end.first.click()
    await expect(there.page.get_by_role("status").first).to_contain_text(re.compile("session (has ended|was closed)"))
    await expect(here.page.get_by_text("The device is signed out.")).to_be_visible()


async def test_a_screen_left_alone_asks_and_then_signs_out(log_in: LogIn, watch: Watch) -> None:
    watch.errors_allowed = True
    david = await log_in("david")
    await david.page.clock.install()
    await david.page.reload()
    await david.page.get_by_role("navigation").first.wait_for()
    await david.page.clock.run_for(14 * 60_000 + 2_000)
    warning = david.page.get_by_role("dialog", name="Still there?")
    await expect(warning).to_be_visible()
    await warning.get_by_role("button", name="Stay signed in").click()
    await david.page.clock.run_for(13 * 60_000)
    await expect(warning).to_have_count(0)
    await david.page.clock.run_for(3 * 60_000)
    await expect(david.page.get_by_text("You were signed out after a while without activity")).to_be_visible()


async def test_what_is_unsent_outlives_an_idle_end_and_is_never_erased_unasked(
    log_in: LogIn, rest: Rest, clinic: Clinic, watch: Watch
) -> None:
    watch.errors_allowed = True
    by, conversation_id = await conversation(rest, clinic, "dr.martin", "Amélie")
    amelie, kept, erased = await log_in("amelie"), words(), words()
    page = amelie.page
    sign_out = page.get_by_role("menuitem", name="Sign out")
    await page.clock.install()
    await page.reload()
    await amelie.open_talk_with("Dr. Claire Martin")
    clinic.server.kill()
    try:
        await amelie.write(kept)
        await page.clock.run_for(14 * 60_000 + 2_000)
        await expect(page.get_by_role("dialog", name="Still there?")).to_contain_text("1 message has not gone out yet")
        await page.clock.run_for(60_000)
        await expect(page.get_by_role("status").first).to_contain_text("Your unsent messages are kept")
    finally:
        clinic.server.start()
    # The browser is somebody's again, of whom it knows nothing but what waits for her.
    await page.reload()
    await page.locator("[data-username='amelie']").click()
    await amelie.open_talk_with("Dr. Claire Martin")
    await expect(amelie.bubble(kept).locator("[data-status=sent], [data-status=delivered]")).to_be_attached()
    stored = await by.get(f"/api/messaging/conversations/{conversation_id}/messages", limit=5)
    assert [item["content"] for item in stored["items"]].count(kept) == 1
    # Who signs out is asked, and then it is gone.
    await page.route("**/api/messaging/attachments", lambda route: route.abort())
    await page.locator("input[type=file]").set_input_files(
        {"name": "note.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    )
    await amelie.write(erased)
    await page.get_by_role("button", name="My account").click()
    await sign_out.click()
    question = page.get_by_role("dialog", name="Sign out now?")
    await expect(question).to_contain_text("1 message has not been sent yet")
    await question.get_by_role("button", name="Stay signed in").click()
    await expect(amelie.bubble(erased)).to_be_visible()
    await page.get_by_role("button", name="My account").click()
    await sign_out.click()
    await question.get_by_role("button", name="Erase and sign out").click()
    await page.locator("[data-username='amelie']").wait_for()
    assert await page.evaluate(KEPT) == {"local": [], "session": [], "databases": []}


async def test_moving_the_wheel_writes_little(log_in: LogIn) -> None:
    amelie = await log_in("amelie")
    page = amelie.page
    await page.evaluate(
        """() => {
            window.written = 0;
            const real = Storage.prototype.setItem;
            Storage.prototype.setItem = function (...all) { window.written += 1; return real.apply(this, all); };
            for (let turn = 0; turn < 500; turn += 1) window.dispatchEvent(new WheelEvent("wheel"));
        }"""
    )
    assert await page.evaluate("window.written") <= 1


async def test_a_stopped_server_is_told_calmly(log_in: LogIn, clinic: Clinic, watch: Watch) -> None:
    watch.errors_allowed = True
    ines = await log_in("ines")
    clinic.server.kill()
    try:
        await expect(ines.page.locator("[data-connection=away]")).to_contain_text("your messages will be sent")
    finally:
        clinic.server.start()
    await expect(ines.page.locator("[data-connection=away]")).to_have_count(0)


async def test_the_password_is_changed_with_a_reason_when_it_is_not(log_in: LogIn, rest: Rest, watch: Watch) -> None:
    watch.errors_allowed = True
    paul = await log_in("paul")
    await paul.go("/settings")
    page = paul.page
    await page.get_by_label("Present password").fill("not his")
    await page.get_by_label("New password").fill("a long sentence of mine")
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_role("alert")).to_have_text("The present password is not right.")


async def test_the_last_words_before_the_end_of_a_session_are_in_the_draft(
    log_in: LogIn, rest: Rest, clinic: Clinic, watch: Watch
) -> None:
    watch.errors_allowed = True
    by = rest.of(clinic.person("paul").token)
    page = (await log_in("paul")).page
    await page.locator("a[data-conversation]").first.click()
    box, draft = page.locator("textarea"), words()
    await box.wait_for()
    await page.evaluate(NO_REST)
    await box.fill(draft)
    for session in (await by.get("/api/auth/sessions"))["items"]:
        if not session["current"]:
            await by.delete(f"/api/auth/sessions/{session['id']}")
    await page.locator("[data-username='paul']").click()
    await expect(box).to_have_value(draft)
    await box.fill("")


async def test_a_conversation_that_is_open_when_one_logs_in_again_is_live(
    log_in: LogIn, rest: Rest, clinic: Clinic, watch: Watch
) -> None:
    watch.errors_allowed = True
    by, conversation_id = await conversation(rest, clinic, "dr.martin", "Amélie")
    amelie = await log_in("amelie")
    await amelie.open_talk_with("Dr. Claire Martin")
    of_amelie = rest.of(clinic.person("amelie").token)
    for session in (await of_amelie.get("/api/auth/sessions"))["items"]:
        if not session["current"]:
            await of_amelie.delete(f"/api/auth/sessions/{session['id']}")
    await amelie.page.locator("[data-username='amelie']").click()
    # The connection is there before the messages are, which the page asks for by REST as long as there is none.
    await amelie.page.locator("[data-scroller]").wait_for()
    text = words()
    await by.post(f"/api/messaging/conversations/{conversation_id}/messages", {"content": text})
    await amelie.sees(text)
