"""Two processes are one system, over a real Valkey or over PostgreSQL; without their bus they are two that catch up."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.clients import POLLING_THEN_WEBSOCKET, WEBSOCKET, js_host
from tests.support.clinic import pair_of
from tests.support.contexts import Subject
from tests.support.flows import joined
from tests.support.looks import looked, looked_at_rights
from tests.support.postgres import DatabaseServer, connected
from tests.support.processes import ServerProcess
from tests.support.rest import Rest
from tests.support.site import Site, headers
from tests.support.token_forge import Victim, public_pem
from tests.support.valkey import Valkey
from tests.support.wire_client import WireClient


def is_message(message_id: int) -> Callable[[dict[str, Any]], bool]:
    return lambda data: bool(data["message"]["id"] == message_id)


@dataclass(frozen=True, slots=True)
class Duo:
    """The patient sits on the first node, the doctor on the second; both are in the room."""

    site: Site
    first: ServerProcess
    second: ServerProcess
    pair: dict[str, Any]
    patient: WireClient
    doctor: WireClient

    @property
    def conversation_id(self) -> int:
        return int(self.pair["conversationId"])

    async def say(self, client: WireClient, text: str) -> dict[str, Any]:
        message = {"conversationId": self.conversation_id, "content": text, "clientMessageId": str(uuid.uuid4())}
        ack = await client.call("send_message", message)
        assert ack["ok"], ack
        return dict(ack["message"])


# For what goes by no bus, or by the same messages on each.
ONE_BUS = pytest.mark.parametrize("duo", ["redis"], indirect=True)


@pytest.fixture(params=["redis", "postgres"])
async def duo(
    request: pytest.FixtureRequest, site: Site, redis_server: Valkey, http: aiohttp.ClientSession
) -> AsyncIterator[Duo]:
    site.environment |= {"FANOUT": request.param, "PRESENCE_GRACE_SECONDS": "0.5"}
    if request.param == "redis":
        site.environment |= {"REDIS_URL": redis_server.url, "REDIS_CHANNEL": uuid.uuid4().hex}
    [pair], (first, second) = site.pairs(1), site.duo()
    patient = await WireClient(http, first.url, pair["patient"]["token"]).connect()
    doctor = await WireClient(http, second.url, pair["doctor"]["token"]).connect()
    for client in (patient, doctor):
        assert (await client.call("join_room", {"conversationId": pair["conversationId"]}))["ok"]
    yield Duo(site, first, second, pair, patient, doctor)
    await patient.close()
    await doctor.close()


async def test_messages_marks_and_typing_cross(duo: Duo) -> None:
    sent = await duo.say(duo.patient, "hello over there")
    got = await duo.doctor.wait_for("new_message")
    assert got["message"] == sent
    await duo.doctor.call("mark_as_read", {"conversationId": duo.conversation_id})
    read = await duo.patient.wait_for("messages_read")
    assert (read["userId"], read["readSeq"], read["updatedCount"]) == (duo.pair["doctor"]["id"], 1, 1)
    await duo.doctor.call("typing_start", {"conversationId": duo.conversation_id})
    await duo.patient.wait_for("typing_start")
    await duo.patient.wait_for("typing_stop", patience=10)


async def test_a_post_by_rest_reaches_every_stock_socket_of_both_nodes_once(
    duo: Duo, http: aiohttp.ClientSession
) -> None:
    """Reply and event are the same message, whichever node took the post, and a repeat at the other one tells nobody."""
    path = f"/api/messaging/conversations/{duo.conversation_id}/messages"
    tokens = [duo.pair[side]["token"] for side in ("patient", "doctor")]
    async with js_host() as host:
        sockets = [
            await host.connected(node.url, token, options=way)
            for node in (duo.first, duo.second)
            for token, way in zip(tokens, (POLLING_THEN_WEBSOCKET, WEBSOCKET), strict=True)
        ]
        for socket in sockets:
            await joined(socket, duo.conversation_id)
        bodies = [{"content": f"posted {number} 🙂", "clientMessageId": str(uuid.uuid4())} for number in range(10)]
        by = [Rest(http, node.url, token) for node, token in zip((duo.first, duo.second), tokens, strict=True)]
        replies = await asyncio.gather(*(by[number % 2].post(path, body) for number, body in enumerate(bodies)))
        posted = {reply["message"]["seq"]: reply["message"] for reply in replies}
        assert sorted(posted) == list(range(1, 11))
        for number, body in enumerate(bodies):
            # The sender again, through the other node.
            repeat = await Rest(http, (duo.second, duo.first)[number % 2].url, tokens[number % 2]).post(path, body)
            assert (repeat["duplicate"], repeat["message"]["id"]) == (True, replies[number]["message"]["id"])
        last = (await by[0].post(path, {"content": "the last one"}))["message"]
        for socket in sockets:
            await socket.event("new_message", lambda data: bool(data["message"]["seq"] == last["seq"]))
            told = [data["message"] for data in socket.all("new_message")]
            assert sorted(message["seq"] for message in told) == list(range(1, 12))
            assert all(message == posted.get(message["seq"], last) for message in told)


async def test_ended_sessions_and_removed_people_stop_receiving_within_a_second(
    duo: Duo, http: aiohttp.ClientSession
) -> None:
    admin = headers(duo.site.administrator())
    started = time.monotonic()
    url = f"{duo.first.url}/api/admin/conversations/{duo.conversation_id}/participants/{duo.pair['doctor']['id']}"
    async with http.delete(url, headers=admin) as reply:
        assert reply.status == 200
    left = await duo.doctor.wait_for("room_left")
    assert left == {"conversationId": duo.conversation_id, "reason": "removed"}
    assert time.monotonic() - started < 1
    started = time.monotonic()
    url = f"{duo.first.url}/api/admin/users/{duo.pair['doctor']['id']}/sessions"
    async with http.delete(url, headers=admin) as reply:
        assert reply.status in (200, 204)
    assert (await duo.doctor.wait_for("session_expired"))["code"] == "SESSION_EXPIRED"
    assert time.monotonic() - started < 1
    await asyncio.wait_for(duo.doctor.closed.wait(), 5)


@ONE_BUS
async def test_who_is_removed_loses_the_conversation_on_devices_that_only_show_the_list_too(
    duo: Duo, http: aiohttp.ClientSession
) -> None:
    """Once for each removal, whichever node the device is at."""
    admin = Rest(http, duo.first.url, duo.site.administrator())
    place = f"/api/admin/conversations/{duo.conversation_id}/participants/{duo.pair['doctor']['id']}"
    lists = [
        await WireClient(http, node.url, duo.pair["doctor"]["token"]).connect() for node in (duo.first, duo.second)
    ]
    for _ in range(2):
        devices = (duo.doctor, *lists)
        await admin.delete(place)
        for device in devices:
            told = await device.wait_for("room_left", patience=2)
            assert told == {"conversationId": duo.conversation_id, "reason": "removed"}
        await all_looked(duo, http, "list_outdated_sockets")
        assert [len(device.named("room_left")) for device in devices] == [1, 1, 1]
        assert (await admin.call("PUT", place)).status == 200
        for device in devices:
            await device.wait_for("conversation_updated", lambda data: data["conversation"]["canReply"])
            device.events.clear()
    for device in lists:
        await device.close()


@pytest.fixture
def host_key(site: Site) -> rsa.RSAPrivateKey:
    """A host application's; before `duo`, whose nodes know it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    site.environment |= {
        "HOST_JWT_ISSUER": Victim.host_issuer,
        "HOST_JWT_AUDIENCE": Victim.host_audience,
        "HOST_JWT_PUBLIC_KEY": public_pem(key),
    }
    return key


