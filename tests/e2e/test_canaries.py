"""Users × conversations × every event and endpoint: not a byte of a conversation reaches whom it is not for.

Each conversation holds words that are nowhere else. Everybody tries everything the server's documents name, with the ids
of conversations, messages, people and sessions that are not theirs, while those talk; then all that anybody was
answered or told is searched for words of others.
"""

import asyncio
import base64
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.support.clients import WEBSOCKET, JsClient, JsHost
from tests.support.clinic import Clinic, Pair, Person
from tests.support.contexts import Subject
from tests.support.documents import Document, asyncapi, openapi
from tests.support.flows import joined, nothing_more_comes, say
from tests.support.pointing import Things
from tests.support.postgres import dumped
from tests.support.rest import Rest
from tests.support.specimens import photo
from tests.support.uploads import upload

# With three, everybody has two conversations of others to try, and one of them others on both sides. `make fuzz` has more.
PAIRS = int(os.environ.get("CANARY_PAIRS", "3"))
ENDS_ONES_OWN_SESSION = ("/api/auth/logout", "/api/auth/password", "/api/auth/login", "/api/auth/refresh")
SAME_FOR_ALL = ("requestId",)


@dataclass(slots=True)
class Thread:
    """`words`: what must stay among the two; `ids`: what others may try. `subject`: a prescription of theirs."""

    pair: Pair
    subject: Subject
    words: list[str] = field(default_factory=list)
    message_ids: list[int] = field(default_factory=list)
    attachment_ids: list[int] = field(default_factory=list)
    made_ids: dict[str, int] = field(default_factory=dict)
    before: Any = None

    @property
    def people(self) -> tuple[Person, Person]:
        return self.pair.patient, self.pair.doctor

    def word(self) -> str:
        self.words.append(f"canary{uuid4().hex}")
        return self.words[-1]


async def _talk(thread: Thread, rest: Rest) -> None:
    by = rest.of(thread.pair.patient.token)
    path = f"/api/messaging/conversations/{thread.pair.conversation_id}/messages"
    for _ in range(3):
        sent = await by.post(path, {"content": thread.word()})
        thread.message_ids.append(sent["message"]["id"])
    await by.patch(f"/api/messaging/messages/{thread.message_ids[0]}", {"content": thread.word()})
    await by.delete(f"/api/messaging/messages/{thread.message_ids[1]}")
    for sent_with in (True, False):
        status, body = await upload(
            rest.session, rest.url, thread.pair.patient, thread.pair.conversation_id, photo(), f"{thread.word()}.jpg"
        )
        assert status == 201, body
        thread.attachment_ids.append(body["attachment"]["id"])
        if sent_with:
            await by.post(path, {"content": "", "attachmentIds": thread.attachment_ids})
    assert (await thread.subject.put(title=thread.word())).status == 201
    await thread.subject.say(thread.pair.patient.token, thread.word())
    asked = await by.post(f"/api/messaging/conversations/{thread.pair.conversation_id}/exports", {"format": "json"})
    archive = await by.post("/api/messaging/archives", {})
    thread.made_ids = {
        "exports": asked["exportId"],
        "archives": archive["archiveId"],
        "notifications": await notified(by, thread.pair.patient),
    }
    me = await by.get("/api/auth/me")
    thread.words += [me["user"]["username"]]


async def notified(by: Rest, person: Person) -> int:
    """The id of what this person is told first."""
    async with asyncio.timeout(20):
        while True:
            page = await by.get(f"/api/messaging/notifications/patient/{person.id}")
            if page["items"]:
                return int(page["items"][0]["id"])
            await asyncio.sleep(0.05)


async def _as_shown(thread: Thread, rest: Rest) -> Any:
    conversation_id = thread.pair.conversation_id
    by = rest.of(thread.pair.doctor.token)
    detail = (await by.get(f"/api/messaging/conversations/{conversation_id}"))["conversation"]
    page = await by.get(f"/api/messaging/conversations/{conversation_id}/messages", limit=200)
    kept = {name: detail[name] for name in ("participants", "status", "lastSeq", "lastChange", "muted", "pinned")}
    return kept, page["items"]


def _things(thread: Thread) -> Things:
    people, sessions = [str(person.id) for person in thread.people], [person.session_id for person in thread.people]
    return Things(
        parameters={
            "contextType": [thread.subject.type],
            "contextId": [thread.subject.in_address],
            "userType": ["patient", "medecin"],
        },
        nouns={
            "conversations": [str(thread.pair.conversation_id)],
            "messages": [str(one) for one in thread.message_ids],
            "attachments": [str(one) for one in thread.attachment_ids],
            "sessions": [*sessions, str(thread.pair.conversation_id)],
            "contexts": [thread.subject.in_address],
            **dict.fromkeys(("patient", "medecin", "users", "participants"), people),
            **{noun: [str(one)] for noun, one in thread.made_ids.items()},
        },
        fields={
            "conversationId": thread.pair.conversation_id,
            "participantId": thread.pair.doctor.id,
            "userIds": [person.id for person in thread.people],
            "positions": {str(thread.pair.conversation_id): {"seq": 0, "change": 0}},
            "attachmentIds": thread.attachment_ids,
            "replyToId": thread.message_ids[2],
            "messageId": thread.message_ids[0],
            "emoji": "👍",
            **thread.subject.named,
        },
    )


