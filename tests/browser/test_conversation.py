"""Two people in a conversation: what each of them sees of what the other does."""

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.conftest import LogIn
from tests.support.browsing import Somebody, Watch
from tests.support.clinic import Clinic, Pair
from tests.support.contexts import Subject
from tests.support.rest import Rest
from tests.support.specimens import picture
from tests.support.talking import act, conversation, say_all, words

pytestmark = pytest.mark.asyncio(loop_scope="session")

# What Safari 17 or Firefox 121, of 2023, do not have (docs/adr/0036).
OF_2023 = """
    delete AbortSignal.any;
    delete Intl.Segmenter;
    for (const name of ["popover", "showPopover", "hidePopover"]) delete HTMLElement.prototype[name];
"""


async def _amelie_and_her_doctor(log_in: LogIn) -> tuple[Somebody, Somebody]:
    amelie, doctor = await log_in("amelie", locale="fr-FR"), await log_in("dr.martin")
    await amelie.open_talk_with("Dr. Claire Martin")
    await doctor.open_talk_with("Amélie Durand")
    return amelie, doctor


async def test_they_talk_live_see_each_other_type_and_read(log_in: LogIn) -> None:
    amelie, doctor = await _amelie_and_her_doctor(log_in)
    question, answer = words(), words()
    await amelie.page.locator("textarea").press_sequentially(question)
    await expect(doctor.page.locator("[data-typing]")).to_have_text("Amélie Durand is typing…")
    await amelie.page.locator("textarea").press("Enter")
    await doctor.sees(question)
    await expect(doctor.page.locator("[data-typing]")).to_have_text("")
    await doctor.page.bring_to_front()
    await amelie.sees_status(question, "read")
    await expect(amelie.bubble(question).locator("[data-status]")).to_contain_text("lu")
    await doctor.write(answer)
    await amelie.sees(answer)
    # Said once, in a place of its own; the history itself is silent.
    await expect(amelie.page.locator("[data-announcer]")).to_have_text(f"Dr. Claire Martin : {answer}")
    assert await amelie.page.locator("[role=log]").count() == 0
    for somebody in (amelie, doctor):
        assert [await somebody.count(text) for text in (question, answer)] == [1, 1]


async def test_only_who_looks_has_read(log_in: LogIn) -> None:
    """In a window behind others a message arrives, and no more."""
    amelie, doctor = await _amelie_and_her_doctor(log_in)
    await doctor.page.evaluate("document.hasFocus = () => false")
    first, second = words(), words()
    for text in (first, second):
        await amelie.write(text)
        await doctor.sees(text)
        await amelie.sees_status(text, "delivered")
    await amelie.sees_status(first, "delivered")
    await doctor.page.evaluate("document.hasFocus = () => true; window.dispatchEvent(new Event('focus'))")
    await amelie.sees_status(second, "read")


async def test_edit_react_reply_and_delete_reach_the_other(log_in: LogIn) -> None:
    amelie, doctor = await _amelie_and_her_doctor(log_in)
    first, second, reply = words(), words(), words()
    box = amelie.page.locator("textarea")
    await amelie.write(first)
    await doctor.sees(first)
    await box.press("ArrowUp")
    await expect(box).to_have_value(first)
    await amelie.write(second)
    await expect(doctor.bubble(second)).to_contain_text("edited")
    await doctor.bubble(second).hover()
    await doctor.bubble(second).get_by_role("button", name="React").click()
    await doctor.page.get_by_role("button", name="React with 🙏").click()
    await expect(amelie.bubble(second).get_by_role("button", name="🙏 : Dr. Claire Martin")).to_be_visible()
    await act(doctor, second, "Reply")
    await doctor.write(reply)
    quote = amelie.bubble(reply).get_by_role("button", name=second)
    await expect(quote).to_contain_text("En réponse à Vous")
    await act(amelie, second, "Supprimer")
    await amelie.page.get_by_role("dialog").get_by_role("button", name="Supprimer").click()
    await doctor.page.locator("[data-mine]", has_text="This message was deleted").last.wait_for()
    # The quote of it is as gone as the message.
    await expect(amelie.bubble(reply)).to_contain_text("Message supprimé")
    assert await doctor.count(second) == 0


