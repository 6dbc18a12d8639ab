"""What whoever answers for retention sees of it, without a shell on the server."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import LogIn
from tests.support.browsing import PHONE, Watch
from tests.support.clinic import Clinic, Pair
from tests.support.postgres import connected
from tests.support.rest import Rest

pytestmark = pytest.mark.asyncio(loop_scope="session")
OUTLOOK = "**/api/admin/retention**"
DAY = "2026-11-0{day}"
NONE = {"conversations": 0, "messages": 0}


@pytest.fixture
def over(clinic: Clinic) -> Iterator[Pair]:
    """The time of their conversation is over, as long as the test lasts."""
    pair = clinic.pairs(1)[0]
    _said(clinic, pair, "8 years")
    yield pair
    _said(clinic, pair, "0 years")


def _said(clinic: Clinic, pair: Pair, ago: str) -> None:
    with connected(clinic.owner_url) as cursor:
        cursor.execute(
            "UPDATE conversations SET last_message_at = now() - %s::interval WHERE id = %s", (ago, pair.conversation_id)
        )


async def test_what_is_over_and_kept_nevertheless(
    log_in: LogIn, rest: Rest, clinic: Clinic, over: Pair, watch: Watch
) -> None:
    admin, number = await log_in("admin"), over.conversation_id
    page = admin.page
    hold = {"conversationId": number, "reason": "Proceedings 2026/114"}
    await rest.of(clinic.person("admin").token).post("/api/admin/legal-holds", hold)
    await page.get_by_role("link", name="Retention").click()
    await expect(page.get_by_text("7 years after the last message")).to_have_count(3)
    assert int(await page.locator("[data-stat=held]").inner_text()) >= 1
    await expect(page.get_by_text("There is one every 6 hours.")).to_be_visible()
    held = page.get_by_role("button", name="Due but held")
    await held.focus()
    await held.press("Enter")
    row = page.locator("main section li", has_text=f"Conversation {number}")
    await expect(row).to_contain_text("due since")
    await page.get_by_role("link", name="Legal holds").last.click()
    await expect(page.get_by_text("Proceedings 2026/114")).to_be_visible()
    await page.go_back()
    await held.click()
    await row.get_by_role("link").click()
    await expect(page.get_by_role("heading", name="Participants")).to_be_visible()

    watch.errors_allowed = True
    await page.route(OUTLOOK, lambda route: route.abort())
    await admin.go("/admin/retention")
    await expect(page.get_by_role("alert")).to_contain_text("What is due could not be loaded.")
    await page.unroute(OUTLOOK)
    await page.get_by_role("button", name="Retry").click()
    await expect(page.locator("[data-stat=held]")).to_be_visible()


async def test_a_big_house_is_added_up_and_told_when_nobody_does_the_work(log_in: LogIn) -> None:
    """A server that needs two calls for its numbers, and whose first look for a list found nothing; in French, on a phone."""
    admin = await log_in("admin", **{**PHONE, "locale": "fr-FR"})
    page = admin.page
    await page.route(OUTLOOK, _answered)
    await admin.go("/admin/retention")
    for state, count in {"due": "3", "held": "0", "soon": "2 400", "shredded": "7"}.items():
        await expect(page.locator(f"[data-stat={state}]")).to_have_text(count.replace(" ", "\u202f"))
    await expect(page.get_by_text("Aucun serveur ne fait ces passages")).to_be_visible()
    await expect(page.get_by_text("Rien à détruire")).to_be_visible()
    await page.get_by_role("button", name="Détruites en 30 jours").click()
    days = page.locator("main section", has_text="Par jour").locator("li")
    await expect(days).to_have_text(["4 nov. 20263 conversations", "3 nov. 20264 conversations"])
    row = page.locator("main section li", has_text="Conversation 12")
    await expect(row).to_contain_text("Soins · dernier message le 1 janv. 2019détruite le 4 nov. 2026")


async def _answered(route: Route) -> None:
    asked = urlsplit(route.request.url)
    query = {key: value for key, [value] in parse_qs(asked.query).items()}
    body = _page(query) if asked.path.endswith("/conversations") else _outlook(query)
    await route.fulfill(content_type="application/json", body=json.dumps(body))


def _outlook(query: dict[str, str]) -> dict[str, Any]:
    is_first = "after" not in query
    care = {"due": {"conversations": 1 if is_first else 2, "messages": 10}, "held": NONE, "soon": _many(1200)}
    empty = {"due": NONE, "held": NONE, "soon": NONE}
    told = [("3", 4)] if is_first else [("4", 3)]
    return {
        "archiveDays": 30,
        "aroundDays": 30,
        "runsHere": False,
        "everySeconds": 21600,
        "job": {"running": False, "startedAt": None, "finishedAt": None, "dueAt": "2026-01-01T00:00:00.000Z"},
        "kinds": [{"kind": "care", "days": 2557, **care}, {"kind": "mentoring", "days": 0, **empty}],
        "shredded": [{"day": DAY.format(day=day), "kind": "care", "conversations": count} for day, count in told],
        "next": "1000" if is_first else None,
    }


def _many(count: int) -> dict[str, int]:
    return {"conversations": count, "messages": 20 * count}


def _page(query: dict[str, str]) -> dict[str, Any]:
    if query["state"] != "shredded":
        return {"items": [], "hasMore": False, "next": None}
    if "after" not in query:
        return {"items": [], "hasMore": True, "next": "10"}
    item = {"conversationId": 12, "kind": "care", "messages": 0, "endsAt": "2026-01-01T12:00:00.000Z"}
    times = {"silentSince": "2019-01-01T12:00:00.000Z", "shreddedAt": "2026-11-04T12:00:00.000Z"}
    return {"items": [item | times], "hasMore": False, "next": None}
