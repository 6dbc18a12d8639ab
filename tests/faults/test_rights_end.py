"""Promise 6 for all that is more than a message: files and their tickets, exports, search, contexts, moderation, emergencies.

What is asked of the database at each call ends with the very next call, on the other node; what has to be taken away
(sockets, files that flow already) ends within a second, and within five when Redis is frozen.
"""

import asyncio
import socket
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from tests.support.clinic import Pair, pair_of
from tests.support.contexts import Subject
from tests.support.postgres import DatabaseServer, connected
from tests.support.processes import ServerProcess
from tests.support.rest import Rest
from tests.support.site import Site
from tests.support.specimens import ebml, photo, webm
from tests.support.uploads import PATH, upload
from tests.support.valkey import Valkey
from tests.support.wire_client import WireClient

SECOND, SECONDS = 1.0, 5.0
SEARCH = "/api/messaging/messages/search"
REASON = "Patient inconscient aux urgences"


@dataclass(frozen=True, slots=True)
class Duo:
    """Rights change on the first node and are used on the second."""

    site: Site
    first: ServerProcess
    second: ServerProcess
    admin: str
    pairs: Iterator[Pair]

    def run(self, sql: str, *parameters: Any) -> None:
        with connected(self.site.database.owner_url) as cursor:
            cursor.execute(sql, parameters)


@pytest.fixture(scope="module")
def duo(cluster: DatabaseServer, redis_server: Valkey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Duo]:
    with cluster.fresh_database() as database:
        bus = {"FANOUT": "redis", "REDIS_URL": redis_server.url, "REDIS_CHANNEL": uuid.uuid4().hex, "REQUEST_RATE": "0"}
        site = Site(database, tmp_path_factory.mktemp("rights"), **bus)
        try:
            pairs = (pair_of(row) for row in site.pairs(12))
            yield Duo(site, *site.duo(), site.administrator(), pairs)
        finally:
            site.stop()


@dataclass(frozen=True, slots=True)
class Desk:
    """What a doctor has at hand of one conversation: calls that all worked a moment ago, on the second node."""

    pair: Pair
    admin: Rest
    patient: Rest
    doctor: Rest
    calls: dict[str, tuple[str, str, Any]]
    ticket: str

    async def answers(self) -> dict[str, int]:
        """The status of each, asked all at once."""
        found = await asyncio.gather(*(self.doctor.call(*call) for call in self.calls.values()))
        by_ticket = await self.doctor.of(None).call("GET", self.ticket)
        return {**dict(zip(self.calls, [answer.status for answer in found], strict=True)), "ticket": by_ticket.status}

    async def found(self) -> list[Any]:
        return list((await self.doctor.get(SEARCH, q="genou"))["items"])


async def desk_of(duo: Duo, http: aiohttp.ClientSession, pair: Pair) -> Desk:
    doctor, own = Rest(http, duo.second.url, pair.doctor.token), f"/api/messaging/conversations/{pair.conversation_id}"
    patient, here = Rest(http, duo.first.url, pair.patient.token), {"conversationId": pair.conversation_id}
    status, body = await upload(http, duo.first.url, pair.patient, pair.conversation_id, photo(), "genou.jpg")
    assert status == 201, body
    file = f"{PATH}/{body['attachment']['id']}"
    await patient.post(f"{own}/messages", {"content": "douleur au genou", "attachmentIds": [body["attachment"]["id"]]})
    export = f"/api/messaging/exports/{(await doctor.post(f'{own}/exports', {'format': 'zip'}))['exportId']}"
    async with asyncio.timeout(20):
        while (await doctor.get(export))["state"] != "ready" or not (await doctor.get(SEARCH, q="genou"))["items"]:
            await asyncio.sleep(0.02)
    desk = Desk(
        pair,
        Rest(http, duo.first.url, duo.admin),
        patient,
        doctor,
        {
            "file": ("GET", file, None),
            "thumbnail": ("GET", f"{file}?thumbnail=true", None),
            "new ticket": ("POST", f"{file}/ticket", {}),
            "export": ("GET", export, None),
            "export's file": ("GET", f"{export}/file", None),
            "new export": ("POST", f"{own}/exports", {"format": "json"}),
            "search here": ("GET", f"{SEARCH}?q=genou&conversationId={pair.conversation_id}", None),
            "who opened it": ("GET", f"{own}/access-log", None),
            "history": ("GET", f"{own}/messages", None),
            "send": ("POST", "/api/messaging/conversations/{conversationId}/messages".format(**here), {"content": "?"}),
        },
        (await doctor.post(f"{file}/ticket", {}))["url"],
    )
    assert set((await desk.answers()).values()) <= {200, 201, 202}
    return desk


@pytest.fixture
async def desk(duo: Duo, http: aiohttp.ClientSession) -> Desk:
    return await desk_of(duo, http, next(duo.pairs))


