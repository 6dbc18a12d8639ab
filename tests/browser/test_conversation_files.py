"""Files and voice in a conversation."""

import asyncio
import base64
import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.browser.conftest import LogIn
from tests.support.browsing import NARROW, Somebody, Watch
from tests.support.clinic import Clinic
from tests.support.rest import Rest
from tests.support.talking import conversation, words

pytestmark = pytest.mark.asyncio(loop_scope="session")

DROP = """async ([selector, name, type, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name, {type}));
    const target = document.querySelector(selector);
    for (const kind of ["dragenter", "dragover", "drop"]) {
        target.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: data}));
    }
}"""

PASTE = """([name, type, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], name, {type}));
    const pasted = new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData});
    document.querySelector("textarea").dispatchEvent(pasted);
}"""


def picture(colour: str, size: tuple[int, int] = (320, 200)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "PNG")
    return made.getvalue()


def chosen(name: str, media_type: str, content: bytes) -> Any:
    return {"name": name, "mimeType": media_type, "buffer": content}


async def _pair(log_in: LogIn) -> tuple[Somebody, Somebody]:
    amelie, doctor = await log_in("amelie", locale="fr-FR"), await log_in("dr.martin")
    await amelie.open_talk_with("Dr. Claire Martin")
    await doctor.open_talk_with("Amélie Durand")
    return amelie, doctor


async def test_pictures_are_chosen_dropped_shown_small_and_looked_at_with_the_keyboard(
    log_in: LogIn, tmp_path: Path
) -> None:
    amelie, doctor = await _pair(log_in)
    page = amelie.page
    await page.locator("input[type=file]").set_input_files([chosen("rouge.png", "image/png", picture("red"))])
    dropped = base64.b64encode(picture("blue")).decode()
    await page.evaluate(DROP, ["[data-scroller]", "bleu.png", "image/png", dropped])
    tray = page.get_by_role("list", name="Fichiers joints")
    await expect(tray.locator("li")).to_have_count(2)
    # The whole pane takes what is dropped, and the text box what is pasted; a pasted text stays a text.
    for place in ("section header", "section footer"):
        await page.evaluate(DROP, [place, "vert.png", "image/png", dropped])
    await expect(tray.locator("li")).to_have_count(4)
    await page.evaluate(PASTE, ["copie.png", "image/png", dropped])
    await expect(tray.get_by_text("copie.png")).to_be_visible()
    for name in ("Retirer vert.png", "Retirer vert.png", "Retirer copie.png"):
        await tray.get_by_role("button", name=name).first.click()
    await expect(tray.locator("li")).to_have_count(2)
    await page.get_by_role("button", name="Envoyer", exact=True).click()
    thumbnail = doctor.page.get_by_role("button", name="Enlarge rouge.png").last
    await expect(thumbnail.locator("img")).to_be_visible()
    await thumbnail.focus()
    await doctor.page.keyboard.press("Enter")
    box = doctor.page.locator("dialog[open]")
    await expect(box.get_by_text("Picture 1 of 2")).to_be_visible()
    await doctor.page.keyboard.press("ArrowRight")
    await expect(box.get_by_text("Picture 2 of 2")).to_be_visible()
    await expect(box.get_by_role("img", name="bleu.png")).to_be_visible()
    await doctor.page.keyboard.press("Escape")
    await expect(box).to_have_count(0)
    await expect(thumbnail).to_be_focused()


async def test_a_picture_is_no_wider_than_a_narrow_phone(log_in: LogIn) -> None:
    amelie = await log_in("amelie", **NARROW)
    await amelie.open_talk_with("Dr. Claire Martin")
    await amelie.page.locator("input[type=file]").set_input_files([chosen("large.png", "image/png", picture("green"))])
    await amelie.page.get_by_role("button", name="Send", exact=True).click()
    shown = amelie.page.get_by_role("button", name="Enlarge large.png").last
    await expect(shown).to_be_visible()
    place = await shown.bounding_box()
    assert place is not None
    assert place["width"] > 150
    assert place["x"] + place["width"] <= 320


