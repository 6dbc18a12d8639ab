"""What is not yours is as if it were not there: the same status, headers and body, whatever is wrong with the call besides;
and whoever was refused has changed nothing and made nobody hear of it.

What there is to try comes from the server's own documents, so that a new event or endpoint is tried too.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
from psycopg2 import sql

from tests.support.clinic import Clinic, Person
from tests.support.documents import SOME_UUID, Document, Operation, Schema, asyncapi, openapi
from tests.support.matrix.rules import JUNIOR, LINKED, SENIOR, State
from tests.support.matrix.stage import Scene, Stage, built_stage, theatre
from tests.support.matrix.table import Thread
from tests.support.pointing import Things
from tests.support.postgres import DatabaseServer, connected
from tests.support.rest import Rest
from tests.support.wire_client import WireClient

STATES = (State("care"), State("contextual"), State("mentoring", closed=True), State("care", left=SENIOR))
# None of them may begin a conversation with the junior, and none sees who is there.
CALLERS = (LINKED[0], "other patient", "other doctor", "other member")
# Their answers are about the caller alone, and they would end the session.
ABOUT_ONESELF = ("/api/auth/login", "/api/auth/logout", "/api/auth/password", "/api/auth/refresh")
ABSENT = 2**40 + 1
# Two calls with the same number are answered alike to the byte.
NUMBER = "the-same-for-both"
# The trail of these very calls, and what the server works on in the background.
MOVING = (
    "^(audit|trail_|sessions$|jobs|instance|archive_tries|activity_|search_|forum_search|notification"
    "|mentor_profiles|mentor_words)"
)


@pytest.fixture(scope="module")
def clinic(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with theatre(cluster, tmp_path_factory.mktemp("oracle")) as running:
        yield running


@pytest.fixture
async def stage(clinic: Clinic) -> AsyncIterator[Stage]:
    async with built_stage(clinic) as built:
        yield built


async def theirs(stage: Stage, thread: Thread) -> Things:
    """What the two of that conversation have."""
    junior = thread.people[JUNIOR]
    archive = await _archive(stage.host.of(junior.token))
    subject = thread.subject
    context = ("ordonnance", "of-nobody") if subject is None else (subject.type, subject.id)
    return _things(
        junior.role,
        context,
        thread.conversation_id,
        junior.session_id,
        {
            "messages": thread.messages[JUNIOR],
            "attachments": thread.sent,
            "unsent": thread.unsent,
            "exports": thread.export,
            "notifications": thread.notification,
            "archives": archive,
            "users": junior.id,
        },
    )


async def _archive(by: Rest) -> int:
    """Its number, when it is made."""
    number = int((await by.post("/api/messaging/archives", {}))["archiveId"])
    while (await by.get(f"/api/messaging/archives/{number}"))["state"] != "ready":
        await asyncio.sleep(0.05)
    return number


def nobodys(role: str) -> Things:
    """The same kinds of things; none of them is there."""
    nouns = ("messages", "attachments", "unsent", "exports", "notifications", "archives", "users")
    return _things(role, ("ordonnance", "of-nobody-at-all"), ABSENT, SOME_UUID, dict.fromkeys(nouns, ABSENT))


def _things(role: str, context: tuple[str, str], conversation: int, session: str, ids: dict[str, int]) -> Things:
    kind, context_id = context
    in_address = context_id.replace("/", "%2F")
    people = [str(ids["users"])]
    return Things(
        parameters={"contextType": [kind], "contextId": [in_address], "userType": [role]},
        nouns={
            **{noun: [str(one)] for noun, one in ids.items()},
            "conversations": [str(conversation)],
            "sessions": [session, str(conversation)],
            "contexts": [in_address],
            **dict.fromkeys((role, "participants"), people),
        },
        fields={
            "conversationId": conversation,
            "participantId": ids["users"],
            "userIds": [ids["users"]],
            "positions": {str(conversation): {"seq": 0, "change": 0}},
            "attachmentIds": [ids["unsent"]],
            "replyToId": ids["messages"],
            "messageId": ids["messages"],
            "emoji": "👍",
            "contextType": kind,
            "contextId": context_id,
            "context": {"type": kind, "id": context_id},
        },
    )


async def test_what_is_not_yours_is_as_if_it_were_not_there(stage: Stage, clinic: Clinic) -> None:
    documents = await openapi(stage.host), await asyncapi(stage.host)
    told_apart: list[object] = []
    tried = 0
    for state in STATES:
        thread = await stage.thread(state)
        things, nothing = await theirs(stage, thread), nobodys(thread.people[JUNIOR].role)
        scenes = await stage.scenes(thread)
        parties = [await _listening(scenes[who]) for who in (JUNIOR, SENIOR) if who != state.left]
        before = stored(clinic)
        for who in (*CALLERS, *filter(None, [state.left])):
            answers = await _answers(scenes[who], documents, things, nothing)
            told_apart += [(str(state), who, *one) for one in answers if one[-2] != one[-1]]
            tried += len(answers)
        assert stored(clinic) == before, state
        for party in parties:
            assert await _heard_of_others(party, thread) == [], state
    assert told_apart == []
    assert tried > 600


@pytest.mark.parametrize("kind", ["care", "contextual", "mentoring"])
async def test_what_is_switched_off_and_not_yours_is_as_if_it_were_not_there_either(
    stage: Stage, clinic: Clinic, kind: str
) -> None:
    documents = await openapi(stage.host), await asyncapi(stage.host)
    thread = await stage.thread(State(kind))
    things, nothing = await theirs(stage, thread), nobodys(thread.people[JUNIOR].role)
    scenes = await stage.scenes(thread)
    told_apart: list[object] = []
    with clinic.another_server(CONVERSATION_KINDS="", FORUM="off") as url:
        for who in (*CALLERS, "other mentor"):
            there = await WireClient(stage.host.session, url, scenes[who].me.token).connect()
            scene = replace(scenes[who], url=url, sockets={who: there})
            answers = await _answers(scene, documents, things, nothing)
            told_apart += [(who, *one) for one in answers if one[-2] != one[-1]]
            assert len(answers) > 80
            await there.close()
        part = Rest(stage.host.session, url, thread.people[JUNIOR].token)
        refusal = await part.call("GET", f"/api/messaging/conversations/{thread.conversation_id}")
    assert told_apart == []
    assert (refusal.status, refusal.body["error"]["code"]) == (403, "FORBIDDEN"), "whose it is may know why"


async def _listening(scene: Scene) -> WireClient:
    socket = scene.sockets[scene.who]
    await socket.call("join_room", {"conversationId": scene.thread.conversation_id})
    return socket


async def _heard_of_others(party: WireClient, thread: Thread) -> list[tuple[str, Any]]:
    """After all that was told until now. The two come and go themselves, and are notified late of what they said before."""
    await party.call("sync", {"positions": {}})
    own = {thread.people[who].id for who in (JUNIOR, SENIOR)}
    late = ("connection_established", "room_joined", "notification")
    of_themselves = ("conversation_opened", "presence_changed")
    return [
        (name, data)
        for name, data in party.events
        if name not in late and not (name in of_themselves and data["userId"] in own)
    ]


async def _answers(
    scene: Scene, documents: tuple[Document, Document], things: Things, nothing: Things
) -> list[tuple[Any, ...]]:
    """Each call with the two answers to it at its end. What is wrong besides is told, or not, to all alike: one tries it."""
    wrong = scene.who == CALLERS[0]
    calls = _calls(scene.me, scene.rest, documents[0], things, nothing, wrong=wrong)
    events = _events(scene.sockets[scene.who], documents[1], things, nothing, wrong=wrong)
    return [pair async for pair in calls] + [pair async for pair in events]


async def _calls(
    who: Person, rest: Rest, document: Document, things: Things, nothing: Things, *, wrong: bool
) -> AsyncIterator[tuple[Any, ...]]:
    for operation in document.operations():
        if operation.path in ABOUT_ONESELF:
            continue
        for sample in _samples(document, operation.body, wrong=wrong):
            bodies = [one.body(sample) for one in (things, nothing)]
            queries = [_query(document, operation, one) for one in (things, nothing)]
            for paths in zip(things.paths(operation.path), nothing.paths(operation.path), strict=True):
                if paths[0] == paths[1] and (bodies[0], queries[0]) == (bodies[1], queries[1]):
                    continue
                answers = [
                    await _answer(who, rest, operation.method, path, body, query)
                    for path, body, query in zip(paths, bodies, queries, strict=True)
                ]
                yield operation.name, paths, bodies[0], *answers


async def _answer(
    who: Person, rest: Rest, method: str, path: str, body: Any, query: dict[str, str]
) -> tuple[int, dict[str, str], bytes]:
    headers = {"Authorization": f"Bearer {who.token}", "X-Request-Id": NUMBER, "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    async with rest.session.request(method, rest.url + path, data=data, params=query, headers=headers) as reply:
        text = await reply.read()
        return reply.status, {name: value for name, value in reply.headers.items() if name != "Date"}, text


def _query(document: Document, operation: Operation, things: Things) -> dict[str, str]:
    """What must be there, and what names a thing."""
    asked = {
        one["name"]: document.sample(one["schema"])
        for one in operation.parameters
        if one["in"] == "query" and (one.get("required") or one["name"] in things.fields or one["name"] == "q")
    }
    return {name: str(value) for name, value in things.body(asked).items()}


def _samples(document: Document, schema: Schema | None, *, wrong: bool) -> list[Any]:
    """The least that is well formed, all there can be, and if asked each field wrong in one way."""
    if schema is None:
        return [None]
    least = document.sample(schema)
    everything = {name: document.sample(part) for name, part in schema.get("properties", {}).items()}
    spoilt = {one.field: one.data for one in document.spoilt(schema)} if wrong else {}
    return [least, everything, *spoilt.values()]


async def _events(
    socket: WireClient, document: Document, things: Things, nothing: Things, *, wrong: bool
) -> AsyncIterator[tuple[Any, ...]]:
    for event, schema in document.events():
        for sample in _samples(document, schema, wrong=wrong):
            bodies = [one.body(sample) for one in (things, nothing)]
            if event == "refresh_token" or bodies[0] == bodies[1]:
                continue
            answers = [
                _without_what_was_asked(await socket.call(event, body), one)
                for body, one in zip(bodies, (things, nothing), strict=True)
            ]
            yield event, bodies[0], *answers


def _without_what_was_asked(ack: dict[str, Any], things: Things) -> dict[str, Any]:
    """Who names a conversation may hear that number again."""
    asked = things.fields["conversationId"]
    if "error" in ack:
        ack["error"].pop("requestId")
    if ack.get("conversationId") == asked:
        ack["conversationId"] = "what was asked"
    if ack.get("gone") == [asked]:
        ack["gone"] = ["what was asked"]
    return ack


def stored(clinic: Clinic) -> dict[str, str]:
    """What each table holds, as one word."""
    with connected(clinic.owner_url) as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND table_name !~ %s",
            (MOVING,),
        )
        tables = [str(row[0]) for row in cursor.fetchall()]
        assert {"conversations", "participants", "messages", "users"} <= set(tables)
        return {table: _content(cursor, table) for table in tables}


def _content(cursor: Any, table: str) -> str:
    """Without when somebody was last there, which ends with a socket."""
    rows = "string_agg((to_jsonb(t) - 'last_seen_at')::text, '|' ORDER BY to_jsonb(t)::text)"
    cursor.execute(sql.SQL("SELECT md5({rows}) FROM {table} t").format(rows=sql.SQL(rows), table=sql.Identifier(table)))
    [[content]] = cursor.fetchall()
    return str(content)
