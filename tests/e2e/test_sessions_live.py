"""Rights end on open sockets too: expired, renewed, revoked, too many."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.support.clients import POLLING_THEN_WEBSOCKET, WEBSOCKET, JsHost
from tests.support.clinic import Clinic, Pair, Person, running_clinic
from tests.support.flows import accepted, joined, refused, say
from tests.support.postgres import DatabaseServer
from tests.support.rest import Rest

WAYS = [POLLING_THEN_WEBSOCKET, WEBSOCKET]


@pytest.mark.parametrize("options", WAYS)
async def test_at_the_end_of_its_token_a_client_returns_through_its_auth_callback(
    clinic: Clinic, js: JsHost, pair: Pair, options: dict[str, object]
) -> None:
    short = clinic.token(pair.patient, lives=3)
    client = await js.connected(clinic.url, [short, pair.patient.token], options=options)
    assert await client.event("session_expired") == {"code": "SESSION_EXPIRED"}
    lost = await client.happened("disconnect")
    assert lost.data["active"] is True
    client.forget()
    await client.event("connection_established")
    await say(client, pair.conversation_id, "with a new token")


async def test_a_warning_comes_before_the_end_and_a_new_token_keeps_the_connection(
    clinic: Clinic, js: JsHost, pair: Pair
) -> None:
    client = await js.connected(clinic.url, clinic.token(pair.patient, lives=3), options=WEBSOCKET)
    warned = await client.event("token_expiring")
    assert 0 <= warned["expiresIn"] <= 60
    ack = accepted(await client.ask("refresh_token", {"token": clinic.token(pair.patient, lives=6)}))
    assert 4 <= ack["expiresIn"] <= 6
    client.forget()
    end = await client.event("session_expired")
    assert end == {"code": "SESSION_EXPIRED"}
    assert not [seen for seen in client.seen if seen.kind == "connect"], "the first end cut the connection"


async def test_a_token_of_somebody_else_renews_nothing(clinic: Clinic, js: JsHost, pair: Pair) -> None:
    client = await js.connected(clinic.url, pair.patient.token)
    assert refused(await client.ask("refresh_token", {"token": pair.doctor.token})) == "AUTH_REQUIRED"
    assert (await say(client, pair.conversation_id, "still me"))["senderId"] == pair.patient.id


async def test_an_expired_token_is_told_so_once_and_for_all(clinic: Clinic, js: JsHost, pair: Pair) -> None:
    client = await js.open(clinic.url, clinic.token(pair.patient, lives=-5))
    told = await client.happened("connect_error")
    assert told.name == "SESSION_EXPIRED"
    assert told.data["active"] is False
    assert told.data["data"]["code"] == "SESSION_EXPIRED"


@pytest.mark.parametrize("options", WAYS)
async def test_a_revoked_session_is_disconnected_within_a_second_and_does_not_return(
    clinic: Clinic, js: JsHost, rest: Rest, options: dict[str, object]
) -> None:
    person = clinic.person("karim")
    client = await js.connected(clinic.url, person.token, options=options)
    other = await js.connected(clinic.url, clinic.person("karim").token)
    await rest.of(person.token).delete(f"/api/auth/sessions/{person.session_id}")
    lost = await client.happened("disconnect", patience=1)
    assert lost.name == "io server disconnect"
    assert lost.data["active"] is False
    assert client.all("session_expired") == [{"code": "SESSION_EXPIRED"}]
    again = await js.open(clinic.url, person.token)
    assert (await again.happened("connect_error")).name == "SESSION_EXPIRED"
    assert (await rest.of(person.token).call("GET", "/api/auth/me")).status == 401
    accepted(await other.ask("sync", {"positions": {}}))


async def test_an_ended_care_link_silences_the_conversation_at_once(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair
) -> None:
    admin, patient, doctor, conversation_id = clinic.person("admin"), pair.patient, pair.doctor, pair.conversation_id
    client = await js.connected(clinic.url, patient.token)
    await joined(client, conversation_id)
    await say(client, conversation_id, "while it lasts")
    accepted(await client.ask("typing_start", {"conversationId": conversation_id}))
    by = rest.of(admin.token)
    links = await by.get("/api/admin/care-links", patientId=patient.id, doctorId=doctor.id)
    await by.delete(f"/api/admin/care-links/{links['items'][0]['id']}")
    assert refused(await client.ask("typing_start", {"conversationId": conversation_id})) == "FORBIDDEN"
    changed = await client.event("conversation_updated", lambda data: not data["conversation"]["canReply"], patience=1)
    assert changed["conversation"]["canReplyReason"] == "link_ended"
    body = {"conversationId": conversation_id, "content": "too late"}
    assert refused(await client.ask("send_message", body)) == "FORBIDDEN"
    history = await rest.of(patient.token).get(f"/api/messaging/conversations/{conversation_id}/messages")
    assert history["items"][-1]["content"] == "while it lasts"


@pytest.fixture(scope="module")
def narrow_clinic(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with running_clinic(cluster, tmp_path_factory.mktemp("narrow"), MAX_SOCKETS_PER_USER="2") as running:
        yield running


async def test_one_socket_too_many_closes_the_oldest(narrow_clinic: Clinic, js: JsHost) -> None:
    person = narrow_clinic.pairs(1)[0].patient
    sockets = [await js.connected(narrow_clinic.url, person.token) for _ in range(3)]
    assert await sockets[0].event("session_expired") == {"code": "TOO_MANY_SOCKETS"}
    await sockets[0].happened("disconnect")
    for socket in sockets[1:]:
        accepted(await socket.ask("sync", {"positions": {}}))
        assert socket.all("session_expired") == []


async def test_administrators_see_the_connections_and_nobody_else_does(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair
) -> None:
    admin: Person = clinic.person("admin")
    watcher = await js.connected(clinic.url, admin.token)
    first = accepted(await watcher.ask("connection_stats", {"subscribe": True}))["stats"]
    assert first["nodes"] == 1
    phone, desk = [await js.connected(clinic.url, pair.patient.token) for _ in range(2)]
    twice = await watcher.event(
        "connection_stats", lambda data: data["stats"]["connectionDetails"].get(str(pair.patient.id)) == 2
    )
    assert twice["stats"]["multipleConnections"] >= 1
    assert await rest.of(admin.token).get("/api/messaging/stats") == twice["stats"]
    await asyncio.gather(phone.close(), desk.close())
    # Not by the sum: those of the test before may still have been in it at first.
    await watcher.event("connection_stats", lambda data: str(pair.patient.id) not in data["stats"]["connectionDetails"])
    mine = await js.connected(clinic.url, pair.patient.token)
    assert refused(await mine.ask("connection_stats", {})) == "FORBIDDEN"
    assert (await rest.of(pair.patient.token).call("GET", "/api/messaging/stats")).status == 403
