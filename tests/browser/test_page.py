"""The page at `/` in a browser: what a patient and a doctor see while they talk."""

from uuid import uuid4

from playwright.async_api import expect

from tests.browser.conftest import LogIn, Somebody, Watch
from tests.support.clinic import Clinic
from tests.support.rest import Rest

PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}


def _words() -> str:
    return f"words {uuid4().hex[:12]}"


async def _conversation(rest: Rest, clinic: Clinic, username: str, other: str) -> tuple[Rest, int]:
    by = rest.of(clinic.person(username).token)
    page = await by.get("/api/messaging/conversations", q=other)
    return by, page["items"][0]["id"]


async def _amelie_and_her_doctor(log_in: LogIn) -> tuple[Somebody, Somebody]:
    amelie, doctor = await log_in("amelie", locale="fr-FR"), await log_in("dr.martin")
    await amelie.open_talk_with("Claire Martin")
    await doctor.open_talk_with("Amélie Durand")
    return amelie, doctor


async def test_two_people_talk_live_both_ways(log_in: LogIn) -> None:
    amelie, doctor = await _amelie_and_her_doctor(log_in)
    question, answer = _words(), _words()
    await amelie.page.locator("textarea").fill(question)
    await expect(doctor.page.locator(".typing")).to_have_text("Amélie is typing…")
    await amelie.page.locator("textarea").press("Enter")
    await doctor.sees(question)
    await expect(doctor.page.locator(".typing")).to_have_text("")
    await doctor.write(answer)
    await amelie.sees(answer)
    for somebody in (amelie, doctor):
        assert await somebody.count(question) == 1
        assert await somebody.count(answer) == 1
    await expect(amelie.page.locator("[aria-live=polite]", has_text=answer)).to_have_count(1)


async def test_ticks_say_delivered_on_a_device_and_then_read(log_in: LogIn) -> None:
    amelie = await log_in("amelie")
    await amelie.open_talk_with("Claire Martin")
    alone, listed = _words(), _words()
    await amelie.write(alone)
    await amelie.sees_status(alone, "sent")
    await expect(amelie.page.locator(".message", has_text=alone).locator(".status")).to_contain_text("stored")
    doctor = await log_in("dr.martin")
    await amelie.sees_status(alone, "delivered")
    await amelie.write(listed)
    await amelie.sees_status(listed, "delivered")
    await expect(doctor.talk_with("Amélie Durand").locator(".badge")).to_be_visible()
    await expect(doctor.page).to_have_title(f"({await _badge(doctor)}) Colloque")
    await doctor.open_talk_with("Amélie Durand")
    await amelie.sees_status(listed, "read")
    await amelie.sees_status(alone, "read")
    await expect(doctor.page.locator(".separator.is-unread")).to_have_text("New messages")
    await expect(doctor.talk_with("Amélie Durand").locator(".badge")).to_be_hidden()


async def _badge(somebody: Somebody) -> int:
    return sum(int(text or 0) for text in await somebody.page.locator(".badge:visible").all_inner_texts())


async def test_a_stopped_server_is_told_calmly_and_what_was_written_is_sent_once(
    log_in: LogIn, clinic: Clinic, watch: Watch
) -> None:
    watch.errors_allowed = True
    amelie, doctor = await _amelie_and_her_doctor(log_in)
    clinic.server.kill()
    written = _words()
    await amelie.write(written)
    await amelie.sees_status(written, "sending")
    await expect(amelie.page.locator(".banner")).to_have_text("Reconnexion… vos messages seront envoyés.")
    clinic.server.start()
    await amelie.sees_status(written, "read")
    await expect(amelie.page.locator(".banner")).to_be_hidden()
    await doctor.sees(written)
    assert [await somebody.count(written) for somebody in (amelie, doctor)] == [1, 1]


async def test_edits_and_deletions_are_seen_by_the_other(log_in: LogIn) -> None:
    amelie, doctor = await _amelie_and_her_doctor(log_in)
    first, second = _words(), _words()
    await amelie.write(first)
    await doctor.sees(first)
    await amelie.page.locator("textarea").press("ArrowUp")
    await expect(amelie.page.locator("textarea")).to_have_value(first)
    await amelie.write(second)
    await doctor.sees(second)
    await expect(doctor.page.locator(".message", has_text=second).locator(".edited")).to_be_visible()
    mine = amelie.page.locator(".message", has_text=second)
    await mine.hover()
    await mine.get_by_role("button", name="Actions sur ce message").click()
    await mine.get_by_role("button", name="Supprimer").click()
    await amelie.page.locator("dialog").get_by_role("button", name="Supprimer").click()
    await doctor.page.locator(".message .text", has_text="This message was deleted.").last.wait_for()
    assert await doctor.count(second) == 0


