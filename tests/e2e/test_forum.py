"""The forum from outside: live on two nodes, and who may do what."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from controllers.schemas.forum_events import FORUM_EVENTS
from tests.support.clinic import Clinic, Person, running_clinic
from tests.support.postgres import DatabaseServer, connected
from tests.support.promise import Promise
from tests.support.rest import Rest
from tests.support.site import Site
from tests.support.wire_client import WireClient

OWN = {"myVote", "isMine", "canEdit", "canDelete", "canAccept", "canVote"}
ASK = {"title": "How do I find a mentor?", "body": "Please **tell** me.", "tags": ["mentor"]}


def is_change(change: int, data: dict[str, Any]) -> bool:
    return bool(data["change"] == change)


def for_all(post: dict[str, Any]) -> dict[str, Any]:
    """What a reply says that does not depend on who looks."""
    return {key: value for key, value in post.items() if key not in OWN}


@pytest.fixture(scope="module")
def duo(
    cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, list[dict[str, Any]]]]:
    """Two nodes that hear of each other through PostgreSQL, and people."""
    with cluster.fresh_database() as database:
        site = Site(
            database,
            tmp_path_factory.mktemp("forum"),
            FANOUT="postgres",
            TYPING_SECONDS="1.5",
            MAX_SOCKETS_PER_USER="0",
        )
        pairs = site.pairs(3)
        site.node()
        site.node()
        yield site, [who for pair in pairs for who in (pair["patient"], pair["doctor"])]
        site.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        yield session


async def eight_changes(
    asker: Rest, helper: Rest, question_id: int, clients: list[WireClient]
) -> tuple[dict[str, Any], ...]:
    """What replies said of the answer, the vote on it, its edit and the question's."""

    async def heard(event: str, change: int) -> None:
        """The other node looks up a text when it hears of it, and tells the newest: who then misses a change fetches."""
        for client in clients:
            await client.wait_for(event, partial(is_change, change))

    answer = (await helper.post(f"/api/questions/{question_id}/answers", {"body": "Look *here*."}))["answer"]
    await heard("answer_created", 2)
    one = f"/api/answers/{answer['id']}"
    voted = await asker.post(f"{one}/vote", {"value": 1})
    await asker.post(f"{one}/vote", {"value": 1})
    await helper.post(f"/api/questions/{question_id}/vote", {"value": -1})
    await asker.post(f"{one}/accept", {})
    edited = (await helper.patch(one, {"body": "Look there."}))["answer"]
    await heard("answer_updated", 6)
    await asker.delete(f"{one}/accept")
    changed = (await asker.patch(f"/api/questions/{question_id}", {"title": "Where do I find a mentor?"}))["question"]
    await heard("question_updated", 8)
    await helper.delete(one)
    return answer, voted, edited, changed


async def test_what_happens_to_a_question_reaches_every_reader_once_on_both_nodes_as_documented(
    duo: tuple[Site, list[dict[str, Any]]], http: aiohttp.ClientSession
) -> None:
    site, people = duo
    first, second = site.nodes
    asker, helper = (Rest(http, node.url, who["token"]) for node, who in zip((first, second), people, strict=False))
    promise = Promise(await Rest(http, first.url, None).get("/api/asyncapi.json"))
    watchers = [await WireClient(http, node.url, people[n]["token"]).connect() for n, node in ((0, first), (1, second))]
    clients = [
        await WireClient(http, node.url, people[2 + n]["token"]).connect() for n, node in enumerate((first, second))
    ]
    for watcher in watchers:
        promise.check("join_questions.ack", await watcher.call("join_questions", {}))
    asked = (await asker.post("/api/questions", {**ASK, "pseudonym": "Jeune interne"}))["question"]
    room = {"questionId": asked["id"]}
    for client in clients:
        joined = await client.call("join_question", room)
        promise.check("join_question.ack", joined)
        assert (joined["ok"], joined["change"]) == (True, 1)
    assert (await clients[0].call("join_question", {"questionId": 10**9}))["error"]["code"] == "NOT_FOUND"
    answer, voted, edited, changed = await eight_changes(asker, helper, asked["id"], clients)
    for client in clients:
        await client.wait_for("answer_updated", lambda data: data["answer"]["deletedAt"] is not None)
        # A node that could not hear the other for a moment says where the question is, which tells these readers nothing new.
        again = [(name, data) for name, data in client.events if name == "question_updated" and data["change"] != 8]
        told = [told for told in client.events if told[0] != "connection_established" and told not in again]
        by_change = {data["change"]: (name, data) for name, data in told}
        assert len(told) == len(by_change) == 8, told
        assert sorted(by_change) == list(range(2, 10))
        assert by_change[2] == ("answer_created", {**room, "change": 2, "answer": for_all(answer)})
        assert by_change[3] == ("vote_changed", {key: voted[key] for key in voted if key != "myVote"})
        assert by_change[4][1]["score"] == -1
        assert by_change[5] == ("answer_accepted", {**room, "change": 5, "answerId": answer["id"]})
        assert by_change[6] == ("answer_updated", {**room, "change": 6, "answer": for_all(edited)})
        assert by_change[7] == ("answer_accepted", {**room, "change": 7, "answerId": None})
        assert by_change[8] == ("question_updated", {**room, "change": 8, "question": for_all(changed)})
        gone = by_change[9][1]["answer"]
        assert (gone["body"], gone["bodyHtml"]) == ("", "")
    for watcher in watchers:
        made = await watcher.wait_for("question_created")
        assert (made["question"]["id"], made["question"]["author"]["id"]) == (asked["id"], None)
        await watcher.wait_for("question_updated", lambda data: data["change"] == 8)
        # Of votes, answers and choices the list is told how the question stands in the end.
        stands = await watcher.wait_for("questions_counted", lambda data: data["questions"][0]["change"] == 9)
        [counts] = stands["questions"]
        assert (counts["id"], counts["score"], counts["downCount"], counts["answerCount"]) == (asked["id"], -1, 1, 0)
        assert {name for name, _ in watcher.events} == {
            "connection_established",
            "question_created",
            "question_updated",
            "questions_counted",
        }
    await _typing(promise, clients, room)
    for client in (*watchers, *clients):
        for name, data in client.events:
            promise.check(name, data)
    seen = {name for client in (*watchers, *clients) for name, _ in client.events}
    assert {name for name, *_ in FORUM_EVENTS} <= seen
    await asyncio.gather(*(client.close() for client in (*watchers, *clients)))