@ONE_BUS
async def test_whose_sessions_an_administrator_ends_keeps_no_socket_of_a_host_token_at_any_node(
    host_key: rsa.RSAPrivateKey, duo: Duo, http: aiohttp.ClientSession
) -> None:
    """The token itself is the host's and stays good until it expires: the app may come back with it."""
    doctor = duo.pair["doctor"]
    with connected(duo.site.database.owner_url) as cursor:
        cursor.execute("UPDATE users SET external_id = 'd-1' WHERE id = %s", (doctor["id"],))
    victim = Victim(own_secret=b"", user_id=doctor["id"], host_key=host_key, host_subject="d-1")
    apps = [await WireClient(http, node.url, victim.host()).connect() for node in (duo.first, duo.second)]
    admin = Rest(http, duo.first.url, duo.site.administrator())
    for _ in range(2):  # the second time there is no session left, and it is meant all the same
        started = time.monotonic()
        await admin.delete(f"/api/admin/users/{doctor['id']}/sessions")
        for app in apps:
            assert (await app.wait_for("session_expired"))["code"] == "SESSION_EXPIRED"
        assert time.monotonic() - started < 1
        for app in apps:
            await asyncio.wait_for(app.closed.wait(), 5)
        apps = [await WireClient(http, node.url, victim.host()).connect() for node in (duo.first, duo.second)]
    assert not duo.patient.closed.is_set()
    for app in apps:
        await app.close()


