"""Each screen, in light on a desk and in dark on a phone, or in both on both (`make screens`): axe finds nothing serious,
nothing is wider than the screen, and a picture of it is kept in build/screens (or SCREENS) for whoever looks."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import WEB, LogIn
from tests.support.browsing import DESK, NARROW, PHONE, Somebody
from tests.support.clinic import Clinic
from tests.support.rest import Rest

pytestmark = pytest.mark.asyncio(loop_scope="session")
AXE = (WEB / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
PICTURES = Path(os.environ.get("SCREENS", WEB.parent / "build" / "screens"))
FINDINGS = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter(({impact}) => impact === "serious" || impact === "critical")
    .map(({id, nodes}) => `${id}: ${nodes.map(({target}) => target.join(" ")).join(", ")}`)"""
# Beyond the edge, other than what scrolls sideways on purpose and what only screen readers get.
# What scrolls by itself may be wider: the rows of parts and of filters, and code.
TOO_WIDE = """document.scrollingElement.scrollWidth > innerWidth || [...document.querySelectorAll("main *, nav *")]
    .filter((one) => one.closest("main nav, pre, [class*=_sideways_], [class*=_hidden_]") === null)
    .map((one) => one.getBoundingClientRect()).some(({width, right}) => width > 2 && right > innerWidth + 1)"""
SIZES = {"desk": DESK, "phone": PHONE}
# Both of each; `make screens` crosses them.
VARIANTS = [("desk", "light"), ("phone", "dark")]
if "SCREENS_CROSSED" in os.environ:
    VARIANTS += [("desk", "dark"), ("phone", "light")]


@dataclass(frozen=True, slots=True)
class Screen:
    name: str
    path: str
    # What is there once it is complete.
    shows: str
    act: Callable[[Page], Awaitable[None]] | None = None


async def _press(page: Page, keys: str) -> None:
    """What opens a dialog."""
    await page.locator("body").press(keys)
    await page.locator("dialog[open]").wait_for()


async def _export(page: Page) -> None:
    await page.get_by_role("button", name="Prepare the file").click()
    await page.get_by_role("button", name="Download", exact=True).wait_for()


async def _plan(page: Page) -> None:
    await page.get_by_role("button", name="Look at erasure").click()
    await page.get_by_role("heading", name="Would be kept").scroll_into_view_if_needed()


OF_PATIENT = (
    Screen("inbox", "/", "a[data-conversation]"),
    Screen("conversation", "/conversations/{care}", "[data-mine]"),
    Screen("about-a-prescription", "/conversations/{contextual}", "[data-mine]"),
    Screen("search", "/search?q=tension", "mark"),
    Screen("access-log", "/conversations/{care}/access", "main li"),
    Screen("exports", "/conversations/{care}/exports", "main form, main fieldset", _export),
    Screen("profile", "/settings", "main h2"),
    Screen("devices", "/settings/devices", "main li li, main section li"),
    Screen("notifications", "/settings/notifications", "main [type=checkbox]"),
    Screen("activity", "/settings/activity", "[data-stat=unread]"),
    Screen("my-data", "/settings/data", "main section button"),
    Screen("appearance", "/settings/appearance", "main select"),
    Screen("switcher", "/", "a[data-conversation]", lambda page: _press(page, "Control+k")),
    Screen("new-conversation", "/", "a[data-conversation]", lambda page: _press(page, "n")),
    Screen("shortcuts", "/", "a[data-conversation]", lambda page: _press(page, "?")),
    Screen("forum", "/forum", "main section li"),
    Screen("question", "/forum/{question}", "main article"),
    Screen("leaderboard", "/forum/leaders", "main section li"),
    Screen("points", "/forum/points", "main section"),
    Screen("ask", "/forum/ask", "main form"),
    Screen("nothing-here", "/nothing-here", "main a"),
)
OF_MEMBER = (
    Screen("mentors", "/mentors", "main li a"),
    Screen("mentor", "/mentors/{mentor}", "main h2"),
)
OF_MENTOR = (Screen("mentor-own", "/mentors/me", "main form"),)
OF_ADMINISTRATOR = (
    Screen("admin-connections", "/admin", "[data-stat]"),
    Screen("admin-users", "/admin/users", "main section li"),
    Screen("admin-user", "/admin/users/{person}", "main section li", _plan),
    Screen("admin-reports", "/admin/reports", "main section li"),
    Screen("admin-holds", "/admin/holds", "main section li"),
    Screen("admin-retention", "/admin/retention", "[data-stat=held]"),
    Screen("admin-links", "/admin/links", "main section li"),
    Screen("admin-contexts", "/admin/contexts", "main section li"),
    Screen("admin-trail", "/admin/trail/{care}", "main section li"),
)

# Whose screens these are; each has a browser context of their own, so that they look around at the same time.
WALKS = {
    "amelie": OF_PATIENT,
    "dr.martin": (Screen("doctor-inbox", "/", "a[data-conversation]"),),
    "ines": OF_MEMBER,
    "sofia": OF_MENTOR,
    "admin": OF_ADMINISTRATOR,
}


