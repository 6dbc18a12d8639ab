"""Promise 5: role × relation × state × action, for every route and every event that there is.

The rows are in tests/support/matrix. Whoever adds a route or an event adds a row there that says who may.
"""

import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator

import pytest

from controllers.rest.contract import Access
from controllers.rest.demo import DemoUser
from server.app import create_app
from server.catalogue import CATALOGUE, Catalogue
from server.security.secrets_store import Secrets
from server.settings import Settings
from tests.support.clinic import Clinic
from tests.support.matrix import (
    administration,
    contexts,
    conversations,
    events,
    exports,
    forum,
    mentors,
    notifications,
    people,
    person_data,
)
from tests.support.matrix.rules import STATES, State
from tests.support.matrix.stage import Stage, built_stage, theatre
from tests.support.matrix.table import Row, outcome
from tests.support.postgres import DatabaseServer
from tests.support.rest import Rest
from tests.support.wire_client import PATIENCE

TABLES = (conversations, contexts, events, people, exports, notifications, person_data, forum, mentors, administration)
ROWS: tuple[Row, ...] = tuple(row for table in TABLES for row in table.ROWS)
# Who they are is of no account there, and tests/e2e/test_serve.py knows what they say.
FOR_ALL = {"GET /api/demo"}
# What is no row of the two tables: the client's files, health, metrics, documents, and the way to the sockets.
OUTSIDE = (
    "/",
    "/assets/",
    "/health/",
    "/metrics",
    "/socket.io/",
    "/api/docs",
    "/api/openapi.json",
    "/api/asyncapi.json",
)


@pytest.fixture(scope="module")
def clinic(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with theatre(cluster, tmp_path_factory.mktemp("matrix")) as running:
        yield running


@pytest.fixture
async def stage(clinic: Clinic) -> AsyncIterator[Stage]:
    async with built_stage(clinic) as built:
        yield built


@pytest.fixture(scope="module")
def catalogue(secrets: Secrets) -> Catalogue:
    demo = (DemoUser("anna", "secret", "Anna", "A", "patient"),)
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/none")
    return create_app(settings, secrets=secrets, demo_users=demo)[CATALOGUE]


def test_every_route_and_every_event_has_its_rows(catalogue: Catalogue) -> None:
    callable_names = {f"{row.method} {row.path}" for row in catalogue.endpoints} | {
        row.name for row in catalogue.events
    }
    named = {row.name for row in ROWS} | FOR_ALL
    assert named - callable_names == set(), "these are no more: take their rows out of tests/support/matrix"
    assert callable_names - named == set(), "who may? Add rows to tests/support/matrix"
    labels = Counter(row.label for row in ROWS)
    assert [label for label, count in labels.items() if count > 1 and not _for_different_kinds(label)] == []


def _for_different_kinds(label: str) -> bool:
    kinds = [kind for row in ROWS if row.label == label for kind in row.kinds]
    return len(kinds) == len(set(kinds))


@pytest.mark.parametrize("kind", ["care", "mentoring", "contextual"])
async def test_everybody_gets_what_the_rules_say(stage: Stage, kind: str) -> None:
    seen: dict[str, str] = {}
    expected: dict[str, str] = {}
    for state in (state for state in STATES if state.kind == kind):
        scenes = await stage.scenes(await stage.thread(state))
        rows = [row for row in ROWS if kind in row.kinds and (not row.stateless or state == State("care"))]
        for row in rows:
            for who in state.whom:
                cell = f"{row.label}: {who}, {state}"
                expected[cell], seen[cell] = row.rule(who, state), await row.ask(scenes[who])
                if seen[cell] == "ok" and row.after is not None:
                    assert await row.after(scenes[who]) == "ok", cell
    wrong = {cell: f"{seen[cell]}, not {expected[cell]}" for cell in seen if seen[cell] != expected[cell]}
    assert wrong == {}
    assert len(seen) > 600


async def test_without_an_accepted_token_there_is_nothing(stage: Stage, catalogue: Catalogue, clinic: Clinic) -> None:
    """Whatever else is wrong with the call is not even looked at."""
    tokens = await _refused_tokens(stage, clinic)
    wrong = []
    for row in (row for row in catalogue.endpoints if row.access is not Access.PUBLIC):
        path = re.sub(r"\{\w+\}", "1", row.path)
        for label, (token, code) in tokens.items():
            rest = Rest(stage.host.session, stage.url, token)
            answers = [
                await rest.call(row.method, path),
                await rest.call(row.method, path.replace("/1", "/x"), ["no object"], limit="x", nothing="y"),
            ]
            if [(answer.status, outcome(answer)) for answer in answers] != [(401, code)] * 2:
                wrong.append((row.method, row.path, label, answers))
    assert wrong == []
    for label, (token, code) in tokens.items():
        assert await _refusal_at_the_socket(stage, token) == code, label


async def _refused_tokens(stage: Stage, clinic: Clinic) -> dict[str, tuple[str | None, str]]:
    """Each with what its bearer is told."""
    ended, disabled, erased = [await stage.person("patient") for _ in range(3)]
    await stage.host.delete(f"/api/admin/users/{ended.id}/sessions")
    await stage.host.patch(f"/api/admin/users/{disabled.id}", {"disabled": True})
    await stage.host.post(f"/api/admin/users/{erased.id}/erasure", {"reason": "a letter"})
    known = {
        "externalId": "of-the-host",
        "username": "of-the-host",
        "firstName": "H",
        "lastName": "X",
        "role": "patient",
    }
    await stage.host.post("/api/admin/users", known)
    of_host, now = clinic.victim(stage.admin), int(time.time())
    whose = Rest(stage.host.session, stage.url, of_host.host(sub="of-the-host"))
    assert (await whose.get("/api/auth/me"))["user"]["username"] == "of-the-host", "else the next ones say nothing"
    return {
        "none": (None, "AUTH_REQUIRED"),
        "garbage": ("no.such.token", "AUTH_REQUIRED"),
        "an ended session's": (ended.token, "SESSION_EXPIRED"),
        "a disabled person's": (disabled.token, "AUTH_REQUIRED"),
        "an erased person's": (erased.token, "AUTH_REQUIRED"),
        "one that is over": (clinic.token(stage.admin, lives=-1), "SESSION_EXPIRED"),
        "the host's, for nobody": (of_host.host(sub="nobody of that id"), "AUTH_REQUIRED"),
        "the host's, over": (of_host.host(sub="of-the-host", iat=now - 90, exp=now - 60), "SESSION_EXPIRED"),
    }


async def _refusal_at_the_socket(stage: Stage, token: str | None) -> str:
    """The message of its connect_error."""
    address = stage.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    async with stage.host.session.ws_connect(address) as socket:
        await socket.receive_str(timeout=PATIENCE)
        await socket.send_str("40" + json.dumps({} if token is None else {"token": token}))
        answer = await socket.receive_str(timeout=PATIENCE)
    assert answer.startswith("44"), answer
    return str(json.loads(answer[2:])["message"])