async def test_what_is_posted_again_on_the_other_node_is_there_once_and_its_id_is_told_to_nobody(
    duo: tuple[Site, list[dict[str, Any]]], http: aiohttp.ClientSession
) -> None:
    site, people = duo
    here, there = (Rest(http, node.url, people[0]["token"]) for node in site.nodes)
    watcher = await WireClient(http, site.nodes[1].url, people[1]["token"]).connect()
    await watcher.call("join_questions", {})
    sent = str(uuid.uuid4())
    ask = {**ASK, "pseudonym": "Une interne", "clientMessageId": sent.upper()}
    first, again = await here.call("POST", "/api/questions", ask), await there.call("POST", "/api/questions", ask)
    assert (first.status, first.body["duplicate"], again.status, again.body["duplicate"]) == (201, False, 200, True)
    assert again.body["question"] == first.body["question"]
    number = first.body["question"]["id"]
    await watcher.call("join_question", {"questionId": number})
    answers, body = f"/api/questions/{number}/answers", {"body": "So.", "clientMessageId": sent}
    tries = await asyncio.gather(*(node.call("POST", answers, body) for node in (here, there) * 4))
    assert sorted(answer.status for answer in tries) == [200] * 7 + [201]
    for path, other in (("/api/questions", {**ask, "pseudonym": None}), (answers, {**body, "body": "Or so."})):
        refused = await there.call("POST", path, other)
        assert (refused.status, refused.body["error"]["code"]) == (409, "CONFLICT")
        wrong = await there.call("POST", path, {**other, "clientMessageId": "one"})
        assert "clientMessageId" in wrong.body["error"]["fields"]
    await here.post(answers, {"body": "The last one."})
    await watcher.wait_for("answer_created", lambda data: data["answer"]["body"] == "The last one.")
    await watcher.wait_for("question_created")
    # The question comes over the bus and the answer may not, so either may be first: `change` says which is newer.
    heard = sorted(name for name, data in watcher.events if name in ("question_created", "answer_created"))
    assert heard == ["answer_created", "answer_created", "question_created"]
    everything = str([watcher.events, first.body, await here.get(answers), await here.get("/api/questions")])
    assert sent not in everything.lower()
    await watcher.close()


async def _typing(promise: Promise, clients: list[WireClient], room: dict[str, int]) -> None:
    """Told to the others only, ends by itself, and nothing is heard behind the door."""
    typist, reader = clients
    for ends in ("by word", "by itself"):
        before = len(reader.events)
        promise.check("answer_typing_start.ack", await typist.call("answer_typing_start", room))
        if ends == "by word":
            promise.check("answer_typing_stop.ack", await typist.call("answer_typing_stop", room))
        await reader.wait_for("answer_typing_stop", lambda _, seen=before + 2: len(reader.events) >= seen)  # type: ignore[misc]  # bound now
        assert [name for name, _ in reader.events[before:]] == ["answer_typing_start", "answer_typing_stop"]
    assert not [name for name, _ in typist.events if name.startswith("answer_typing")]
    promise.check("leave_question.ack", await reader.call("leave_question", room))
    before = len(reader.events)
    await typist.call("answer_typing_start", room)
    await typist.call("answer_typing_stop", room)
    await reader.call("leave_questions", {})
    assert len(reader.events) == before