async def _try_endpoints(by: Rest, document: Document, thread: Thread) -> list[str]:
    answers, things = [], _things(thread)
    for operation in document.operations():
        if operation.path in ENDS_ONES_OWN_SESSION:
            continue
        body = None if operation.body is None else things.body(document.sample(operation.body))
        for path in things.paths(operation.path):
            answer = await by.call(operation.method, path, body)
            assert answer.status < 500, (operation.name, answer)
            answers.append(json.dumps(answer.body))
    for word in (*thread.words, thread.words[0][:12]):
        for path in ("/api/messaging/search-users", "/api/messaging/conversations"):
            found = await by.get(path, q=word)
            assert thread.pair.conversation_id not in [item["id"] for item in found["items"]]
            answers.append(json.dumps(found))
        in_messages = await by.get("/api/messaging/messages/search", q=word)
        assert in_messages["items"] == []
    return answers


async def _try_events(client: JsClient, document: Document, thread: Thread) -> list[str]:
    whole = {"conversationId": thread.pair.conversation_id, "afterSeq": 0, "afterChange": 0}
    tries, things = [("join_room", whole)], _things(thread)
    for event, schema in document.events():
        if event != "refresh_token":
            tries.append((event, things.body(document.sample(schema))))
    return [json.dumps(await client.ask(event, data)) for event, data in tries]


def _foreign(threads: list[Thread], person: Person) -> Iterator[Thread]:
    yield from (thread for thread in threads if person not in thread.people)


async def test_not_a_byte_reaches_whom_it_is_not_for(clinic: Clinic, js: JsHost, rest: Rest) -> None:
    rest_document, socket_document = await openapi(rest), await asyncapi(rest)
    admin = clinic.person("admin")
    threads = [Thread(pair, Subject(rest.of(admin.token), pair)) for pair in clinic.pairs(PAIRS)]
    people = [person for thread in threads for person in thread.people]
    sockets = {person: await js.connected(clinic.url, person.token, options=WEBSOCKET) for person in (*people, admin)}
    told: dict[Person, list[str]] = defaultdict(list)
    for thread in threads:
        await _talk(thread, rest)
        thread.before = await _as_shown(thread, rest)
    for person in people:
        for thread in _foreign(threads, person):
            told[person] += await _try_events(sockets[person], socket_document, thread)
            told[person] += await _try_endpoints(rest.of(person.token), rest_document, thread)
    for thread in threads:
        assert await _as_shown(thread, rest) == thread.before, "somebody changed what is not theirs"
        told[admin] += await _try_events(sockets[admin], socket_document, thread)
    for thread in threads:
        talker = sockets[thread.pair.patient]
        await joined(talker, thread.pair.conversation_id)
        await say(talker, thread.pair.conversation_id, thread.word())
        await talker.ask("typing_start", {"conversationId": thread.pair.conversation_id})
        await talker.ask("mark_as_read", {"conversationId": thread.pair.conversation_id})
    for thread in threads:
        await nothing_more_comes(sockets[thread.pair.doctor], thread.pair, rest)
    for person, client in sockets.items():
        told[person] += [json.dumps(seen.data) for seen in client.seen]
        everything = "\n".join(told[person])
        foreign = [word for thread in _foreign(threads, person) for word in thread.words]
        assert [word for word in foreign if word in everything] == [], f"user {person.id} got what is not for them"
    for thread in threads:
        own = "\n".join(told[thread.pair.patient])
        assert thread.words[-1] in own, "the search would find nothing at all"


async def test_no_word_is_in_a_dump_of_the_database(clinic: Clinic, rest: Rest, pair: Pair) -> None:
    thread = Thread(pair, Subject(rest.of(clinic.person("admin").token), pair))
    await _talk(thread, rest)
    *words, username = thread.words
    dump = await asyncio.to_thread(dumped, clinic.database)
    assert username in dump, "the search would find nothing at all"
    assert [word for word in words for form in _forms(word) if form in dump] == []


def _forms(word: str) -> tuple[str, ...]:
    """As itself, in bytea's hexadecimal, and in base64 wherever it may begin."""
    encoded = [base64.b64encode(b"x" * shift + word.encode()).decode()[8:-8] for shift in range(3)]
    return word, word.encode().hex(), *encoded


async def test_a_conversation_of_others_and_none_at_all_look_the_same(rest: Rest, pair: Pair, stranger: Pair) -> None:
    by = rest.of(stranger.patient.token)
    sent = await rest.of(pair.patient.token).post(
        f"/api/messaging/conversations/{pair.conversation_id}/messages", {"content": "ours"}
    )
    absent = 2**40
    for method, path, body in (
        ("GET", "/api/messaging/conversations/{conversation}", None),
        ("PATCH", "/api/messaging/conversations/{conversation}", {"muted": True}),
        ("GET", "/api/messaging/conversations/{conversation}/messages", None),
        ("POST", "/api/messaging/conversations/{conversation}/messages", {"content": "mine"}),
        ("POST", "/api/messaging/conversations/{conversation}/read", {}),
        ("PATCH", "/api/messaging/messages/{message}", {"content": "mine"}),
        ("PATCH", "/api/messaging/messages/{message}/read", {}),
        ("DELETE", "/api/messaging/messages/{message}", None),
    ):
        theirs = path.format(conversation=pair.conversation_id, message=sent["message"]["id"])
        answers = [
            await by.call(method, one, body) for one in (theirs, path.format(conversation=absent, message=absent))
        ]
        assert [answer.status for answer in answers] == [404, 404], (method, path)
        for answer in answers:
            for name in SAME_FOR_ALL:
                answer.body["error"].pop(name)
        assert answers[0] == answers[1], (method, path)
    bodies = [{"participantId": one} for one in (pair.doctor.id, pair.patient.id, absent)]
    refusals = [await by.call("POST", "/api/messaging/conversations", body) for body in bodies]
    assert {(answer.status, answer.body["error"]["message"]) for answer in refusals} == {
        (404, refusals[0].body["error"]["message"])
    }