@pytest.fixture
async def live(duo: Duo, http: aiohttp.ClientSession, desk: Desk) -> AsyncIterator[WireClient]:
    """The doctor in the room, on the second node."""
    client = await WireClient(http, duo.second.url, desk.pair.doctor.token).connect()
    assert (await client.call("join_room", {"conversationId": desk.pair.conversation_id}))["ok"]
    yield client
    await client.close()


async def change(desk: Desk, what: str) -> None:
    """By an administrator, on the first node."""
    doctor = desk.pair.doctor
    if what == "removed":
        await desk.admin.delete(f"/api/admin/conversations/{desk.pair.conversation_id}/participants/{doctor.id}")
    elif what == "session ended":
        await desk.admin.delete(f"/api/admin/users/{doctor.id}/sessions")
    elif what == "disabled":
        await desk.admin.patch(f"/api/admin/users/{doctor.id}", {"disabled": True})
    else:
        links = (await desk.admin.get("/api/admin/care-links", doctorId=doctor.id))["items"]
        await desk.admin.delete(f"/api/admin/care-links/{links[0]['id']}")


async def told_of(live: WireClient, what: str, *, patience: float) -> None:
    if what == "removed":
        assert (await live.wait_for("room_left", patience=patience))["reason"] == "removed"
    elif what == "link ended":
        seen = await live.wait_for(
            "conversation_updated", lambda data: not data["conversation"]["canReply"], patience=patience
        )
        assert seen["conversation"]["canReplyReason"] == "link_ended"
    else:
        await live.wait_for("session_expired", patience=patience)
        await asyncio.wait_for(live.closed.wait(), SECONDS)


@pytest.mark.parametrize(("what", "status"), [("removed", 404), ("session ended", 401), ("disabled", 401)])
async def test_the_next_call_on_the_other_node_is_refused(desk: Desk, live: WireClient, what: str, status: int) -> None:
    waiting = asyncio.create_task(told_of(live, what, patience=SECOND))
    await change(desk, what)
    assert set((await desk.answers()).values()) == {status}
    await waiting
    if what == "removed":
        assert await desk.found() == []
        page = await desk.doctor.get(f"/api/messaging/notifications/medecin/{desk.pair.doctor.id}")
        assert [item for item in page["items"] if item["conversationId"] == desk.pair.conversation_id] == []


async def test_an_ended_link_leaves_what_was_said_and_ends_what_could_be(
    duo: Duo, http: aiohttp.ClientSession, desk: Desk, live: WireClient
) -> None:
    waiting = asyncio.create_task(told_of(live, "link ended", patience=SECOND))
    await change(desk, "link ended")
    answers = await desk.answers()
    assert (answers.pop("send"), set(answers.values()) <= {200, 202}) == (403, True)
    pair = desk.pair
    assert (await upload(http, duo.second.url, pair.doctor, pair.conversation_id, photo(), "x.jpg"))[0] == 403
    await waiting


async def test_a_context_ends_for_each_way_by_its_name(duo: Duo, http: aiohttp.ClientSession) -> None:
    pair = next(duo.pairs)
    subject = Subject(Rest(http, duo.first.url, duo.admin), pair)
    conversation_id = await subject.opened()
    await subject.say(pair.patient.token, "Jusqu’à quand ?")
    patient = Rest(http, duo.second.url, pair.patient.token)
    ask = f"/api/messaging/permissions/{subject.path}/patient/{pair.patient.id}"
    assert (await patient.get(ask))["permissions"]["actions"]["send"]["allowed"] is True
    assert (await subject.end()).status == 200
    said = await patient.call("POST", "/api/messaging/send", {**subject.named, "content": "encore"})
    assert (said.status, said.body["error"]["code"]) == (403, "FORBIDDEN")
    judged = (await patient.get(ask))["permissions"]["actions"]
    assert judged["send"] == {"allowed": False, "reason": "context_closed"}
    assert judged["read"]["allowed"] is True
    assert (await upload(http, duo.second.url, pair.patient, conversation_id, photo(), "x.jpg"))[0] == 403
    exported = await patient.call("GET", f"/api/messaging/export/{subject.path}")
    assert exported.status == 200
    # Removed from it: what was one's own by name is nobody's any more.
    path = f"/api/admin/conversations/{conversation_id}/participants/{pair.patient.id}"
    await Rest(http, duo.first.url, duo.admin).delete(path)
    for method, path, body in (
        ("GET", f"/api/messaging/history/{subject.path}", None),
        ("GET", f"/api/messaging/export/{subject.path}", None),
        ("POST", "/api/messaging/send", {**subject.named, "content": "encore"}),
        ("POST", "/api/messaging/sessions", subject.named),
    ):
        assert (await patient.call(method, path, body)).status == 404, path


