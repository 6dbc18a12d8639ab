"""The sections beside the conversations: who opened them, exports, the forum, the administration."""

import asyncio
import re
from uuid import uuid4

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser.conftest import LogIn
from tests.support.browsing import Watch
from tests.support.clinic import Clinic
from tests.support.postgres import connected
from tests.support.rest import Rest

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _care_of_amelie(rest: Rest, clinic: Clinic) -> int:
    page = await rest.of(clinic.person("amelie").token).get("/api/messaging/conversations", q="Martin", kind="care")
    return int(page["items"][0]["id"])


async def test_votes_and_answers_of_the_forum_come_live(log_in: LogIn) -> None:
    ines, sofia = await log_in("ines"), await log_in("sofia")
    title = f"What helps before an exam of the heart? {uuid4().hex[:8]}"
    await ines.go("/forum/ask")
    await ines.page.get_by_label("Your question in one sentence").fill(title)
    await ines.page.get_by_label("What you want to know").fill("Should one **eat** before it?")
    await ines.page.get_by_label("Tags").fill("heart, exam")
    await ines.page.get_by_role("button", name="Publish the question").click()
    await expect(ines.page.get_by_role("heading", name=title)).to_be_visible()
    await expect(ines.page.locator("article strong", has_text="eat")).to_be_visible()
    await sofia.go(re.sub(r"^https?://[^/]+", "", ines.page.url))
    question = sofia.page.locator("article").first
    await question.get_by_role("button", name="Useful", exact=True).click()
    await expect(ines.page.locator("article").first.locator("[data-score]")).to_have_attribute("data-score", "1")
    await expect(question.get_by_role("button", name="Useful", exact=True)).to_have_attribute("aria-pressed", "true")
    await sofia.page.get_by_label("Your answer").fill("A light breakfast is fine.")
    await sofia.page.get_by_role("button", name="Publish the answer").click()
    answer = ines.page.locator("article", has_text="A light breakfast")
    await expect(answer).to_be_visible()
    await answer.get_by_role("button", name="Other actions").click()
    await ines.page.get_by_role("menuitem", name="Accept this answer").click()
    await expect(sofia.page.locator("article", has_text="A light breakfast")).to_contain_text("Accepted answer")
    await expect(sofia.page.locator("article")).to_have_count(2)