async def test_marks_are_formatted_markup_is_text_and_odd_links_are_asked_about(log_in: LogIn) -> None:
    amelie, doctor = await _amelie_and_her_doctor(log_in)
    mark = words()
    hostile = f"<img src=x onerror=alert(1)><script>alert(2)</script> {mark}"
    await amelie.write(hostile)
    await doctor.sees(hostile)
    assert await doctor.bubble(mark).locator("img, script").count() == 0
    await amelie.page.locator("textarea").fill(
        f"**{mark}**\n- un\n- deux\nhttps://ameli.fr http://10.0.0.1/x javascript:alert(1)"
    )
    await amelie.page.locator("textarea").press("Enter")
    bubble = doctor.page.locator("[data-mine]", has=doctor.page.locator("strong", has_text=mark))
    await expect(bubble.locator("li")).to_have_text(["un", "deux"])
    links = [await link.get_attribute("href") for link in await bubble.locator("a").all()]
    assert links == ["https://ameli.fr/", "http://10.0.0.1/x"]
    assert "noopener" in str(await bubble.locator("a").first.get_attribute("rel"))
    await bubble.locator("a").last.click()
    await expect(doctor.page.get_by_role("dialog")).to_contain_text("the site is a number instead of a name")
    await doctor.page.keyboard.press("Escape")


async def test_urgent_messages_say_so_in_words_and_drafts_wait_in_their_conversation(log_in: LogIn) -> None:
    amelie, doctor = await _amelie_and_her_doctor(log_in)
    urgent, draft = words(), words()
    for toggle in ("Marquer comme urgent", "Demander une réponse"):
        await amelie.page.get_by_role("button", name="Plus d’options").click()
        await amelie.page.get_by_role("menuitemcheckbox", name=toggle).click()
    await amelie.write(urgent)
    await expect(doctor.bubble(urgent)).to_contain_text("Urgent")
    await expect(doctor.bubble(urgent)).to_contain_text("Answer expected")
    await amelie.page.locator("textarea").fill(draft)
    await amelie.page.locator("a[data-conversation]", has_text="Amlodipine").click()
    await expect(amelie.page.locator("textarea")).to_have_value("")
    await amelie.open_talk_with("Dr. Claire Martin")
    await expect(amelie.page.locator("textarea")).to_have_value(draft)
    await amelie.page.locator("textarea").fill("")


async def test_a_stopped_server_and_a_closed_tab_lose_and_double_nothing(
    log_in: LogIn, clinic: Clinic, watch: Watch
) -> None:
    watch.errors_allowed = True
    amelie, doctor = await _amelie_and_her_doctor(log_in)
    first, second = words(), words()
    context = amelie.page.context
    clinic.server.kill()
    await amelie.write(first)
    await amelie.write(second)
    await expect(amelie.bubble(first).locator("[data-status=waiting], [data-status=sending]")).to_be_attached()
    await expect(amelie.page.get_by_text("Reconnexion…")).to_be_visible()
    await amelie.page.close()
    clinic.server.start()
    back = Somebody(await context.new_page())
    await back.page.goto(clinic.url)
    await back.open_talk_with("Dr. Claire Martin")
    await doctor.sees(second)
    await back.sees_status(second, "read")
    for somebody in (back, doctor):
        assert [await somebody.count(text) for text in (first, second)] == [1, 1]
    texts = await doctor.page.locator("[data-mine]").all_inner_texts()
    places = [next(place for place, text in enumerate(texts) if wanted in text) for wanted in (first, second)]
    assert places == sorted(places)


