"""Promise 15: after random sessions over REST and sockets the trail holds these accesses and refusals, and no others."""

import itertools
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator

import aiohttp
import pytest

from tests.support.clinic import Clinic, Pair, Person, running_clinic
from tests.support.postgres import DatabaseServer
from tests.support.rest import Rest
from tests.support.specimens import pdf
from tests.support.trail import Access, TrailReader
from tests.support.uploads import upload
from tests.support.wire_client import WireClient

STEPS = 60
CODES = {401: "denied", 403: "denied", 404: "denied", 400: "failed"}


class Walk:
    """Each step does something as somebody and writes down what has to be on the trail for it."""

    def __init__(self, seed: int, conversation_id: int, rest: Rest) -> None:
        self._dice = random.Random(seed)
        self._conversation_id = conversation_id
        self._path = f"/api/messaging/conversations/{conversation_id}"
        self._rest = rest
        self._attachment_id = 0
        self._people: list[tuple[Person, WireClient]] = []
        self._numbers = itertools.count(1)
        self.sent: Counter[int] = Counter()
        self.expected: Counter[Access] = Counter()

    async def put(self, person: Person) -> None:
        """A file that goes with a message."""
        status, body = await upload(self._rest.session, self._rest.url, person, self._conversation_id, pdf())
        assert status == 201
        self._attachment_id = body["attachment"]["id"]
        self._expect("attachment.upload", person, "ok")
        message = {"content": "", "attachmentIds": [self._attachment_id]}
        assert await self._by_rest(person, "message.send", "POST", f"{self._path}/messages", message) == 201
        self.sent[person.id] += 1

    async def arrive(self, person: Person, client: WireClient) -> None:
        await client.connect()
        self._people.append((person, client))
        self.expected["socket.connect", person.id, None, "ok"] += 1

    async def step(self) -> None:
        steps: list[Callable[[Person, WireClient], Awaitable[None]]] = [
            self.history,
            self.history_badly,
            self.open,
            self.list,
            self.send_by_rest,
            self.read_by_rest,
            self.log,
            self.administer,
            self.forge,
            self.join,
            self.send,
            self.send,
            self.read,
            self.deliver,
            self.unknown,
            self.type,
            self.search,
            self.upload_badly,
            self.download,
            self.ticket,
            self.export,
            self.refuse_context,
        ]
        await self._dice.choice(steps)(*self._dice.choice(self._people))

    async def _by_rest(self, person: Person, action: str, method: str, path: str, body: object = None) -> int:
        status = (await self._rest.of(person.token).call(method, path, body)).status
        self._expect(action, person, CODES.get(status, "ok"))
        return status

    async def _by_socket(self, person: Person, client: WireClient, action: str, event: str, **data: object) -> bool:
        ack = await client.call(event, {"conversationId": self._conversation_id, **data})
        self._expect(action, person, "ok" if ack["ok"] else "denied")
        return bool(ack["ok"])

    def _expect(self, action: str, person: Person, result: str) -> None:
        self.expected[action, person.id, self._conversation_id, result] += 1

    async def history(self, person: Person, _: WireClient) -> None:
        await self._by_rest(person, "history.read", "GET", f"{self._path}/messages?limit={self._dice.randint(1, 9)}")

    async def history_badly(self, person: Person, _: WireClient) -> None:
        await self._by_rest(person, "history.read", "GET", f"{self._path}/messages?limit=many")

    async def open(self, person: Person, _: WireClient) -> None:
        await self._by_rest(person, "conversation.open", "GET", self._path)

    async def list(self, person: Person, _: WireClient) -> None:
        await self._rest.of(person.token).get("/api/messaging/conversations")
        self.expected["conversation.list", person.id, None, "ok"] += 1

    async def send_by_rest(self, person: Person, _: WireClient) -> None:
        status = await self._by_rest(person, "message.send", "POST", f"{self._path}/messages", {"content": "par REST"})
        self.sent[person.id] += status == 201

    async def read_by_rest(self, person: Person, _: WireClient) -> None:
        await self._by_rest(person, "message.read", "POST", f"{self._path}/read", {})

    async def log(self, person: Person, _: WireClient) -> None:
        await self._by_rest(person, "access_log.read", "GET", f"{self._path}/access-log")

    async def administer(self, person: Person, _: WireClient) -> None:
        body = {"reason": "je ne suis pas administrateur"}
        path = f"/api/admin/conversations/{self._conversation_id}/break-glass"
        assert await self._by_rest(person, "break_glass", "POST", path, body) == 403

    async def forge(self, _: Person, __: WireClient) -> None:
        answer = await self._rest.of("no.such.token").call("GET", f"{self._path}/messages")
        assert answer.status == 401
        self.expected["history.read", None, self._conversation_id, "denied"] += 1

    async def join(self, person: Person, client: WireClient) -> None:
        await self._by_socket(person, client, "conversation.join", "join_room", afterSeq=0, afterChange=0)

    async def send(self, person: Person, client: WireClient) -> None:
        stored = await self._by_socket(person, client, "message.send", "send_message", content="par socket")
        self.sent[person.id] += stored

    async def read(self, person: Person, client: WireClient) -> None:
        await self._by_socket(person, client, "message.read", "mark_as_read", upToSeq=next(self._numbers))

    async def deliver(self, person: Person, client: WireClient) -> None:
        await self._by_socket(person, client, "message.delivered", "mark_as_delivered", upToSeq=next(self._numbers))

    async def unknown(self, person: Person, client: WireClient) -> None:
        ack = await client.call("no_such_event", {})
        assert ack["error"]["code"] == "UNKNOWN_EVENT"
        self.expected["socket.event", person.id, None, "failed"] += 1

    async def search(self, person: Person, _: WireClient) -> None:
        path = f"/api/messaging/messages/search?q=socket&conversationId={self._conversation_id}"
        await self._by_rest(person, "search.run", "GET", path)

    async def upload_badly(self, person: Person, _: WireClient) -> None:
        """Refused for what it is, once; whoever has no part in it does not come so far."""
        status, _body = await upload(
            self._rest.session, self._rest.url, person, self._conversation_id, b"<html>", "page.html"
        )
        if status == 415:
            self._expect("attachment.upload", person, "denied")
        else:
            self.expected["rest.call", person.id, None, "denied"] += 1

    async def download(self, person: Person, _: WireClient) -> None:
        answer = await self._rest.of(person.token).call("GET", f"/api/messaging/attachments/{self._attachment_id}")
        if answer.status == 200:
            self._expect("attachment.download", person, "ok")
        else:
            self.expected["attachment.download", person.id, None, "denied"] += 1

    async def ticket(self, person: Person, _: WireClient) -> None:
        path = f"/api/messaging/attachments/{self._attachment_id}/ticket"
        answer = await self._rest.of(person.token).call("POST", path, {})
        if answer.status == 200:
            self._expect("attachment.ticket", person, "ok")
            assert (await self._rest.of(None).call("GET", answer.body["url"])).status == 200
            self._expect("attachment.download", person, "ok")
        else:
            self.expected["attachment.download", person.id, None, "denied"] += 1

    async def export(self, person: Person, _: WireClient) -> None:
        body = {"format": "json"}
        status = (await self._rest.of(person.token).call("POST", f"{self._path}/exports", body)).status
        if status == 202:
            self._expect("export.make", person, "ok")
        else:
            self._expect("rest.call", person, "denied")

    async def refuse_context(self, person: Person, _: WireClient) -> None:
        answer = await self._rest.of(person.token).call("GET", "/api/messaging/history/ordonnance/nobody-s")
        assert answer.body["error"]["code"] == "CONTEXT_ACCESS_DENIED"
        self.expected["history.read", person.id, None, "denied"] += 1

    async def type(self, person: Person, client: WireClient) -> None:
        """No access to anything; refused it is one more stranger at the door."""
        ack = await client.call("typing_start", {"conversationId": self._conversation_id})
        if not ack["ok"]:
            self._expect("socket.event", person, "denied")