@ONE_BUS
async def test_presence_and_stats_are_of_all_nodes(duo: Duo, http: aiohttp.ClientSession) -> None:
    admin = headers(duo.site.administrator())
    asked = await duo.patient.call("get_presence", {"userIds": [duo.pair["doctor"]["id"]]})
    assert asked["presence"][0]["online"] is True

    async def stats() -> dict[str, Any]:
        async with http.get(duo.first.url + "/api/messaging/stats", headers=admin) as reply:
            assert reply.status == 200
            found: dict[str, Any] = await reply.json()
            return dict(found.get("stats", found))

    seen = await stats()
    assert (seen["connections"], seen["users"], seen["nodes"], seen["rooms"]) == (2, 2, 2, 1)
    duo.second.kill()
    gone = await duo.patient.wait_for("presence_changed", lambda data: not data["online"], patience=15)
    assert gone["userId"] == duo.pair["doctor"]["id"]
    seen = await stats()
    assert (seen["connections"], seen["nodes"]) == (1, 1)


@pytest.mark.parametrize("duo", ["redis"], indirect=True)
async def test_without_valkey_the_others_are_served_within_five_seconds_and_nothing_twice(
    duo: Duo, redis_server: Valkey
) -> None:
    await duo.say(duo.patient, "before")
    await duo.doctor.wait_for("new_message")
    with redis_server.frozen():
        started = time.monotonic()
        for number in range(20):
            await duo.say(duo.patient, f"frozen {number}")
        assert time.monotonic() - started < 5, "the bus is in the way of the ack"
        await duo.doctor.wait_for("new_message", lambda data: data["message"]["seq"] == 21, patience=6)
    last = await duo.say(duo.patient, "after")
    await duo.doctor.wait_for("new_message", lambda data: data["message"]["id"] == last["id"], patience=10)
    for client in (duo.patient, duo.doctor):
        seqs = [data["message"]["seq"] for data in client.named("new_message")]
        assert sorted(seqs) == list(range(1, 23))


@pytest.mark.parametrize("duo", ["redis"], indirect=True)
async def test_without_valkey_what_lies_outside_the_rooms_follows_too(
    duo: Duo, redis_server: Valkey, http: aiohttp.ClientSession
) -> None:
    """What one's other device read, and what was answered to a question that one looks at."""
    here = {side: Rest(http, duo.first.url, duo.pair[side]["token"]) for side in ("patient", "doctor")}
    question = {"title": "How do I find a mentor?", "body": "Somebody who knows clinics.", "tags": ["mentoring"]}
    question_id = (await here["patient"].post("/api/questions", question))["question"]["id"]
    assert (await duo.doctor.call("join_question", {"questionId": question_id}))["ok"]
    assert (await duo.doctor.call("leave_room", {"conversationId": duo.conversation_id}))["ok"]
    await duo.say(duo.patient, "are you there?")
    await duo.doctor.wait_for("unread_count", lambda data: data["unreadCount"] == 1)
    with redis_server.frozen():
        await until_ailing(duo, http)
        messages = f"/api/messaging/conversations/{duo.conversation_id}/messages"
        await here["doctor"].get(messages, markRead="true")
        await here["patient"].post(f"/api/questions/{question_id}/answers", {"body": "I found one in the directory."})
        await duo.doctor.wait_for("unread_count", lambda data: data["unreadCount"] == 0, patience=5)
        told = await duo.doctor.wait_for("question_updated", patience=5)
    assert (told["questionId"], told["question"]["answerCount"]) == (question_id, 1)


@pytest.mark.parametrize("duo", ["redis"], indirect=True)
async def test_without_valkey_notifications_come_too_and_once(
    duo: Duo, redis_server: Valkey, http: aiohttp.ClientSession
) -> None:
    """To a device at each node, whichever of them made the export."""
    doctor = Rest(http, duo.first.url, duo.pair["doctor"]["token"])
    other = await WireClient(http, duo.first.url, duo.pair["doctor"]["token"]).connect()
    with redis_server.frozen():
        await until_ailing(duo, http)
        await doctor.post(f"/api/messaging/conversations/{duo.conversation_id}/exports", {"format": "json"})
        for device in (duo.doctor, other):
            told = await device.wait_for("notification", patience=10)
            assert told["notification"]["kind"] == "export_ready"
        await all_looked(duo, http, "list_touched_notifications")
    assert [len(device.named("notification")) for device in (duo.doctor, other)] == [1, 1]
    await other.close()