async def test_what_the_server_would_refuse_is_refused_before_it_is_sent(log_in: LogIn) -> None:
    amelie, _ = await _pair(log_in)
    page = amelie.page
    uploads: list[str] = []
    page.on("request", lambda request: uploads.append(request.url) if "attachments" in request.url else None)
    too_much = [chosen("film.mp4", "video/mp4", b"x"), chosen("gros.pdf", "application/pdf", b"x" * 10_000_001)]
    await page.locator("input[type=file]").set_input_files(too_much)
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("« film.mp4 » : ce type de fichier n’est pas accepté")
    await expect(alert).to_contain_text("« gros.pdf » dépasse 10 Mo.")
    await expect(page.get_by_role("list", name="Fichiers joints")).to_have_count(0)
    assert uploads == []


async def test_a_file_that_is_not_what_it_says_can_be_deleted_and_the_talk_goes_on(log_in: LogIn, watch: Watch) -> None:
    watch.errors_allowed = True
    amelie, doctor = await _pair(log_in)
    files = [chosen("vrai.png", "image/png", picture("red")), chosen("faux.pdf", "application/pdf", b"no pdf")]
    await amelie.page.locator("input[type=file]").set_input_files(files)
    trouble = amelie.page.get_by_text("Non envoyé :")
    await amelie.page.get_by_role("button", name="Envoyer", exact=True).click()
    await expect(trouble).to_contain_text("Ce type de fichier n’est pas accepté.")
    # All of it is there still, what had gone already too.
    for name in ("vrai.png", "faux.pdf"):
        await expect(amelie.bubble(name)).to_be_visible()
    await amelie.page.get_by_role("button", name="Supprimer", exact=True).click()
    await expect(trouble).to_have_count(0)
    await amelie.write("et pourtant")
    await doctor.sees("et pourtant")


async def test_what_was_refused_goes_back_into_the_composer_whole(log_in: LogIn, watch: Watch) -> None:
    watch.errors_allowed = True
    amelie, doctor = await _pair(log_in)
    page, text = amelie.page, words()
    files = [chosen(f"{name}.png", "image/png", picture(name)) for name in ("red", "blue")]
    files.insert(1, chosen("faux.pdf", "application/pdf", b"no pdf"))
    await page.locator("input[type=file]").set_input_files(files)
    await page.locator("textarea").fill(text)
    await page.get_by_role("button", name="Envoyer", exact=True).click()
    refused = page.get_by_text("Non envoyé :")
    await expect(refused).to_be_visible()
    # After a reload too, and what is being written by then stays: where all would be too much nothing moves.
    await page.reload()
    await expect(refused).to_be_visible()
    tray, back = (
        page.get_by_role("list", name="Fichiers joints"),
        page.get_by_role("button", name="Modifier", exact=True),
    )
    more = [chosen(f"{number}.png", "image/png", picture("green")) for number in range(3)]
    await page.locator("input[type=file]").set_input_files(more)
    await page.locator("textarea").fill("et ceci")
    await back.click()
    await expect(page.get_by_role("alert").filter(has_text="5 fichiers au plus par message")).to_be_visible()
    await tray.get_by_role("button", name="Retirer 2.png").click()
    await back.click()
    await expect(tray.locator("li")).to_contain_text(["red.png", "faux.pdf", "blue.png", "0.png", "1.png"])
    await expect(page.locator("textarea")).to_have_value(f"{text}\net ceci")
    await expect(page.locator("textarea")).to_be_focused()
    await expect(refused).to_have_count(0)
    # They were kept, and are so again.
    await page.reload()
    await expect(tray.locator("li")).to_contain_text(["red.png", "faux.pdf", "blue.png", "0.png", "1.png"])
    await expect(page.locator("textarea")).to_have_value(f"{text}\net ceci")
    await expect(refused).to_have_count(0)
    await tray.get_by_role("button", name="Retirer faux.pdf").click()
    await page.get_by_role("button", name="Envoyer", exact=True).click()
    await doctor.sees(text)
    await expect(doctor.bubble(text).get_by_role("button", name=re.compile("^Enlarge"))).to_have_count(4)