@pytest.fixture(scope="module")
def clinic(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """One of our own: what other tests left on its way would stand on the trail of these."""
    with running_clinic(cluster, tmp_path_factory.mktemp("trail")) as running:
        yield running


@pytest.mark.parametrize("seed", range(4))
async def test_the_trail_equals_the_accesses(clinic: Clinic, pair: Pair, stranger: Pair, rest: Rest, seed: int) -> None:
    reader = TrailReader(clinic.owner_url)
    walk = Walk(seed, pair.conversation_id, rest)
    async with aiohttp.ClientSession() as session:
        clients = {}
        for person in (pair.patient, pair.doctor, stranger.patient, stranger.doctor):
            clients[person.id] = WireClient(session, clinic.url, person.token)
            await walk.arrive(person, clients[person.id])
        await walk.put(pair.patient)
        for _ in range(STEPS):
            await walk.step()
        found = await reader.until(walk.expected)
        for client in clients.values():
            await client.close()
    assert found == walk.expected
    stored = reader.rows(
        "SELECT sender_id, count(*) FROM messages WHERE conversation_id = %s GROUP BY 1", pair.conversation_id
    )
    assert dict(stored) == {user: count for user, count in walk.sent.items() if count}


async def test_what_was_noted_is_sealed_within_two_seconds_and_whole(clinic: Clinic, pair: Pair, rest: Rest) -> None:
    reader = TrailReader(clinic.owner_url)
    path = f"/api/messaging/conversations/{pair.conversation_id}/messages"
    await rest.of(pair.patient.token).post(path, {"content": "à sceller"})
    [(message_id, sent_at)] = reader.rows(
        "SELECT id, sent_at FROM messages WHERE conversation_id = %s", pair.conversation_id
    )
    query = "SELECT sealed_at FROM trail_blocks WHERE chain = 'message' AND %s = ANY (keys)"
    found = await reader.poll(lambda: reader.rows(query, message_id), bool)
    assert found and (found[0][0] - sent_at).total_seconds() < 2.0
    assert "The trail is whole." in clinic.command("audit", "verify")


async def test_tampering_is_named_by_the_command(clinic: Clinic, pair: Pair, rest: Rest) -> None:
    reader = TrailReader(clinic.owner_url)
    await rest.of(pair.patient.token).get(f"/api/messaging/conversations/{pair.conversation_id}")
    entry = "SELECT id FROM audit WHERE conversation_id = %s AND action = 'conversation.open'"
    [(entry_id,)] = await reader.poll(lambda: reader.rows(entry, pair.conversation_id), bool)
    sealed = "SELECT number FROM trail_blocks WHERE chain = 'audit' AND up_to_id >= %s LIMIT 1"
    assert await reader.poll(lambda: reader.rows(sealed, entry_id), bool)
    put = "UPDATE audit SET user_id = %s WHERE id = %s RETURNING id"
    reader.rows(put, pair.doctor.id, entry_id)
    with pytest.raises(RuntimeError, match="trail is broken"):
        clinic.command("audit", "verify")
    reader.rows(put, pair.patient.id, entry_id)
    assert "whole" in clinic.command("audit", "verify")


async def test_the_export_has_each_record_once_and_no_content(clinic: Clinic, pair: Pair, rest: Rest) -> None:
    reader = TrailReader(clinic.owner_url)
    path = f"/api/messaging/conversations/{pair.conversation_id}"
    await rest.of(pair.patient.token).post(f"{path}/messages", {"content": "canari-du-journal"})
    await rest.of(pair.doctor.token).get(f"{path}/messages")
    query = "SELECT id FROM audit WHERE conversation_id = %s AND action = 'history.read'"
    [(entry_id,)] = await reader.poll(lambda: reader.rows(query, pair.conversation_id), bool)
    lines, resources = clinic.command("audit", "export"), clinic.command("audit", "export", "--format", "fhir")
    assert "canari" not in lines + resources
    records = [json.loads(line) for line in lines.splitlines()]
    places = [(record["chain"], record["key"]) for record in records]
    assert len(places) == len(set(places))
    mine = [record for record in records if record["conversationId"] == pair.conversation_id]
    assert {(record["chain"], record["action"], record["userId"]) for record in mine} == {
        ("message", "message.stored", pair.patient.id),
        ("audit", "message.send", pair.patient.id),
        ("audit", "history.read", pair.doctor.id),
    }
    [read] = [record for record in mine if record["action"] == "history.read"]
    assert read["sessionId"] == pair.doctor.session_id
    assert read["address"] == "127.0.0.1"
    assert (read["objectType"], read["objectId"], read["role"]) == ("seq", "1-1", "medecin")
    events = [json.loads(line) for line in resources.splitlines()]
    assert f"audit-{entry_id}" in {event["id"] for event in events}
    assert {event["resourceType"] for event in events} == {"AuditEvent"}