async def test_one_who_may_not_write_any_more_is_told_why_and_keeps_the_draft(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    by, conversation_id = await conversation(rest, clinic, "dr.petit", "Lucie")
    lucie = await log_in("lucie", locale="fr-FR")
    await lucie.open_talk_with("Dr. Hugo Petit")
    draft = words()
    await lucie.page.locator("textarea").fill(draft)
    await by.patch(f"/api/messaging/conversations/{conversation_id}", {"status": "closed"})
    await expect(
        lucie.page.get_by_text("Cette conversation est close : elle ne peut plus qu’être lue.")
    ).to_be_visible()
    await expect(lucie.page.get_by_role("textbox", name="Votre brouillon est gardé")).to_have_value(draft)
    await by.patch(f"/api/messaging/conversations/{conversation_id}", {"status": "active"})
    box = lucie.page.get_by_role("textbox", name="Message à Dr. Hugo Petit")
    await expect(box).to_have_value(draft)
    # So is what one was making of a message that was sent.
    said = words()
    await lucie.write(said)
    await lucie.sees_status(said, "sent")
    await box.press("ArrowUp")
    await expect(box).to_have_value(said)
    await box.fill(draft)
    await by.patch(f"/api/messaging/conversations/{conversation_id}", {"status": "closed"})
    await expect(lucie.page.get_by_role("textbox", name="Votre brouillon est gardé")).to_have_value(draft)
    await by.patch(f"/api/messaging/conversations/{conversation_id}", {"status": "active"})
    await expect(box).to_have_value(draft)
    await box.press("Escape")
    await say_all(by, conversation_id, [words()])
    await lucie.page.locator("textarea").fill("")


async def test_a_message_about_an_older_version_of_a_prescription_says_so_at_once(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    patient, doctor = clinic.person("amelie"), clinic.person("dr.martin")
    subject = Subject(rest.of(clinic.person("admin").token), Pair(0, patient, doctor))
    conversation_id, older, newer = await subject.opened(), words(), words()
    await subject.say(patient.token, older)
    amelie = await log_in("amelie")
    await amelie.go(f"/conversations/{conversation_id}")
    await amelie.sees(older)
    note = "About version {}; the present version is {}."
    await expect(amelie.bubble(older)).not_to_contain_text("About version")
    await subject.put(version=2)
    await expect(amelie.bubble(older)).to_contain_text(note.format(1, 2))
    await subject.say(doctor.token, newer)
    await amelie.sees(newer)
    await expect(amelie.bubble(newer)).not_to_contain_text("About version")
    await expect(amelie.bubble(older)).to_contain_text(note.format(1, 2))


async def test_a_browser_of_2023_is_enough(log_in: LogIn) -> None:
    amelie, doctor = await log_in("amelie"), await log_in("dr.martin")
    await doctor.open_talk_with("Amélie Durand")
    page, text = amelie.page, words()
    await page.add_init_script(OF_2023)
    await page.reload()
    await amelie.open_talk_with("Dr. Claire Martin")
    # A few emoji alone are shown large, whoever counts them.
    await amelie.write("🙏")
    await doctor.sees("🙏")
    await expect(amelie.bubble("🙏").last).to_be_visible()
    await page.get_by_role("button", name="Emoji").click()
    picker, search = page.get_by_role("dialog", name="Emoji"), page.get_by_role("searchbox", name="Search an emoji")
    await expect(search).to_be_in_viewport()
    await page.keyboard.press("Escape")
    await expect(picker).to_have_count(0)
    await page.get_by_role("button", name="Emoji").click()
    await expect(search).to_be_in_viewport()
    await page.locator("textarea").click()
    await expect(picker).to_have_count(0)
    await page.locator("textarea").fill(text)
    letter = FilePayload(name="letter.png", mimeType="image/png", buffer=picture("PNG"))
    await page.locator("input[type=file]").set_input_files([letter])
    await page.get_by_role("button", name="Send", exact=True).click()
    await doctor.sees(text)
    # What is asked for while one types can be given up.
    await amelie.go("/search?q=tension")
    await page.locator("mark").first.wait_for()