@ONE_BUS
async def test_without_valkey_what_one_decided_about_a_conversation_follows_to_ones_other_device(
    duo: Duo, redis_server: Valkey, http: aiohttp.ClientSession
) -> None:
    """Once, and to nobody else."""
    doctor = Rest(http, duo.first.url, duo.pair["doctor"]["token"])
    partner = await WireClient(http, duo.second.url, duo.pair["patient"]["token"]).connect()
    with redis_server.frozen():
        await until_ailing(duo, http)
        await all_looked(duo, http, "list_touched_views")
        for client in (duo.doctor, partner):
            client.events.clear()
        settings = {"muted": True, "pinned": True, "markedUnread": True, "status": "archived"}
        await doctor.patch(f"/api/messaging/conversations/{duo.conversation_id}", settings)
        told = await duo.doctor.wait_for("conversation_updated", patience=5)
        assert {key: told["conversation"][key] for key in settings} == settings
        await all_looked(duo, http, "list_touched_views")
    assert len(duo.doctor.named("conversation_updated")) == 1
    assert partner.named("conversation_updated") == []
    await partner.close()


@ONE_BUS
async def test_without_valkey_who_is_removed_loses_the_conversation_on_a_device_that_only_shows_the_list(
    duo: Duo, redis_server: Valkey, http: aiohttp.ClientSession
) -> None:
    """Once, at a node where nobody has it open. Who is brought back has it again, and can lose it again."""
    admin = Rest(http, duo.first.url, duo.site.administrator())
    place = f"/api/admin/conversations/{duo.conversation_id}/participants/{duo.pair['doctor']['id']}"
    assert (await duo.doctor.call("leave_room", {"conversationId": duo.conversation_id}))["ok"]
    with redis_server.frozen():
        await until_ailing(duo, http)
        for _ in range(2):
            duo.doctor.events.clear()
            await admin.delete(place)
            told = await duo.doctor.wait_for("room_left", patience=5)
            assert told == {"conversationId": duo.conversation_id, "reason": "removed"}
            await all_looked(duo, http, "list_recently_removed")
            assert len(duo.doctor.named("room_left")) == 1
            assert (await admin.call("PUT", place)).status == 200
            await duo.doctor.wait_for("conversation_updated", lambda data: data["conversation"]["canReply"], patience=5)


@ONE_BUS
async def test_without_valkey_the_list_of_questions_hears_of_new_ones_once(
    duo: Duo, redis_server: Valkey, http: aiohttp.ClientSession
) -> None:
    patient = Rest(http, duo.first.url, duo.pair["patient"]["token"])
    assert (await duo.doctor.call("join_questions", {}))["ok"]
    question = {"body": "Somebody who knows clinics.", "tags": ["mentoring"]}
    await patient.post("/api/questions", question | {"title": "Is this the first question?"})
    await duo.doctor.wait_for("question_created")
    with redis_server.frozen():
        await until_ailing(duo, http)
        await patient.post("/api/questions", question | {"title": "And is this the second one?"})
        await duo.doctor.wait_for("question_created", lambda data: "second" in data["question"]["title"], patience=5)
        await all_looked(duo, http, "list_touched_views")
    titles = [data["question"]["title"] for data in duo.doctor.named("question_created")]
    assert titles == ["Is this the first question?", "And is this the second one?"]


async def until_ailing(duo: Duo, http: aiohttp.ClientSession) -> None:
    """Both nodes: what is done from now on is done without the bus."""
    for node in (duo.first, duo.second):
        async with asyncio.timeout(10):
            while (await Rest(http, node.url, None).get("/health/ready"))["status"] != "degraded":
                await asyncio.sleep(0.05)  # between two questions


@pytest.mark.parametrize("duo", ["redis"], indirect=True)
async def test_valkey_killed_and_back(duo: Duo, redis_server: Valkey) -> None:
    redis_server.kill()
    try:
        sent = await duo.say(duo.patient, "while it is away")
        await duo.doctor.wait_for("new_message", lambda data: data["message"]["id"] == sent["id"], patience=6)
    finally:
        redis_server.restart()
    started = time.monotonic()
    while True:
        sent = await duo.say(duo.patient, "is it back?")
        asked = time.monotonic()
        await duo.doctor.wait_for("new_message", is_message(sent["id"]), patience=6)
        if time.monotonic() - asked < 0.2:
            break
        assert time.monotonic() - started < 10
    seqs = [data["message"]["seq"] for data in duo.doctor.named("new_message")]
    assert len(seqs) == len(set(seqs))


