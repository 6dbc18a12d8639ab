"""Rows of the endpoints by context."""

from typing import Any

from tests.support.matrix.rules import (
    ADMIN,
    JUNIOR,
    NOT_FOUND,
    SENIOR,
    State,
    always,
    anybody,
    by_context,
    only,
    participants,
    writers,
)
from tests.support.matrix.table import Path, Row, Scene, route

ABOUT = ("contextual",)
HISTORY = "GET /api/messaging/history/{contextType}/{contextId}"
PERMISSIONS = "GET /api/messaging/permissions/{contextType}/{contextId}/{userType}/{userId}"
ARCHIVE = "PATCH /api/messaging/sessions/{id}/archive"


def named(**more: Any) -> Any:
    return lambda scene: {**scene.thread.context.named, **more}


def _archive(scene: Scene) -> str:
    return f"/api/messaging/sessions/{scene.thread.conversation_id}/archive"


def _permissions_of(side: str) -> Path:
    def path(scene: Scene) -> str:
        person = scene.thread.people[side]
        return f"/api/messaging/permissions/{scene.thread.context.path}/{person.role}/{person.id}"

    return path


def _begin(scene: Scene) -> dict[str, Any]:
    subject = scene.thread.context
    return {"participantId": scene.other.id, "context": {"type": subject.type, "id": subject.id}}


def _of_a_context(who: str, state: State) -> str:
    """Archived by the name of its kind."""
    return participants(who, state) if state.kind == "contextual" else NOT_FOUND


ROWS = (
    Row("GET /api/messaging/context-types", route("GET /api/messaging/context-types"), anybody, stateless=True),
    Row(
        "POST /api/messaging/conversations",
        route("POST /api/messaging/conversations", body=_begin),
        participants,
        way="about a context",
        kinds=ABOUT,
    ),
    Row(
        "POST /api/messaging/sessions",
        route("POST /api/messaging/sessions", body=named()),
        by_context(participants),
        kinds=ABOUT,
    ),
    Row(ARCHIVE, route(ARCHIVE, _archive, lambda _: {}), _of_a_context),
    Row(
        HISTORY,
        route(HISTORY, lambda scene: f"/api/messaging/history/{scene.thread.context.path}"),
        by_context(participants),
        kinds=ABOUT,
    ),
    Row(
        "POST /api/messaging/send",
        route("POST /api/messaging/send", body=named(content="by context")),
        by_context(writers),
        kinds=ABOUT,
    ),
    Row(PERMISSIONS, route(PERMISSIONS, _permissions_of(JUNIOR)), only(JUNIOR, ADMIN), way="the junior's", kinds=ABOUT),
    Row(PERMISSIONS, route(PERMISSIONS, _permissions_of(SENIOR)), only(SENIOR, ADMIN), way="the senior's", kinds=ABOUT),
    Row(
        PERMISSIONS,
        route(PERMISSIONS, lambda scene: _permissions_of(JUNIOR)(scene).replace("/patient/", "/medecin/")),
        always(NOT_FOUND),
        way="of who has another role",
        kinds=ABOUT,
    ),
)