async def test_who_is_no_administrator_any_more_moderates_and_sees_nothing(
    duo: Duo, http: aiohttp.ClientSession, desk: Desk
) -> None:
    token = await asyncio.to_thread(duo.site.administrator)
    admin, own = Rest(http, duo.second.url, token), f"/api/admin/conversations/{desk.pair.conversation_id}"
    await admin.post(f"{own}/break-glass", {"reason": REASON})
    user = (await admin.get("/api/auth/me"))["user"]
    watching = await WireClient(http, duo.second.url, token).connect()
    assert (await watching.call("connection_stats", {"subscribe": True}))["ok"]
    calls = (
        ("GET", "/api/admin/reports", None),
        ("PATCH", "/api/admin/questions/1", {"removed": True, "reason": "spam"}),
        ("GET", "/api/admin/questions/1/author", None),
        ("GET", f"{own}/messages", None),
        ("POST", f"{own}/break-glass", {"reason": REASON}),
        ("GET", "/api/admin/users", None),
        ("GET", f"/api/admin/users/{desk.pair.patient.id}/erasure", None),
        ("GET", "/api/admin/legal-holds", None),
        ("GET", "/api/admin/retention", None),
        ("GET", "/api/admin/retention/conversations", None),
        ("GET", "/api/messaging/stats", None),
    )
    assert {(await admin.call(*call)).status for call in calls} <= {200, 201, 404}
    # By another program, without a word: the token lives, the role is the database's.
    duo.run("UPDATE users SET role = 'member' WHERE id = %s", user["id"])
    assert {(await admin.call(*call)).status for call in calls} == {403}
    await watching.wait_for("session_expired", patience=2 * SECOND)
    await watching.close()


async def test_an_emergency_ends_on_both_nodes_with_its_hour(duo: Duo, http: aiohttp.ClientSession, desk: Desk) -> None:
    own = f"/api/admin/conversations/{desk.pair.conversation_id}"
    nodes = [Rest(http, node.url, duo.admin) for node in (duo.first, duo.second)]
    await nodes[0].post(f"{own}/break-glass", {"reason": REASON})
    assert [(await node.call("GET", f"{own}/messages")).status for node in nodes] == [200, 200]
    duo.run("UPDATE break_glass SET at = at - interval '1 hour', until = until - interval '1 hour'")
    assert [(await node.call("GET", f"{own}/messages")).status for node in nodes] == [403, 403]


@pytest.mark.parametrize("what", ["removed", "session ended"])
async def test_a_file_that_flows_already_stops(duo: Duo, http: aiohttp.ClientSession, what: str) -> None:
    """Read slowly, so that most of it is still on our side when the right to it ends."""
    pair = next(duo.pairs)
    size = 9_900_000
    status, body = await upload(
        http,
        duo.first.url,
        pair.patient,
        pair.conversation_id,
        webm(extra=ebml(b"\x1fC\xb6u", bytes(size))),
        "voice.webm",
    )
    assert status == 201
    attachment = body["attachment"]["id"]
    path = f"/api/messaging/conversations/{pair.conversation_id}/messages"
    await Rest(http, duo.first.url, pair.patient.token).post(path, {"content": "", "attachmentIds": [attachment]})
    desk = Desk(pair, Rest(http, duo.first.url, duo.admin), Rest(http, "", ""), Rest(http, "", ""), {}, "")
    reader, writer = await _slow_reader(duo.second.port, f"{PATH}/{attachment}", pair.doctor.token)
    assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
    await change(desk, what)
    started, got = time.monotonic(), 0
    while piece := await _piece(reader, hurry=time.monotonic() - started > SECOND):
        got += len(piece)
    writer.close()
    assert got < size - 1_000_000, "it was given out to its end"


async def _slow_reader(port: int, path: str, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=plain, limit=16_384)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    return reader, writer


async def _piece(reader: asyncio.StreamReader, *, hurry: bool) -> bytes:
    """As a slow line gives it, until there is nothing to wait for any more."""
    if not hurry:
        await asyncio.sleep(0.02)
    try:
        return await asyncio.wait_for(reader.read(8192), 20)
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize("what", ["removed", "session ended", "link ended"])
async def test_with_redis_frozen_calls_are_refused_as_soon_and_sockets_within_five_seconds(
    desk: Desk, live: WireClient, redis_server: Valkey, what: str
) -> None:
    with redis_server.frozen():
        started = time.monotonic()
        await change(desk, what)
        changed = time.monotonic()
        answers = await desk.answers()
        assert answers["send"] in {403, 404, 401}
        assert what == "link ended" or set(answers.values()) <= {404, 401}
        await told_of(live, what, patience=SECONDS)
    assert changed - started < SECONDS