async def test_what_can_be_done_about_a_refusal_stands_on_one_line_of_a_narrow_phone(
    log_in: LogIn, watch: Watch
) -> None:
    watch.errors_allowed = True
    amelie = await log_in("amelie", **{**NARROW, "locale": "fr-FR"})
    await amelie.open_talk_with("Dr. Claire Martin")
    page = amelie.page
    await page.locator("input[type=file]").set_input_files([chosen("faux.pdf", "application/pdf", b"no pdf")])
    await page.get_by_role("button", name="Envoyer", exact=True).click()
    ways = [page.get_by_role("button", name=name, exact=True) for name in ("Réessayer", "Modifier", "Supprimer")]
    tops = [await way.evaluate("way => way.getBoundingClientRect().top") for way in ways]
    assert len(set(tops)) == 1
    await ways[-1].click()
    await expect(ways[0]).to_have_count(0)


async def test_a_voice_message_is_recorded_heard_sent_and_played(log_in: LogIn) -> None:
    amelie, doctor = await _pair(log_in)
    page = amelie.page
    before = await doctor.page.get_by_role("button", name="Play the voice message").count()
    await page.get_by_role("button", name="Enregistrer un message vocal").click()
    # The keyboard alone: it is where one goes on.
    await expect(page.get_by_role("button", name="Terminer l’enregistrement")).to_be_focused()
    await page.locator("footer").get_by_text(re.compile(r"^0:0[1-9]$")).wait_for()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Envoyer le message vocal")).to_be_focused()
    listen = page.locator("footer").get_by_role("button", name="Écouter le message vocal, 0:0")
    # It is short: what shows that it plays is looked for before it does.
    await asyncio.gather(page.locator("footer").get_by_role("button", name="Pause").wait_for(), listen.click())
    await page.get_by_role("button", name="Envoyer le message vocal").press("Enter")
    await expect(page.locator("textarea")).to_be_focused()
    players = doctor.page.get_by_role("button", name="Play the voice message")
    await expect(players).to_have_count(before + 1)
    # How long it is stands there before anything of it was loaded, and where it is to begin can be chosen.
    await expect(players.last).to_have_accessible_name(re.compile(r"^Play the voice message, 0:0[1-9]$"))
    await expect(doctor.page.get_by_role("slider", name="Position in the voice message").last).to_be_enabled()
    await players.last.click()
    await expect(doctor.page.get_by_role("slider", name="Position in the voice message").last).to_be_enabled()
    # Another one is given up: nothing is sent, and one can write again.
    await page.get_by_role("button", name="Enregistrer un message vocal").click()
    await expect(page.get_by_role("button", name="Terminer l’enregistrement")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("textarea")).to_be_focused()
    await expect(players.or_(doctor.page.get_by_role("button", name="Pause"))).to_have_count(before + 1)


async def test_a_recording_ends_with_the_right_to_write_and_none_begins_by_itself(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    by, conversation_id = await conversation(rest, clinic, "dr.martin", "Amélie")
    address = f"/api/messaging/conversations/{conversation_id}"
    amelie = await log_in("amelie")
    await amelie.open_talk_with("Dr. Claire Martin")
    await amelie.page.get_by_role("button", name="Record a voice message").click()
    await expect(amelie.page.get_by_role("button", name="Finish recording")).to_be_focused()
    await by.patch(address, {"status": "closed"})
    await expect(amelie.page.get_by_text("This conversation is closed: it can only be read.")).to_be_visible()
    await by.patch(address, {"status": "active"})
    # What was said until then is kept; the microphone is off.
    kept = amelie.page.locator("footer").get_by_role("button", name="Play the voice message")
    begun = amelie.page.get_by_role("button", name="Finish recording")
    await expect(kept.or_(begun)).to_have_accessible_name(re.compile("^Play"))
    await amelie.page.get_by_role("button", name="Discard the recording").click()
    await expect(amelie.page.get_by_role("button", name="Record a voice message")).to_be_visible()
    await expect(amelie.page.locator("textarea")).to_be_visible()