READERS, VOTES = 500, 40


async def test_five_hundred_readers_of_one_question_hear_each_vote_once_and_soon(
    duo: tuple[Site, list[dict[str, Any]]], http: aiohttp.ClientSession
) -> None:
    """Half of them on each node. The time is from the call of the vote to the last of the five hundred who has it."""
    site, people = duo
    nodes = site.nodes
    asker, voter = Rest(http, nodes[0].url, people[4]["token"]), Rest(http, nodes[0].url, people[5]["token"])
    number = (await asker.post("/api/questions", ASK))["question"]["id"]
    readers: list[WireClient] = []
    for first in range(0, READERS, 50):
        readers += await asyncio.gather(
            *(WireClient(http, nodes[n % 2].url, people[n % 4]["token"]).connect() for n in range(first, first + 50))
        )
    joined = await asyncio.gather(*(reader.call("join_question", {"questionId": number}) for reader in readers))
    assert joined[-1]["ok"]
    taken = []
    for turn in range(VOTES):
        began = time.perf_counter()
        state = await voter.post(f"/api/questions/{number}/vote", {"value": 1 if turn % 2 == 0 else -1})
        change = state["change"]
        is_it = partial(is_change, change)
        await asyncio.gather(*(reader.wait_for("vote_changed", is_it) for reader in readers))
        taken.append(time.perf_counter() - began)
    for reader in readers:
        assert [data["change"] for name, data in reader.events if name == "vote_changed"] == list(range(2, VOTES + 2))
    await asyncio.gather(*(reader.close() for reader in readers))
    taken.sort()
    assert taken[VOTES // 2] < 0.5, taken


EVERYBODY = ("asker", "answerer", "patient", "medecin", "mentor", "member", "admin")
DEMO = {"patient": "amelie", "medecin": "dr.martin", "mentor": "sofia", "member": "ines", "admin": "admin"}
# Who may; all others are FORBIDDEN. `{q}` and `{a}`: the question and its answer.
MATRIX: list[tuple[str, str, Any, tuple[str, ...]]] = [
    ("GET", "/api/questions", None, EVERYBODY),
    ("GET", "/api/questions/{q}", None, EVERYBODY),
    ("GET", "/api/questions/{q}/answers", None, EVERYBODY),
    ("GET", "/api/questions/search?q=mentor", None, EVERYBODY),
    ("GET", "/api/questions/similar?title=mentor", None, EVERYBODY),
    ("GET", "/api/tags", None, EVERYBODY),
    ("GET", "/api/leaderboard", None, EVERYBODY),
    ("GET", "/api/points", None, EVERYBODY),
    ("POST", "/api/questions", ASK, EVERYBODY),
    ("POST", "/api/questions/preview", {"body": "*x*"}, EVERYBODY),
    ("POST", "/api/questions/{q}/answers", {"body": "x"}, EVERYBODY),
    ("POST", "/api/questions/{q}/report", {"reason": "spam"}, EVERYBODY),
    ("POST", "/api/answers/{a}/report", {"reason": "other", "details": "x"}, EVERYBODY),
    ("POST", "/api/questions/{q}/vote", {"value": 1}, tuple(set(EVERYBODY) - {"asker"})),
    ("POST", "/api/answers/{a}/vote", {"value": -1}, tuple(set(EVERYBODY) - {"answerer"})),
    ("PATCH", "/api/questions/{q}", {"body": "better"}, ("asker",)),
    ("PATCH", "/api/answers/{a}", {"body": "better"}, ("answerer",)),
    ("POST", "/api/answers/{a}/accept", {}, ("asker",)),
    ("DELETE", "/api/answers/{a}/accept", None, ("asker",)),
    ("GET", "/api/questions/{q}/versions", None, ("asker", "admin")),
    ("GET", "/api/answers/{a}/versions", None, ("answerer", "admin")),
    ("DELETE", "/api/questions/{q}", None, ()),
    ("GET", "/api/admin/reports", None, ("admin",)),
    ("GET", "/api/admin/questions/{q}/author", None, ("admin",)),
    ("PATCH", "/api/admin/answers/{a}", {"removed": False, "reason": "looked at"}, ("admin",)),
    ("PATCH", "/api/admin/questions/{q}", {"removed": False, "reason": "looked at"}, ("admin",)),
]
# Of those who may nothing more, the asker is told why: there are answers.
SPECIAL = {("asker", "DELETE", "/api/questions/{q}"): 409}


async def test_who_may_do_what(clinic: Clinic, rest: Rest) -> None:
    people: dict[str, Person] = {role: clinic.person(name) for role, name in DEMO.items()}
    people |= {"asker": clinic.person("paul"), "answerer": clinic.person("david")}
    asked = (await rest.of(people["asker"].token).post("/api/questions", {**ASK, "pseudonym": "Someone"}))["question"]
    path = f"/api/questions/{asked['id']}/answers"
    answer = (await rest.of(people["answerer"].token).post(path, {"body": "So."}))["answer"]
    wrong, given_away = [], []
    for method, pattern, body, allowed in MATRIX:
        path = pattern.format(q=asked["id"], a=answer["id"])
        nobody = await rest.of(None).call(method, path, body)
        wrong += [] if nobody.status == 401 else [("nobody", method, pattern, nobody)]
        for who, person in people.items():
            answered = await rest.of(person.token).call(method, path, body)
            wanted = (200, 201, 204) if who in allowed else (SPECIAL.get((who, method, pattern), 403),)
            wrong += [] if answered.status in wanted else [(who, method, pattern, answered)]
            real = str(people["asker"].id)
            if who not in ("asker", "admin") and f'"id": {real},' in str(answered.body):
                given_away.append((who, method, pattern))
    assert (wrong, given_away) == ([], [])
    admin = rest.of(people["admin"].token)
    assert (await admin.get(f"/api/admin/questions/{asked['id']}/author"))["author"]["id"] == people["asker"].id
    [report, *_] = (await admin.get("/api/admin/reports"))["items"]
    settled = await admin.patch(f"/api/admin/reports/{report['id']}", {"decision": "dismissed", "note": "fine"})
    assert settled["report"]["decision"] == "dismissed"
    gone = {"removed": True, "reason": "test of removal"}
    await admin.call("PATCH", f"/api/admin/questions/{asked['id']}", gone)
    for method, pattern, body, _ in MATRIX:
        if "{" in pattern and "admin" not in pattern:
            path = pattern.format(q=asked["id"], a=answer["id"])
            answered = await rest.of(people["member"].token).call(method, path, body)
            assert answered.status == 404, (method, pattern, answered)
    with connected(clinic.owner_url) as cursor:
        cursor.execute(
            "SELECT action, result, reason FROM audit WHERE object_id = %s AND object_type = 'question' ORDER BY id",
            (str(asked["id"]),),
        )
        noted = {(action, result, reason) for action, result, reason in cursor.fetchall()}
    assert {("forum.reveal", "ok", None), ("forum.moderate", "ok", "removed"), ("forum.report", "ok", None)} <= noted


async def test_switched_off_it_is_nowhere(cluster: DatabaseServer, tmp_path: Path, http: aiohttp.ClientSession) -> None:
    with running_clinic(cluster, tmp_path, FORUM="off") as clinic:
        member = clinic.person("ines")
        rest = Rest(http, clinic.url, member.token)
        document = await rest.get("/api/openapi.json")
        called = 0
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if "forum" in operation.get("tags", ()):
                    asked = path.replace("{id}", "1")
                    query = {"q": "mentor", "title": "mentor"}.items() if "search" in path or "similar" in path else ()
                    wanted = {name: value for name, value in query if (name == "q") == ("search" in path)}
                    body = _fitting(asked) if method in ("post", "patch") else None
                    answer = await rest.call(method.upper(), asked, body, **wanted)
                    assert answer.status == 403, (method, path, answer)
                    assert "forum" in answer.body["error"]["message"].lower()
                    called += 1
        assert called >= 20
        client = await WireClient(http, clinic.url, member.token).connect()
        assert client.events[0][1]["features"] == {"forum": False}
        for event, data in (
            ("join_question", {"questionId": 1}),
            ("join_questions", {}),
            ("answer_typing_start", {"questionId": 1}),
            ("answer_typing_stop", {"questionId": 1}),
        ):
            assert (await client.call(event, data))["error"]["code"] == "FORBIDDEN", event
        await client.close()


def _fitting(path: str) -> dict[str, Any]:
    ends = path.rsplit("/", 1)[1]
    by_end: dict[str, dict[str, Any]] = {
        "questions": ASK,
        "vote": {"value": 1},
        "accept": {},
        "report": {"reason": "spam"},
    }
    return by_end.get(ends, {"body": "x"})