async def _places(rest: Rest, clinic: Clinic) -> dict[str, int]:
    by = rest.of(clinic.person("amelie").token)
    conversations = (await by.get("/api/messaging/conversations"))["items"]
    questions = (await by.get("/api/questions", sort="votes"))["items"]
    kinds = {item["kind"]: item["id"] for item in conversations if item["participantInfo"]["lastName"] == "Martin"}
    mentors = (await rest.of(clinic.person("ines").token).get("/api/mentors"))["items"]
    await _something_for_administrators(rest, clinic, kinds["care"], questions[0]["id"])
    person = clinic.person("amelie").id
    return {**kinds, "question": questions[0]["id"], "mentor": mentors[0]["id"], "person": person}


async def _something_for_administrators(rest: Rest, clinic: Clinic, conversation_id: int, question_id: int) -> None:
    """A report and a legal hold; there once, however often one asks."""
    await rest.of(clinic.person("paul").token).post(f"/api/questions/{question_id}/report", {"reason": "spam"})
    admin = rest.of(clinic.person("admin").token)
    held = {hold["conversationId"] for hold in (await admin.get("/api/admin/legal-holds"))["items"]}
    if conversation_id not in held:
        hold = {"conversationId": conversation_id, "reason": "Proceedings 2026/114"}
        await admin.post("/api/admin/legal-holds", hold)


async def _look(page: Page, picture: str) -> list[str]:
    """What is wrong with the screen as it is now."""
    await page.screenshot(path=PICTURES / f"{picture}.png", animations="disabled")
    await page.evaluate(AXE)
    findings = list(await page.evaluate(FINDINGS))
    if await page.evaluate(TOO_WIDE):
        findings.append("wider than the screen")
    return [f"{picture}: {finding}" for finding in findings]


async def _walk(somebody: Somebody, screens: tuple[Screen, ...], places: dict[str, int], suffix: str) -> list[str]:
    troubles = []
    for screen in screens:
        await somebody.go(screen.path.format(**places))
        await somebody.page.locator(screen.shows).first.wait_for()
        if screen.act:
            await screen.act(somebody.page)
        troubles += await _look(somebody.page, f"{screen.name}-{suffix}")
        if await somebody.page.locator("dialog[open]").count():
            await somebody.page.keyboard.press("Escape")
            await somebody.page.locator("dialog[open]").wait_for(state="detached")
    return troubles


async def _narrow(somebody: Somebody, screens: tuple[Screen, ...], places: dict[str, int]) -> list[str]:
    """Those that are wider than the screen, as they are and with text twice as large."""
    troubles = []
    for zoom in ("100%", "200%"):
        await somebody.page.evaluate("zoom => { document.documentElement.style.fontSize = zoom; }", zoom)
        for screen in screens:
            await somebody.go(screen.path.format(**places))
            await somebody.page.locator(screen.shows).first.wait_for(state="attached")
            if await somebody.page.evaluate(TOO_WIDE):
                troubles.append(f"{screen.name} at {zoom}")
    return troubles


@pytest.mark.parametrize(("size", "scheme"), VARIANTS)
async def test_every_screen(log_in: LogIn, visit: Any, rest: Rest, clinic: Clinic, size: str, scheme: Any) -> None:
    places = await _places(rest, clinic)
    options = {**SIZES[size], "color_scheme": scheme, "reduced_motion": "reduce"}
    suffix = f"{size}-{scheme}"
    login = await visit(**options)
    await login.locator("[data-username]").first.wait_for()
    troubles = await _look(login, f"login-{suffix}")
    people = await asyncio.gather(*(log_in(name, **options) for name in WALKS))
    walks = zip(people, WALKS.values(), strict=True)
    for found in await asyncio.gather(*(_walk(somebody, screens, places, suffix) for somebody, screens in walks)):
        troubles += found
    assert troubles == []


async def test_everything_fits_at_320_pixels_and_with_text_twice_as_large(
    log_in: LogIn, rest: Rest, clinic: Clinic
) -> None:
    places = await _places(rest, clinic)
    people = await asyncio.gather(*(log_in(name, **NARROW) for name in WALKS))
    walks = await asyncio.gather(
        *(_narrow(somebody, WALKS[name], places) for somebody, name in zip(people, WALKS, strict=True))
    )
    assert [found for walk in walks for found in walk] == []


async def test_with_text_twice_as_large_words_stay_whole_and_one_sees_what_one_types(log_in: LogIn) -> None:
    small = {**PHONE, "viewport": {"width": 360, "height": 640}, "locale": "fr-FR"}
    amelie = await log_in("amelie", **small)
    await amelie.page.evaluate("document.documentElement.style.fontSize = '200%'")
    await amelie.go("/settings")
    title = amelie.page.get_by_role("heading", name="Réglages", exact=True)
    await title.wait_for()
    lines = "title => Math.round(title.getBoundingClientRect().height / parseFloat(getComputedStyle(title).lineHeight))"
    assert await title.evaluate(lines) == 1
    await amelie.go("/search")
    box = amelie.page.get_by_role("searchbox")
    await box.wait_for()
    letters = "box => box.clientWidth / parseFloat(getComputedStyle(box).fontSize)"
    assert await box.evaluate(letters) >= 5


async def test_no_screen_needs_motion(log_in: LogIn) -> None:
    amelie = await log_in("amelie", reduced_motion="reduce")
    await amelie.page.locator("body").press("?")
    await expect(amelie.page.get_by_role("dialog")).to_be_visible()
    moving = "document.getAnimations().filter((one) => one.effect.getComputedTiming().duration > 1).length"
    assert await amelie.page.evaluate(moving) == 0
