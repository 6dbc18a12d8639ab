"""Rows of what is done about oneself, and about people."""

from tests.support.matrix.rules import AUTH_REQUIRED, NOT_FOUND, VALIDATION_FAILED, administrators, always, anybody
from tests.support.matrix.table import Row, Scene, outcome, route

LOGIN = {"username": "nobody of that name", "password": "and no such password"}
PASSWORD = {"currentPassword": "not mine", "newPassword": "colloque singulier"}
CONTENT = "GET /api/messaging/attachments/{id}/content"


async def _end_session_of_another(scene: Scene) -> str:
    return outcome(await scene.rest.call("DELETE", f"/api/auth/sessions/{await scene.spare.session()}"))


def plain(name: str) -> Row:
    """For everybody, about themselves."""
    return Row(name, route(name), anybody, stateless=True)


ROWS = (
    Row(
        "POST /api/auth/login",
        route("POST /api/auth/login", body=lambda _: LOGIN),
        always(AUTH_REQUIRED),
        stateless=True,
    ),
    Row("POST /api/auth/refresh", route("POST /api/auth/refresh"), always(AUTH_REQUIRED), stateless=True),
    Row("POST /api/auth/logout", route("POST /api/auth/logout"), anybody, stateless=True, way="without a cookie"),
    Row(
        "POST /api/auth/password",
        route("POST /api/auth/password", body=lambda _: PASSWORD),
        always(VALIDATION_FAILED),
        stateless=True,
        way="with a wrong one",
    ),
    plain("GET /api/auth/me"),
    plain("GET /api/auth/sessions"),
    Row("DELETE /api/auth/sessions/{id}", _end_session_of_another, always(NOT_FOUND), stateless=True, way="another's"),
    plain("GET /api/messaging/search-users"),
    plain("GET /api/messaging/available-users"),
    Row(
        CONTENT,
        route(
            CONTENT,
            lambda scene: f"/api/messaging/attachments/{scene.thread.sent}/content",
            query=lambda _: {"ticket": "x"},
        ),
        always(AUTH_REQUIRED),
        stateless=True,
        way="with no real ticket",
    ),
    Row("GET /api/messaging/stats", route("GET /api/messaging/stats"), administrators, stateless=True),
)