async def test_the_patient_sees_who_opened_the_conversation_from_outside(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    conversation_id = await _care_of_amelie(rest, clinic)
    words = f"words {uuid4().hex[:12]}"
    amelies = rest.of(clinic.person("amelie").token)
    await amelies.post(f"/api/messaging/conversations/{conversation_id}/messages", {"content": words})
    admin = await log_in("admin")
    await admin.go(f"/admin/trail/{conversation_id}")
    page = admin.page
    await expect(page.get_by_role("heading", name="Participants")).to_be_visible()
    await page.get_by_role("button", name="Read in an emergency").click()
    await page.get_by_label(re.compile("Reason")).fill("Treatment must be known at once")
    await page.get_by_role("button", name="Open and note the reason").click()
    await expect(page.get_by_text(words)).to_be_visible()
    amelie = await log_in("amelie")
    await amelie.go(f"/conversations/{conversation_id}/access")
    opened = amelie.page.get_by_role("listitem").filter(has_text="opened the conversation in an emergency")
    await expect(opened.first).to_contain_text("Nadia Admin")
    await expect(opened.first).to_contain_text("From outside the conversation")
    await expect(opened.first).to_contain_text("Treatment must be known at once")


async def test_a_conversation_is_exported_and_downloaded(
    log_in: LogIn, rest: Rest, clinic: Clinic, watch: Watch
) -> None:
    amelie = await log_in("amelie")
    await amelie.go(f"/conversations/{await _care_of_amelie(rest, clinic)}/exports")
    await amelie.page.get_by_text("To read in a browser").click()
    await amelie.page.get_by_role("button", name="Prepare the file").click()
    async with amelie.page.expect_download() as starting:
        await amelie.page.get_by_role("button", name="Download", exact=True).click()
    download = await starting.value
    assert download.suggested_filename.endswith(".html")
    text = (await asyncio.to_thread((await download.path()).read_bytes)).decode()
    assert "Ce soir 13/8, et ce matin 13/8 aussi." in text
    # It expires while one looks at it; the browser writes down that the file was refused.
    watch.errors_allowed = True
    with connected(clinic.owner_url) as cursor:
        cursor.execute("UPDATE exports SET expires_at = now() - interval '1 second'")
    await amelie.page.get_by_role("button", name="Download", exact=True).click()
    await expect(amelie.page.get_by_text("This file is no longer available.")).to_be_visible()


async def test_an_export_is_ready_though_every_event_about_it_was_lost(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    """The page asks as well: hints of another node may never come."""
    amelie, lost = await log_in("amelie"), []

    def without_news(socket: WebSocketRoute) -> None:
        def pass_on(message: str | bytes) -> None:
            if "export_progress" in str(message):
                lost.append(message)
            else:
                socket.send(message)

        socket.connect_to_server().on_message(pass_on)

    await amelie.page.route_web_socket(re.compile("/socket.io/"), without_news)
    await amelie.page.reload()
    await amelie.go(f"/conversations/{await _care_of_amelie(rest, clinic)}/exports")
    await amelie.page.get_by_text("To read in a browser").click()
    await amelie.page.get_by_role("button", name="Prepare the file").click()
    await expect(amelie.page.get_by_role("button", name="Download", exact=True)).to_be_visible()
    assert lost


async def test_the_administrator_sees_connections_live_and_manages_people(log_in: LogIn, watch: Watch) -> None:
    watch.errors_allowed = True
    admin = await log_in("admin")
    page = admin.page
    connections = page.locator("[data-stat=connections]")
    before = int(await connections.inner_text())
    await log_in("karim")
    await log_in("karim")
    await expect(connections).to_have_text(str(before + 2))
    await expect(page.get_by_role("listitem").filter(has_text="Karim Benali")).to_contain_text("2 connections")
    name = f"new{uuid4().hex[:8]}"
    await admin.go("/admin/users")
    await page.get_by_role("button", name="New person").click()
    form = page.get_by_role("dialog")
    for label, value in (("First name", "Nina"), ("Last name", "Novak"), ("User name", "amelie")):
        await form.get_by_label(label).fill(value)
    await form.get_by_role("button", name="Store").click()
    await expect(form.get_by_role("alert")).to_have_text("This is already in use.")
    await form.get_by_label("User name").fill(name)
    await form.get_by_role("button", name="Store").click()
    row = page.get_by_role("listitem").filter(has_text=name)
    await row.get_by_role("button", name="Actions for").click()
    await page.get_by_role("menuitem", name="Disable").click()
    await expect(row).to_contain_text("Disabled")
    await admin.go("/admin/links")
    await page.get_by_role("button", name="New link").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Patient").select_option(label="Durand Amélie (amelie)")
    await form.get_by_label("Doctor").select_option(label="Petit Hugo (dr.petit)")
    await form.get_by_role("button", name="Store").click()
    link = page.get_by_role("listitem").filter(has_text="Amélie Durand – Dr. Hugo Petit")
    await link.get_by_role("button").click()
    await page.get_by_role("dialog").get_by_role("button", name="End", exact=True).click()
    await expect(link).to_have_count(1)
    await expect(link).to_contain_text("Ended")


async def test_a_mentor_is_found_by_specialty_and_written_to(log_in: LogIn, rest: Rest, clinic: Clinic) -> None:
    found = (await rest.of(clinic.person("paul").token).get("/api/mentors"))["items"]
    mentor = next(one for one in found if one["specialties"])
    paul = await log_in("paul")
    page = paul.page
    await page.get_by_role("link", name="Mentors").click()
    await page.get_by_label("Specialty").select_option(mentor["specialties"][0])
    await page.get_by_role("link", name=f"{mentor['firstName']} {mentor['lastName']}").click()
    await page.get_by_role("button", name=re.compile("Send a message|Go on with")).click()
    await expect(page.locator("[data-pane-heading]")).to_contain_text(mentor["lastName"])
    words = f"words {uuid4().hex[:12]}"
    await paul.write(words)
    await paul.sees_status(words, "sent")
