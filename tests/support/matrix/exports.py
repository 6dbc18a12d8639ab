"""Rows of exports, retention and legal holds."""

from typing import Any

from tests.support.matrix.rules import (
    JUNIOR,
    NOT_FOUND,
    OK,
    State,
    administrators,
    anybody,
    by_context,
    participants,
    takes_part,
)
from tests.support.matrix.table import Path, Row, Scene, outcome, route

ASK = "POST /api/messaging/conversations/{id}/exports"
ONE = "GET /api/messaging/exports/{id}"
ABOUT = "GET /api/messaging/export/{contextType}/{contextId}"
HOLDS = "/api/admin/legal-holds"
RETENTION = "/api/admin/retention"


def of_the_junior(rest: str = "") -> Path:
    return lambda scene: f"/api/messaging/exports/{scene.thread.export}{rest}"


def _asker(who: str, state: State) -> str:
    """As long as they take part."""
    return OK if who == JUNIOR and takes_part(who, state) else NOT_FOUND


def _hold(scene: Scene) -> dict[str, Any]:
    return {"conversationId": scene.spare.thread.conversation_id, "reason": "a trial"}


async def _release(scene: Scene) -> str:
    placed = await scene.spare.host.post(HOLDS, _hold(scene))
    return outcome(await scene.rest.call("POST", f"{HOLDS}/{placed['id']}/release", {"reason": "it is over"}))


ROWS = (
    Row(ASK, route(ASK, lambda scene: f"{scene.thread.path}/exports", lambda _: {"format": "json"}), participants),
    Row(ONE, route(ONE, of_the_junior()), _asker),
    Row(f"{ONE}/file", route(f"{ONE}/file", of_the_junior("/file")), _asker),
    Row(
        ABOUT,
        route(
            ABOUT,
            lambda scene: f"/api/messaging/export/{scene.thread.context.path}",
            query=lambda _: {"format": "json"},
        ),
        by_context(participants),
        kinds=("contextual",),
    ),
    Row("GET /api/messaging/export-keys", route("GET /api/messaging/export-keys"), anybody, stateless=True),
    Row(f"GET {RETENTION}", route(f"GET {RETENTION}"), administrators, stateless=True),
    Row(
        f"GET {RETENTION}/conversations",
        route(f"GET {RETENTION}/conversations", query=lambda _: {"state": "held"}),
        administrators,
        stateless=True,
    ),
    Row(f"GET {HOLDS}", route(f"GET {HOLDS}"), administrators, stateless=True),
    Row(f"POST {HOLDS}", route(f"POST {HOLDS}", body=_hold), administrators, stateless=True),
    Row(f"POST {HOLDS}/{{id}}/release", _release, administrators, stateless=True),
)
