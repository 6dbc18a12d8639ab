"""Rows of notifications and of what one is told about oneself."""

from tests.support.matrix.rules import (
    ADMIN,
    JUNIOR,
    NOT_FOUND,
    OK,
    VALIDATION_FAILED,
    State,
    always,
    anybody,
    only,
    takes_part,
)
from tests.support.matrix.table import Path, Row, Scene, route

ALL = "GET /api/messaging/notifications/{userType}/{userId}"
ONE = "PATCH /api/messaging/notifications/{id}"
STATS = "GET /api/messaging/stats/{userType}/{userId}"
PREFERENCES = "/api/messaging/notification-preferences"
PUSH = "/api/messaging/push-subscriptions"


def of_the_junior(noun: str) -> Path:
    def path(scene: Scene) -> str:
        person = scene.thread.people[JUNIOR]
        return f"/api/messaging/{noun}/{person.role}/{person.id}"

    return path


def _told(who: str, state: State) -> str:
    """Of a conversation in which they still take part."""
    return OK if who == JUNIOR and takes_part(who, state) else NOT_FOUND


ROWS = (
    Row(ALL, route(ALL, of_the_junior("notifications")), only(JUNIOR), way="the junior's"),
    Row(
        ONE,
        route(ONE, lambda scene: f"/api/messaging/notifications/{scene.thread.notification}", lambda _: {"read": True}),
        _told,
        way="the junior's",
    ),
    Row(STATS, route(STATS, of_the_junior("stats")), only(JUNIOR, ADMIN), way="the junior's"),
    Row(f"GET {PREFERENCES}", route(f"GET {PREFERENCES}"), anybody, stateless=True),
    Row(
        f"PATCH {PREFERENCES}",
        route(f"PATCH {PREFERENCES}", body=lambda _: {"urgentAlways": True}),
        anybody,
        stateless=True,
    ),
    Row("GET /api/messaging/push-key", route("GET /api/messaging/push-key"), anybody, stateless=True),
    Row(
        f"POST {PUSH}",
        route(
            f"POST {PUSH}", body=lambda _: {"endpoint": "https://push.example/x", "keys": {"p256dh": "x", "auth": "y"}}
        ),
        always(VALIDATION_FAILED),
        way="with keys that are none",
        stateless=True,
    ),
    Row(
        f"DELETE {PUSH}/{{id}}",
        route(f"DELETE {PUSH}/{{id}}", lambda _: f"{PUSH}/999999999"),
        always(NOT_FOUND),
        way="that is not one's own",
        stateless=True,
    ),
)
