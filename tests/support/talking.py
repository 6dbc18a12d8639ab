"""What people do in a conversation of the client, and what its pages must be: for browser tests."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.async_api import Page

from tests.support.browsing import Somebody
from tests.support.clinic import Clinic
from tests.support.rest import Rest

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"


def words() -> str:
    return f"words {uuid4().hex[:12]}"


async def conversation(rest: Rest, clinic: Clinic, username: str, other: str) -> tuple[Rest, int]:
    """That without a prescription or exam, and the REST of `username`."""
    by = rest.of(clinic.person(username).token)
    page = await by.get("/api/messaging/conversations", q=other)
    return by, next(item["id"] for item in page["items"] if item["context"] is None)


async def say_all(by: Rest, conversation_id: int, texts: list[str], *, at_once: int = 1) -> None:
    """In this order, unless several are sent at once."""
    path = f"/api/messaging/conversations/{conversation_id}/messages"
    waiting = iter(texts)

    async def send() -> None:
        for text in waiting:
            await by.post(path, {"content": text})

    await asyncio.gather(*(send() for _ in range(at_once)))


async def act(somebody: Somebody, text: str, action: str) -> None:
    """By the menu of that message."""
    bubble = somebody.bubble(text).first
    await bubble.hover()
    await bubble.locator("[data-actions]").click()
    await somebody.page.get_by_role("menuitem", name=action).click()


async def serious_findings(page: Page) -> list[dict[str, Any]]:
    """Of axe, with the WCAG 2.2 AA rules."""
    await page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = await page.evaluate(
        """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})).violations
        .filter(({impact}) => impact === "serious" || impact === "critical")
        .map(({id, nodes}) => ({id, where: nodes.map((node) => `${node.target} ${node.failureSummary}`).slice(0, 4)}))"""
    )
    return found
