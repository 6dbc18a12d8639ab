"""A long conversation: where it opens, how it scrolls, what a flood of messages does to it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from playwright.async_api import Locator, Route, expect

from tests.browser.conftest import LogIn
from tests.support.browsing import PATIENCE_MS, Watch
from tests.support.clinic import Clinic
from tests.support.rest import Rest
from tests.support.talking import act, conversation, say_all, words

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCROLL_TO = """async (scroller, top) => {
    scroller.scrollTop = top;
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
}"""
TOP_BUBBLE = """scroller => {
    const edge = scroller.getBoundingClientRect().top + 60;
    const row = [...scroller.querySelectorAll("[data-mine]")].find(each => each.getBoundingClientRect().top > edge);
    return {text: row.innerText, edge: row.getBoundingClientRect().bottom};
}"""
EDGE_OF = """(scroller, text) => {
    const row = [...scroller.querySelectorAll("[data-mine]")].find(each => each.innerText === text);
    return row?.getBoundingClientRect().bottom;
}"""

A_DRAFT_IS_KEPT = """async () => {
    const answered = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
    const [{name}] = (await indexedDB.databases()).filter(({name}) => name.startsWith("colloque:"));
    const database = await answered(indexedDB.open(name));
    const count = await answered(database.transaction("drafts").objectStore("drafts").count());
    database.close();
    return count > 0;
}"""

# By then a page is asked for, if at all.
LATEST = 2.0


class Gate:
    """Requests wait in front of it, until it is opened for one of them or for all."""

    def __init__(self) -> None:
        self._is_open = False
        self._there, self._open = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def __call__(self, route: Route) -> None:
        self._there.release()
        await self._open.acquire()
        if self._is_open:
            self._open.release()
        await route.continue_()

    async def somebody_waits(self, *, after: Callable[[], Awaitable[object]]) -> None:
        """Done again when nobody comes: a page that was on its way already may have moved what one did away."""
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while True:
                await after()
                with suppress(TimeoutError):
                    return await self._come(LATEST)

    async def _come(self, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await self._there.acquire()

    def open_once(self) -> None:
        self._open.release()

    def open(self) -> None:
        self._is_open = True
        self._open.release()


async def _nothing_is_unread(rest: Rest, clinic: Clinic, name: str, conversation_id: int) -> None:
    """It opens at its end then, whatever the tests before left there."""
    await rest.of(clinic.person(name).token).post(f"/api/messaging/conversations/{conversation_id}/read", {})


async def _grown(scroller: Locator, height: float) -> None:
    grown = "height => document.querySelector('[data-scroller]').scrollHeight > height + 500"
    await scroller.page.wait_for_function(grown, arg=height)


async def test_it_opens_at_the_first_unread_loads_upwards_without_a_jump_and_keeps_its_place(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    by, conversation_id = await conversation(rest, clinic, "dr.martin", "Karim")
    karim_rest = rest.of(clinic.person("karim").token)
    mark = words()
    # More pages than the client may have fetched ahead by itself.
    await say_all(
        by,
        conversation_id,
        [f"{mark} old {number}. " + "la dose reste la même " * (number % 9) for number in range(300)],
    )
    await karim_rest.post(f"/api/messaging/conversations/{conversation_id}/read", {})
    await say_all(by, conversation_id, [f"{mark} new {number}." for number in range(30)])

    karim = await log_in("karim", locale="fr-FR")
    await karim.open_talk_with("Dr. Claire Martin")
    scroller = karim.page.locator("[data-scroller]")
    await expect(karim.page.get_by_text("30 nouveaux messages", exact=True)).to_be_in_viewport()
    await expect(karim.bubble(f"{mark} new 0.")).to_be_in_viewport()
    await expect(karim.page.get_by_role("button", name="Aller au dernier message")).to_be_visible()

    # Upwards, page after page: what one looks at when a page comes stays where it is.
    pages = Gate()
    await karim.page.route("**/messages?*beforeSeq*", pages)
    for _ in range(3):
        await pages.somebody_waits(after=lambda: scroller.evaluate(SCROLL_TO, 150))
        height = await scroller.evaluate("element => element.scrollHeight")
        looked = await scroller.evaluate(TOP_BUBBLE)
        pages.open_once()
        await _grown(scroller, height)
        assert abs(await scroller.evaluate(EDGE_OF, looked["text"]) - looked["edge"]) < 2
    await karim.page.unroute("**/messages?*beforeSeq*")
    assert await karim.page.locator("[data-mine]").count() < 80, "only what is near the view is in the document"

    # Something comes while one reads: nothing moves, and it is counted.
    looked = await scroller.evaluate(TOP_BUBBLE)
    await say_all(by, conversation_id, [f"{mark} late {number}." for number in range(3)])
    await expect(karim.page.get_by_role("button", name="nouveaux")).to_contain_text("nouveaux")
    assert abs(await scroller.evaluate(EDGE_OF, looked["text"]) - looked["edge"]) < 3

    await karim.page.get_by_role("button", name="Aller au dernier message").click()
    await expect(karim.bubble(f"{mark} late 2.")).to_be_in_viewport()
    await expect(karim.page.get_by_role("button", name="Aller au dernier message")).to_have_count(0)

    # All is read. Another conversation and back: the place is kept, and the day of it is said.
    await expect(karim.row("Dr. Claire Martin").locator("[data-count]")).to_have_count(0)
    await scroller.evaluate(SCROLL_TO, 2_000)
    looked = await scroller.evaluate(TOP_BUBBLE)
    await expect(karim.page.locator("[data-day]")).to_have_text("Aujourd’hui")
    await karim.page.go_back()
    await karim.open_talk_with("Dr. Claire Martin")
    await karim.bubble(looked["text"].split(".")[0]).first.wait_for()
    assert abs(await scroller.evaluate(EDGE_OF, looked["text"]) - looked["edge"]) < 3


async def test_a_flood_does_not_freeze_the_page_and_is_announced_as_one_number(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    by, conversation_id = await conversation(rest, clinic, "dr.martin", "Amélie")
    amelie = await log_in("amelie", locale="fr-FR")
    await amelie.open_talk_with("Dr. Claire Martin")
    mark = words()
    await amelie.page.evaluate(
        """() => {
            window.gaps = [];
            let last = performance.now();
            const tick = (now) => { window.gaps.push(now - last); last = now; requestAnimationFrame(tick); };
            requestAnimationFrame(tick);
        }"""
    )
    await say_all(by, conversation_id, [f"{mark} {number}." for number in range(400)], at_once=16)
    await amelie.page.locator("textarea").press_sequentially("still here")
    await expect(amelie.page.locator("textarea")).to_have_value("still here")
    await expect(amelie.page.locator("[data-announcer]")).to_contain_text("nouveaux messages")
    await say_all(by, conversation_id, [f"{mark} last."])
    await expect(amelie.bubble(f"{mark} last.")).to_be_in_viewport()
    assert await amelie.page.locator("[data-mine]").count() < 80
    assert await amelie.page.evaluate("Math.max(...window.gaps)") < 1000
    await amelie.page.locator("textarea").fill("")


async def test_a_place_that_cannot_be_loaded_is_told_of_and_one_that_is_not_there_is_no_place(
    log_in: LogIn, rest: Rest, clinic: Clinic, watch: Watch
) -> None:
    """The browser writes down what was refused, but nothing may be uncaught, and no page may wait for ever."""
    by, conversation_id = await conversation(rest, clinic, "dr.petit", "Lucie")
    await say_all(by, conversation_id, [f"{number} of many" for number in range(120)])
    await _nothing_is_unread(rest, clinic, "lucie", conversation_id)
    lucie = await log_in("lucie")
    for nowhere in ("-5", "0.5", "one"):
        await lucie.page.goto(f"{clinic.url}/conversations/{conversation_id}?at={nowhere}")
        await lucie.sees("119 of many")
    watch.errors_allowed = True
    is_out = True

    async def broken(route: Route) -> None:
        await (route.abort() if is_out else route.continue_())

    await lucie.page.route("**/messages?*Seq=*", broken)
    await lucie.page.goto(f"{clinic.url}/conversations/{conversation_id}?at=9")
    again = lucie.page.get_by_role("main").get_by_role("button", name="Try again")
    await again.click()
    await expect(again).to_be_visible()
    is_out = False
    await again.click()
    await lucie.page.locator("[data-mine]").first.wait_for()
    assert [text for text in watch.troubles if text.startswith("uncaught")] == []


async def test_who_is_at_the_latest_message_stays_there_when_a_long_one_is_deleted(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    by, conversation_id = await conversation(rest, clinic, "dr.petit", "Lucie")
    await say_all(by, conversation_id, [f"before {number}" for number in range(40)])
    path = f"/api/messaging/conversations/{conversation_id}/messages"
    long, after = words(), words()
    message = (await by.post(path, {"content": long + "\nand more" * 12}))["message"]
    await _nothing_is_unread(rest, clinic, "lucie", conversation_id)
    lucie = await log_in("lucie")
    await lucie.open_talk_with("Dr. Hugo Petit")
    await lucie.page.locator("[data-scroller]").evaluate(SCROLL_TO, 1_000_000)
    await expect(lucie.bubble(long).last).to_be_in_viewport(ratio=0.9)
    await by.delete(f"/api/messaging/messages/{message['id']}")
    await expect(lucie.bubble(long)).to_have_count(0)
    # The browser tells of its moving with the next frame.
    await lucie.page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    await by.post(path, {"content": after})
    await expect(lucie.bubble(after).last).to_be_in_viewport(ratio=0.9)


async def test_a_reply_to_what_is_far_away_still_says_so_after_a_reload(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    by, conversation_id = await conversation(rest, clinic, "dr.petit", "Lucie")
    asked = words()
    reply = await by.post(f"/api/messaging/conversations/{conversation_id}/messages", {"content": asked})
    await say_all(by, conversation_id, [f"{number} since then" for number in range(120)])
    await rest.of(clinic.person("lucie").token).post(f"/api/messaging/conversations/{conversation_id}/read", {})
    lucie = await log_in("lucie")
    page, address = lucie.page, f"{clinic.url}/conversations/{conversation_id}"
    await page.goto(f"{address}?at={reply['message']['seq']}")
    await act(lucie, asked, "Reply")
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not await page.evaluate(A_DRAFT_IS_KEPT):
            pass
    await page.goto(address)
    await lucie.sees("119 since then")
    quoted = page.locator("footer").get_by_text(asked)
    await expect(quoted).to_be_visible()
    await page.get_by_role("button", name="Do not quote").click()
    await expect(quoted).to_have_count(0)


async def test_what_is_written_while_the_history_loads_is_shown_at_once_and_once(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    by, conversation_id = await conversation(rest, clinic, "dr.martin", "Amélie")
    text, before = words(), words()
    await say_all(by, conversation_id, [before])
    await _nothing_is_unread(rest, clinic, "amelie", conversation_id)
    amelie, gate = await log_in("amelie"), Gate()
    await amelie.page.route(re.compile(rf"/conversations/{conversation_id}/messages\?"), gate)
    # What is unread has come already.
    await amelie.page.reload()
    await amelie.open_talk_with("Dr. Claire Martin")
    await amelie.write(text)
    await expect(amelie.bubble(text)).to_be_visible()
    # It has gone, and stays in sight though nothing else is there to see.
    await amelie.sees_status(text, "sent")
    await expect(amelie.page.get_by_text("Loading messages…")).to_be_visible()
    gate.open()
    await amelie.sees(before)
    await expect(amelie.page.locator("[data-mine=true]", has_text=text)).to_have_count(1)