async def test_older_messages_come_while_scrolling_up_and_the_view_stays(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    by, conversation_id = await _conversation(rest, clinic, "karim", "Martin")
    mark = _words()
    for number in range(120):
        await by.post(f"/api/messaging/conversations/{conversation_id}/messages", {"content": f"{mark} line {number}."})
    karim = await log_in("karim")
    await karim.open_talk_with("Claire Martin")
    await karim.sees(f"{mark} line 119.")
    assert await karim.count(f"{mark} line 3.") == 0
    history, goal = karim.page.locator(".history"), karim.page.locator(".message", has_text=f"{mark} line 3.")
    for _ in range(10):
        if await goal.count():
            break
        shown = await karim.page.locator(".message").count()
        await history.evaluate("element => element.scrollTop = 0")
        await expect(karim.page.locator(".message")).not_to_have_count(shown)
        assert await history.evaluate("element => element.scrollTop") > 0, "the view jumped to what was loaded"
    assert await goal.count() == 1
    await by.post(f"/api/messaging/conversations/{conversation_id}/messages", {"content": f"{mark} from the phone"})
    await expect(karim.page.locator(".below")).to_contain_text("1 new")
    await karim.page.locator(".below").click()
    await expect(karim.page.locator(".message", has_text="from the phone")).to_be_in_viewport()


async def test_markup_in_a_message_is_text(log_in: LogIn) -> None:
    amelie, doctor = await _amelie_and_her_doctor(log_in)
    hostile = f"<img src=x onerror=alert(1)><script>alert(2)</script><b>{_words()}</b>"
    await amelie.write(hostile)
    await doctor.sees(hostile)
    assert await doctor.page.locator(".message img, .message script, .message b").count() == 0


async def test_enter_sends_shift_enter_breaks_the_line(log_in: LogIn) -> None:
    amelie, doctor = await _amelie_and_her_doctor(log_in)
    words, box = _words(), amelie.page.locator("textarea")
    await box.press_sequentially(words)
    await box.press("Shift+Enter")
    await box.press_sequentially("second line")
    await box.press("Enter")
    await doctor.sees(words)
    shown = await doctor.page.locator(".message .text", has_text=words).inner_text()
    assert shown == f"{words}\nsecond line"
    await expect(box).to_have_value("")


async def test_a_conversation_is_started_from_the_picker(log_in: LogIn) -> None:
    lucie, doctor = await log_in("lucie"), await log_in("dr.martin")
    await lucie.page.get_by_role("button", name="New conversation").click()
    await lucie.page.get_by_placeholder("Search a name").fill("martin")
    await expect(lucie.page.locator("dialog .person")).to_have_count(1)
    await lucie.page.locator("dialog .person", has_text="Claire Martin").click()
    await expect(lucie.page.locator(".thread h2")).to_have_text("Claire Martin")
    words = _words()
    await lucie.write(words)
    await expect(doctor.page.locator(".rows li", has_text="Lucie Moreau").locator(".last")).to_have_text(words)


async def test_on_a_phone_there_is_one_pane_and_a_way_back(log_in: LogIn) -> None:
    amelie = await log_in("amelie", **PHONE)
    await amelie.open_talk_with("Claire Martin")
    await expect(amelie.page.locator(".list")).to_be_hidden()
    await amelie.write(_words() + "unbroken" * 40)
    for _ in range(2):
        assert await amelie.page.evaluate("document.scrollingElement.scrollWidth") <= 320
        await amelie.page.evaluate("document.documentElement.lang")
    await expect(amelie.page.locator(".emergency")).to_be_in_viewport()
    await amelie.page.get_by_role("button", name="Back to the conversations").click()
    await expect(amelie.page.locator(".list")).to_be_visible()
    await expect(amelie.page.locator(".thread")).to_be_hidden()
    assert await amelie.page.evaluate("document.scrollingElement.scrollWidth") <= 320


async def test_the_session_outlives_a_reload_and_ends_on_signing_out(log_in: LogIn) -> None:
    amelie = await log_in("amelie")
    await amelie.page.reload()
    await amelie.open_talk_with("Claire Martin")
    await amelie.page.get_by_role("button", name="Français").click()
    await expect(amelie.page.locator("html")).to_have_attribute("lang", "fr")
    await expect(amelie.page.locator(".emergency")).to_have_text("Pas pour les urgences : appelez le 15 ou le 112.")
    await amelie.page.get_by_role("button", name="Se déconnecter").click()
    await expect(amelie.page.locator(".notice")).to_have_text("Vous êtes déconnecté.")
    await amelie.page.reload()
    await expect(amelie.page.locator("#username")).to_be_visible()


async def test_a_wrong_password_is_told_in_words(log_in: LogIn, watch: Watch) -> None:
    watch.errors_allowed = True
    amelie = await log_in("amelie")
    await amelie.page.get_by_role("button", name="Sign out").click()
    await amelie.page.locator("#username").fill("amelie")
    await amelie.page.locator("#password").fill("not hers")
    await amelie.page.get_by_role("button", name="Log in", exact=True).click()
    await expect(amelie.page.locator(".card .trouble")).to_have_text("User name or password is wrong.")


async def test_a_session_ended_elsewhere_ends_here(log_in: LogIn, rest: Rest, clinic: Clinic, watch: Watch) -> None:
    watch.errors_allowed = True
    person = clinic.person("dr.nguyen")
    doctor = await log_in("dr.nguyen")
    by = rest.of(person.token)
    for session in (await by.get("/api/auth/sessions"))["items"]:
        if not session["current"]:
            await by.delete(f"/api/auth/sessions/{session['id']}")
    await expect(doctor.page.locator(".notice")).to_have_text("Your session has ended. Please log in again.")


async def test_a_closed_conversation_says_why_it_cannot_be_answered(log_in: LogIn, rest: Rest, clinic: Clinic) -> None:
    by, conversation_id = await _conversation(rest, clinic, "dr.martin", "Benali")
    karim = await log_in("karim")
    await karim.open_talk_with("Claire Martin")
    path = f"/api/messaging/conversations/{conversation_id}"
    await by.patch(path, {"status": "closed"})
    await expect(karim.page.locator(".closed")).to_have_text("This conversation is closed.")
    await expect(karim.page.locator("textarea")).to_be_hidden()
    await by.patch(path, {"status": "active"})
    await expect(karim.page.locator("textarea")).to_be_visible()


async def test_two_tabs_of_one_person_agree_on_what_is_unread(log_in: LogIn) -> None:
    amelie, doctor = await log_in("amelie"), await log_in("dr.martin")
    other_tab = Somebody(await amelie.page.context.new_page())
    await other_tab.page.goto(amelie.page.url)
    await other_tab.talk_with("Claire Martin").wait_for()
    await doctor.open_talk_with("Amélie Durand")
    words = _words()
    await doctor.write(words)
    for tab in (amelie, other_tab):
        await expect(tab.talk_with("Claire Martin").locator(".badge")).to_be_visible()
    await other_tab.open_talk_with("Claire Martin")
    for tab in (amelie, other_tab):
        await expect(tab.talk_with("Claire Martin").locator(".badge")).to_be_hidden()
        await expect(tab.page).to_have_title(f"({await _badge(tab)}) Colloque")


async def test_a_refused_message_says_so_and_can_be_thrown_away(log_in: LogIn) -> None:
    amelie = await log_in("amelie")
    await amelie.open_talk_with("Claire Martin")
    words = _words()
    await amelie.page.locator("textarea").evaluate(
        "(box, words) => { box.value = words + '\\ud800'; box.dispatchEvent(new Event('input')); }", words
    )
    await amelie.page.locator("textarea").press("Enter")
    await amelie.sees_status(words, "failed")
    refused = amelie.page.locator(".message", has_text=words)
    await expect(refused.locator(".trouble")).to_contain_text("This cannot be sent as it is.")
    await refused.get_by_role("button", name="Retry").click()
    await amelie.sees_status(words, "failed")
    await refused.get_by_role("button", name="Delete").click()
    await expect(refused).to_have_count(0)
