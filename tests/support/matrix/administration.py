"""Rows of what is for administrators alone. Done to people and things of a conversation that nobody else looks at."""

import itertools
from typing import Any

from tests.support.matrix.rules import FORBIDDEN, administrators, always
from tests.support.matrix.table import Path, Row, Scene, outcome, route

USERS, LINKS, CONTEXTS = "/api/admin/users", "/api/admin/care-links", "/api/admin/contexts"
ONE = "/api/admin/conversations/{id}"
PERSON = ONE + "/participants/{userId}"
_numbers = itertools.count(1)


def at(template: str) -> Path:
    """With what stands in braces taken from the spare things."""

    def path(scene: Scene) -> str:
        spare = scene.spare
        return template.format(
            victim=spare.victim.id,
            link=spare.link,
            context=spare.thread.context.in_address,
            conversation=spare.thread.conversation_id,
            person=spare.thread.people["junior"].id,
        )

    return path


def _new_user(_: Scene) -> dict[str, Any]:
    return {"username": f"matrix-{next(_numbers)}", "firstName": "M", "lastName": "X", "role": "patient"}


def _pair(scene: Scene) -> dict[str, Any]:
    people = scene.spare.thread.people
    return {"patientId": people["junior"].id, "doctorId": people["senior"].id}


def _context(scene: Scene) -> dict[str, Any]:
    return {"type": scene.spare.thread.context.type, "version": 1, "title": "Spare", **_pair(scene)}


async def _end_session(scene: Scene) -> str:
    path = f"{USERS}/{scene.spare.victim.id}/sessions/{await scene.spare.session()}"
    return outcome(await scene.rest.call("DELETE", path))


async def _read_behind_the_glass(scene: Scene) -> str:
    path = at("/api/admin/conversations/{conversation}")(scene)
    await scene.rest.call("POST", f"{path}/break-glass", {"reason": "emergency of the matrix"})
    return outcome(await scene.rest.call("GET", f"{path}/messages"))


def row(name: str, path: str = "", body: Any = None, query: Any = None, way: str = "") -> Row:
    ask = route(name, at(path) if path else None, body, query or (lambda _: {}))
    return Row(name, ask, administrators, way=way, stateless=True)


ROWS = (
    row(f"GET {USERS}"),
    row(f"POST {USERS}", body=_new_user),
    row(f"GET {USERS}/{{id}}", f"{USERS}/{{victim}}"),
    row(f"PATCH {USERS}/{{id}}", f"{USERS}/{{victim}}", lambda _: {"firstName": "Changed"}),
    row(
        f"PUT {USERS}/{{id}}", f"{USERS}/of-the-matrix", lambda scene: {**_new_user(scene), "username": "of-the-matrix"}
    ),
    row(f"GET {USERS}/{{id}}/sessions", f"{USERS}/{{victim}}/sessions"),
    row(f"DELETE {USERS}/{{id}}/sessions", f"{USERS}/{{victim}}/sessions"),
    Row(f"DELETE {USERS}/{{id}}/sessions/{{sessionId}}", _end_session, administrators, stateless=True),
    row(f"GET {LINKS}"),
    row(f"PUT {LINKS}/{{id}}", f"{LINKS}/{{link}}", _pair),
    row(f"DELETE {LINKS}/{{id}}", f"{LINKS}/{{link}}"),
    row(f"GET {CONTEXTS}"),
    row(f"PUT {CONTEXTS}/{{id}}", f"{CONTEXTS}/{{context}}", _context),
    row(
        f"DELETE {CONTEXTS}/{{id}}",
        f"{CONTEXTS}/{{context}}",
        query=lambda scene: {"type": scene.spare.thread.context.type},
    ),
    row(f"GET {ONE}/participants", "/api/admin/conversations/{conversation}/participants"),
    row(f"DELETE {PERSON}", "/api/admin/conversations/{conversation}/participants/{person}"),
    row(f"PUT {PERSON}", "/api/admin/conversations/{conversation}/participants/{person}"),
    row(
        f"POST {ONE}/break-glass",
        "/api/admin/conversations/{conversation}/break-glass",
        lambda _: {"reason": "an emergency"},
    ),
    Row(f"GET {ONE}/messages", _read_behind_the_glass, administrators, way="the glass broken", stateless=True),
    # Whoever has broken another one: each glass is for one conversation.
    Row(
        f"GET {ONE}/messages",
        route(f"GET {ONE}/messages", lambda scene: f"/api/admin/conversations/{scene.thread.conversation_id}/messages"),
        always(FORBIDDEN),
        way="the glass whole",
    ),
)