def cut_off(cluster: DatabaseServer, site: Site) -> int:
    """How many connections of the bus there were to end."""
    with connected(cluster.admin_url()) as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
            " AND application_name IN ('colloque listen', 'colloque notify')",
            (site.database.name,),
        )
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("duo", ["postgres"], indirect=True)
async def test_the_bus_cut_off_in_postgres_again_and_again(duo: Duo, site: Site, cluster: DatabaseServer) -> None:
    """What was sent meanwhile comes within five seconds, once."""
    for number in range(1, 11):
        deadline = time.monotonic() + 5
        while not cut_off(cluster, site):  # what was cut off may have been caught up with before it was made again
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        sent = await duo.say(duo.patient, f"message {number}")
        await duo.doctor.wait_for("new_message", is_message(sent["id"]), patience=5)
    for client in (duo.patient, duo.doctor):
        seqs = [data["message"]["seq"] for data in client.named("new_message")]
        assert sorted(seqs) == list(range(1, 11))


async def test_a_context_that_ends_and_a_new_version_reach_the_other_node_within_a_second(
    duo: Duo, http: aiohttp.ClientSession
) -> None:
    rest = Rest(http, duo.first.url, duo.site.administrator())
    pair = pair_of(duo.pair)
    subject = Subject(rest, pair)
    conversation_id = await subject.opened()
    assert (await duo.doctor.call("join_room", {"conversationId": conversation_id}))["ok"]
    started = time.monotonic()
    assert (await subject.put(version=2)).status == 200
    said = await duo.doctor.wait_for("new_message", lambda data: bool(data["conversationId"] == conversation_id))
    assert (said["message"]["type"], said["message"]["content"]["params"]["version"]) == ("system", 2)
    assert (await subject.end()).status == 200
    ended = await duo.doctor.wait_for("conversation_updated", lambda data: not data["conversation"]["canReply"])
    assert ended["conversation"]["canReplyReason"] == "context_closed"
    assert time.monotonic() - started < 1


async def all_looked(duo: Duo, http: aiohttp.ClientSession, query: str) -> None:
    """Only what differs from a node's first look is news."""
    for node in (duo.first, duo.second):
        await looked(http, node.url, query)


async def all_looked_at_rights(duo: Duo, http: aiohttp.ClientSession) -> None:
    for node in (duo.first, duo.second):
        await looked_at_rights(http, node.url)


@ONE_BUS
async def test_a_context_that_ends_without_a_word_is_seen_within_a_second(
    duo: Duo, site: Site, http: aiohttp.ClientSession
) -> None:
    """Another program writes to the database; each node looks for itself."""
    subject = Subject(Rest(http, duo.first.url, duo.site.administrator()), pair_of(duo.pair))
    conversation_id = await subject.opened()
    for client in (duo.patient, duo.doctor):
        assert (await client.call("join_room", {"conversationId": conversation_id}))["ok"]
    await all_looked_at_rights(duo, http)
    with connected(site.database.owner_url) as cursor:
        cursor.execute("UPDATE contexts SET closed_at = now()")
    for client in (duo.patient, duo.doctor):
        told = await client.wait_for(
            "conversation_updated", lambda data: not data["conversation"]["canReply"], patience=1.5
        )
        assert told["conversation"]["canReplyReason"] == "context_closed"


@ONE_BUS
async def test_what_a_command_takes_away_is_gone_within_a_second(
    duo: Duo, site: Site, http: aiohttp.ClientSession
) -> None:
    """No hint is sent: each node sees it in the database."""
    await all_looked_at_rights(duo, http)
    # Time from the end of the command: before that it may not have committed.
    await asyncio.to_thread(
        site.command,
        "link",
        "end",
        "--patient",
        str(duo.pair["patient"]["id"]),
        "--doctor",
        str(duo.pair["doctor"]["id"]),
    )
    changed = await duo.doctor.wait_for("conversation_updated", patience=1.5)
    assert (changed["conversation"]["canReply"], changed["conversation"]["canReplyReason"]) == (False, "link_ended")
    await asyncio.to_thread(site.command, "user", "disable", str(duo.pair["doctor"]["id"]))
    assert (await duo.doctor.wait_for("session_expired", patience=1.5))["code"] == "SESSION_EXPIRED"
