"""The list of conversations, as a patient and a doctor work with it."""

import asyncio
import re
from uuid import uuid4

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import LogIn
from tests.support.browsing import PATIENCE_MS, PHONE, Somebody, Watch
from tests.support.clinic import Clinic
from tests.support.postgres import connected
from tests.support.rest import Rest
from tests.support.talking import conversation, say_all

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _words() -> str:
    return f"words {uuid4().hex[:12]}"


async def _badges(somebody: Somebody) -> int:
    counts = await somebody.page.locator("a[data-conversation] [data-count]").all()
    return sum([int(await count.get_attribute("data-count") or 0) for count in counts])


async def test_rows_say_who_what_and_when_and_urgent_ones_come_first_for_doctors(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    karim = rest.of(clinic.person("karim").token)
    care = (await karim.get("/api/messaging/conversations", q="Martin"))["items"][0]
    alarm = {"content": _words(), "isUrgent": True}
    await karim.post(f"/api/messaging/conversations/{care['id']}/messages", alarm)
    amelie = rest.of(clinic.person("amelie").token)
    newer = (await amelie.get("/api/messaging/conversations", q="Martin", kind="care"))["items"][0]
    await amelie.post(f"/api/messaging/conversations/{newer['id']}/messages", {"content": _words()})
    doctor = await log_in("dr.martin", locale="fr-FR", timezone_id="Europe/Paris")
    rows = doctor.page.locator("a[data-conversation]")
    await expect(rows.first).to_contain_text("Karim Benali")
    await expect(rows.first).to_contain_text("Urgent")
    await expect(doctor.page.locator("a[data-conversation]", has_text="Amlodipine")).to_contain_text("Amélie Durand")
    times = [text.strip() for text in await doctor.page.locator("a[data-conversation] time").all_inner_texts()]
    assert all(re.fullmatch(r"\d\d:\d\d|Hier|\d\d/\d\d", text) for text in times), times


async def test_unread_is_counted_in_row_title_and_icon_and_is_equal_in_two_tabs(log_in: LogIn) -> None:
    amelie, doctor = await log_in("amelie"), await log_in("dr.martin")
    other = Somebody(await amelie.page.context.new_page())
    await other.page.goto(amelie.page.url)
    await other.row("Dr. Claire Martin").wait_for()
    await doctor.open_talk_with("Amélie Durand")
    words = _words()
    await doctor.write(words)
    for tab in (amelie, other):
        await expect(tab.row("Dr. Claire Martin").locator("[data-count]")).to_be_visible()
        await expect(tab.row("Dr. Claire Martin").locator("[data-last]")).to_have_text(words)
        await expect(tab.page).to_have_title(f"({await _badges(tab)}) Colloque")
        await expect(tab.page.locator("link[rel=icon]")).to_have_attribute("href", "/favicon-unread.svg")
    # Said once to screen readers, where no conversation is open that says it itself.
    await doctor.write(_words())
    await expect(
        amelie.page.locator("[aria-live=polite]", has_text="New message from Dr. Claire Martin")
    ).to_have_count(1)
    await other.page.bring_to_front()
    await other.open_talk_with("Dr. Claire Martin")
    for tab in (amelie, other):
        await expect(tab.row("Dr. Claire Martin").locator("[data-count]")).to_have_count(0)


async def test_a_message_that_does_not_open_is_said_to_be_unreadable_and_hides_nothing_else(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    by, conversation_id = await conversation(rest, clinic, "dr.petit", "Lucie")
    said, damaged = _words(), _words()
    path = f"/api/messaging/conversations/{conversation_id}"
    await by.post(f"{path}/messages", {"content": said})
    message = (await by.post(f"{path}/messages", {"content": damaged}))["message"]
    # Whoever has read all opens it at its end, whatever others wrote there before.
    await by.post(f"{path}/read", {})
    with connected(clinic.owner_url) as cursor:
        turned = "UPDATE messages SET content = set_bit(content, 130, 1 - get_bit(content, 130)) WHERE id = %s"
        cursor.execute(turned, (message["id"],))
        doctor = await log_in("dr.petit")
        unreadable = "This message cannot be read any more"
        await expect(doctor.row("Lucie Moreau").locator("[data-last]")).to_have_text(unreadable)
        await doctor.open_talk_with("Lucie Moreau")
        await expect(doctor.page.get_by_text(f"{unreadable}.")).to_be_visible()
        await expect(doctor.page.get_by_text(said)).to_be_visible()
        cursor.execute(turned, (message["id"],))


async def test_a_row_is_pinned_muted_archived_and_taken_back(log_in: LogIn, rest: Rest, clinic: Clinic) -> None:
    # Others may have written: here only the mark is to be counted.
    by, conversation_id = await conversation(rest, clinic, "dr.petit", "Lucie")
    await by.post(f"/api/messaging/conversations/{conversation_id}/read", {})
    doctor = await log_in("dr.petit")
    row = doctor.row("Lucie Moreau")
    await expect(row.locator("[data-count]")).to_have_count(0)

    async def choose(item: str) -> None:
        await row.hover()
        await row.get_by_role("button", name="Actions for").click()
        await doctor.page.get_by_role("menuitem", name=item, exact=True).click()

    await choose("Pin")
    await expect(row.locator("[title=Pinned]")).to_be_visible()
    await choose("Mute")
    await expect(row.locator("[title=Muted]")).to_be_visible()
    await choose("Mark as unread")
    await expect(row.locator("[data-count='0']")).to_be_visible()
    await doctor.page.get_by_role("button", name="Unread", exact=True).click()
    await expect(row).to_be_visible()
    await doctor.page.get_by_role("button", name="All", exact=True).click()
    await choose("Archive")
    await expect(row).to_have_count(0)
    await doctor.page.get_by_role("button", name="Archived", exact=True).click()
    await expect(row).to_be_visible()
    await doctor.page.get_by_role("button", name="Undo").click()
    await doctor.page.get_by_role("button", name="All", exact=True).click()
    await expect(row).to_be_visible()
    await choose("Unpin")
    await choose("Unmute")
    await expect(row.locator("[title=Pinned], [title=Muted]")).to_have_count(0)


async def test_what_is_read_before_many_of_ones_own_is_counted_no_more(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    by, conversation_id = await conversation(rest, clinic, "dr.petit", "Lucie")
    await by.post(f"/api/messaging/conversations/{conversation_id}/read", {})
    question = _words()
    await say_all(rest.of(clinic.person("lucie").token), conversation_id, [question])
    # From another program of hers, and without a look at what came: more than a page of it.
    await say_all(by, conversation_id, [_words() for _ in range(120)], at_once=8)
    doctor = await log_in("dr.petit")
    row = doctor.row("Lucie Moreau")
    await expect(row.locator("[data-count='1']")).to_be_visible()
    await row.click()
    await expect(doctor.bubble(question)).to_be_in_viewport()
    await expect(row.locator("[data-count]")).to_have_count(0)
    # The way to the latest does not call them new either.
    to_latest = doctor.page.get_by_role("button", name="Go to the latest message")
    await expect(to_latest).to_have_accessible_name("Go to the latest message")


async def test_names_are_searched_and_what_is_no_name_leads_to_the_messages(log_in: LogIn) -> None:
    doctor = await log_in("dr.martin")
    box = doctor.page.get_by_role("searchbox", name="Search a conversation")
    await box.fill("benali")
    await expect(doctor.page.locator("a[data-conversation]")).to_have_count(1)
    await box.fill("generique")
    await doctor.page.get_by_role("link", name="Search “generique” in messages").click()
    hit = doctor.page.get_by_role("list", name="Messages found").get_by_role("link")
    await expect(hit.locator("mark")).to_have_text("générique")
    await hit.click()
    await expect(doctor.page).to_have_url(re.compile(r"/conversations/\d+\?at=\d+"))
    await expect(doctor.bubble("il peut vous donner le générique")).to_be_in_viewport()


async def test_a_conversation_is_started_from_the_picker(log_in: LogIn) -> None:
    lucie, doctor = await log_in("lucie"), await log_in("dr.martin")
    await lucie.page.get_by_role("button", name="New conversation").click()
    await lucie.page.get_by_role("searchbox", name="Search a name").fill("martin")
    people = lucie.page.get_by_role("list", name="People you can write to").get_by_role("button")
    await expect(people).to_have_count(1)
    await people.click()
    await expect(lucie.page.locator("[data-pane-heading]")).to_contain_text("Dr. Claire Martin")
    words = _words()
    await lucie.write(words)
    await expect(doctor.row("Lucie Moreau").locator("[data-last]")).to_have_text(words)


async def test_the_keyboard_alone_does_it(log_in: LogIn) -> None:
    amelie = await log_in("amelie")
    page = amelie.page
    await amelie.row("Dr. Claire Martin").wait_for()
    await page.keyboard.press("Control+k")
    async with page.expect_response(lambda answer: "q=martin" in answer.url):
        await page.get_by_role("combobox").press_sequentially("martin")
    options = page.get_by_role("option")
    await expect(options.nth(1)).to_contain_text("Dr. Claire Martin")
    await page.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-pane-heading]")).to_contain_text("Dr. Claire Martin")
    await expect(page.locator("textarea")).to_be_focused()
    # To its neighbour, wherever in the list what other tests did has put it.
    rows = page.locator("a[data-conversation]")
    at = await rows.evaluate_all("rows => rows.findIndex(row => row.getAttribute('aria-current') === 'page')")
    await page.keyboard.press("Alt+ArrowUp" if at > 0 else "Alt+ArrowDown")
    await expect(rows.nth(at - 1 if at > 0 else 1)).to_have_attribute("aria-current", "page")
    first = rows.first
    # A list is one stop of the Tab key; arrows lead along it, and the menu of the row is the next stop.
    await first.focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("a[data-conversation]").nth(1)).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem").first).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await page.locator("body").press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    # Who types by accident switches them off; those with Ctrl stay.
    await page.get_by_label("Shortcuts of a single key").uncheck()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.locator("body").press("?")
    await page.locator("body").press("n")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog")).to_have_count(1)
    await expect(page.get_by_role("combobox")).to_be_focused()


async def test_on_a_phone_there_is_one_pane_and_a_way_back(log_in: LogIn) -> None:
    amelie = await log_in("amelie", **PHONE)
    await amelie.open_talk_with("Dr. Claire Martin")
    await expect(amelie.page.locator("a[data-conversation]").first).to_be_hidden()
    await expect(amelie.page.get_by_role("navigation", name="Sections")).to_be_hidden()
    await amelie.write(_words() + "unbroken" * 40)
    assert await amelie.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["viewport"]["width"]
    await amelie.page.get_by_role("button", name="Back to the conversations").click()
    await expect(amelie.page.locator("a[data-conversation]").first).to_be_visible()
    await expect(amelie.page.locator("textarea")).to_have_count(0)
    # On a small one with text twice as large there is still a list, and a place to write.
    await amelie.page.set_viewport_size({"width": 320, "height": 640})
    await amelie.page.evaluate("document.documentElement.style.fontSize = '200%'")
    await amelie.open_talk_with("Dr. Claire Martin")
    await expect(amelie.page.locator("textarea")).to_be_in_viewport(ratio=1)
    assert await amelie.page.locator("textarea").evaluate("box => box.clientWidth") > 160
    assert await amelie.page.locator("[data-scroller]").evaluate("list => list.clientHeight") > 100


async def test_on_a_phone_there_is_a_way_back_from_what_is_not_there_and_another_try_for_what_did_not_come(
    log_in: LogIn, rest: Rest, clinic: Clinic, watch: Watch
) -> None:
    watch.errors_allowed = True
    _, conversation_id = await conversation(rest, clinic, "amelie", "Martin")
    amelie = await log_in("amelie", **PHONE)
    page = amelie.page
    back = page.get_by_role("button", name="Back to the conversations")
    # An installed app has no button of a browser's.
    await page.goto(f"{clinic.url}/conversations/999999")
    await expect(page.get_by_text("This conversation does not exist")).to_be_visible()
    await back.click()
    await expect(page.locator("a[data-conversation]").first).to_be_visible()
    await page.route("**/api/messaging/conversations*", lambda route: route.abort())
    await page.route("**/api/messaging/conversations/**", lambda route: route.abort())
    await page.goto(f"{clinic.url}/conversations/{conversation_id}")
    again = page.get_by_role("main").get_by_role("button", name="Try again")
    await expect(again).to_be_visible()
    await expect(back).to_be_visible()
    await page.unroute_all()
    await again.click()
    await page.locator("textarea").wait_for()


async def test_of_words_from_right_to_left_a_row_shows_the_beginning(log_in: LogIn, rest: Rest, clinic: Clinic) -> None:
    by, conversation_id = await conversation(rest, clinic, "amelie", "Martin")
    doctor = await log_in("dr.martin")
    await say_all(
        by, conversation_id, ["صباح الخير يا دكتورة، هل يمكنني أخذ الدواء مع كوب من الحليب الدافئ قبل النوم؟"]
    )
    last = doctor.row("Amélie Durand").locator("[data-last]")
    await expect(last).to_contain_text("صباح")
    beginning = """last => {
        const word = document.createRange();
        word.setStart(last.firstChild, 0);
        word.setEnd(last.firstChild, 4);
        const [is, within] = [word.getBoundingClientRect(), last.getBoundingClientRect()];
        return is.left >= within.left && is.right <= within.right + 1;
    }"""
    assert await last.evaluate(beginning)


async def test_unread_ones_are_looked_for_beyond_the_first_page(log_in: LogIn, rest: Rest, clinic: Clinic) -> None:
    """`unread` is no filter of the server: the list loads on until the screen is full, or there is no more."""
    amelie = rest.of(clinic.person("amelie").token)
    listed = (await amelie.get("/api/messaging/conversations"))["items"]
    oldest = listed[-1]
    await amelie.patch(f"/api/messaging/conversations/{oldest['id']}", {"markedUnread": True})
    browsing = await log_in("amelie")
    asked: set[str] = set()

    async def one_a_page(route: Route) -> None:
        asked.add(route.request.url)
        await route.continue_(url=route.request.url.replace("limit=50", "limit=1"))

    await browsing.page.route(re.compile(r"/conversations\?limit="), one_a_page)
    await browsing.page.reload()
    await browsing.page.get_by_role("button", name="Unread").click()
    await expect(browsing.page.locator(f"a[data-conversation='{oldest['id']}']")).to_be_visible()
    await expect(browsing.page.get_by_role("button", name="Show more")).to_have_count(0)
    # A row may come sooner by itself: a page whose socket is there before its list hears of what it missed.
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while len(asked) < len(listed):
            await asyncio.sleep(0.05)
    await amelie.patch(f"/api/messaging/conversations/{oldest['id']}", {"markedUnread": False})


async def test_a_finger_leaves_no_row_behind_that_looks_chosen(log_in: LogIn) -> None:
    amelie = await log_in("amelie", **PHONE)
    row = amelie.page.locator("a[data-conversation]").first
    ground = "row => getComputedStyle(row).backgroundColor"
    await row.wait_for()
    # The browser keeps the place of the last touch as that of a mouse.
    await amelie.page.mouse.move(5, 5)
    before = await row.evaluate(ground)
    await row.hover()
    assert await row.evaluate("row => row.matches(':hover')")
    assert await row.evaluate(ground) == before


async def test_on_a_phone_a_doctors_filters_are_one_row_that_scrolls(log_in: LogIn) -> None:
    martin = await log_in("dr.martin", **PHONE)
    page = martin.page
    filters = page.get_by_role("group", name="Filter").get_by_role("button")
    await filters.first.wait_for()
    tops = await filters.evaluate_all("(all) => all.map((one) => Math.round(one.getBoundingClientRect().top))")
    assert (len(tops), len(set(tops))) == (5, 1)
    last = filters.last
    await last.focus()
    await expect(last).to_be_in_viewport(ratio=1)
    await last.press("Enter")
    await expect(last).to_have_attribute("aria-pressed", "true")
    await expect(last).to_be_in_viewport(ratio=1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
