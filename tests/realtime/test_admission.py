"""From the first byte to an accepted token: facts 4, 10, 13 and 14."""

import asyncio
import json

import pytest

from services.errors import Unavailable
from tests.realtime.conftest import Serve
from tests.realtime.served import Served, until

ODD_AUTH = [
    "",
    "null",
    "[]",
    '"x"',
    "{}",
    '{"token":null}',
    '{"token":1}',
    '{"token":""}',
    '{"token":["user:1"]}',
    json.dumps({"token": "user:1" + "x" * 9000}),
    '{"token":"forged"}',
    '{"Token":"user:1"}',
]


async def test_an_accepted_socket_is_greeted_first_and_is_in_its_own_room(serve: Serve) -> None:
    served = await serve()
    client = await served.client("user:7")
    assert served.realtime.members("user_7") == {client.sid}
    assert [it.user_id for it in served.realtime.principals()] == [7]
    assert served.toy.seen.connects == [client.sid]
    assert served.realtime.room_count() == 0


@pytest.mark.parametrize("auth", ODD_AUTH)
async def test_odd_tokens_are_refused_with_one_answer(serve: Serve, auth: str) -> None:
    """Fact 4: any exception but the library's own leaves a zombie in the rooms."""
    served = await serve(farewell=0.2)
    wire = await served.websocket()
    await wire.send("40" + auth)
    head, data = await wire.packet()
    assert head == "44"
    assert data["message"] == data["data"]["code"] == "AUTH_REQUIRED"
    assert set(data["data"]) == {"code", "message", "requestId"}
    assert served.realtime.socket_count() == 0
    assert await wire.ended() == []
    await until(lambda: not _transports(served))


async def test_an_ended_session_is_refused_in_the_language_asked_for(serve: Serve) -> None:
    served = await serve()
    wire = await served.websocket()
    await wire.send('40{"token":"gone","language":"fr"}')
    _, data = await wire.packet()
    assert data["message"] == "SESSION_EXPIRED"
    assert "session" in data["data"]["message"]
    assert served.toy.admission.origins[0].language == "fr"


@pytest.mark.parametrize(
    "error", [Unavailable(), RuntimeError("canary"), TypeError("canary"), asyncio.CancelledError()]
)
async def test_temporary_trouble_closes_the_transport_without_an_answer(serve: Serve, error: BaseException) -> None:
    """Facts 4, 14: after a connect_error the stock client gives up; after the end of the transport it comes back."""
    served = await serve()
    served.toy.admission.fail_next.append(error)
    wire = await served.websocket()
    await wire.send('40{"token":"user:1"}')
    assert await wire.ended() == []
    await until(lambda: not _transports(served))
    await served.client()


async def test_a_socket_that_does_not_authenticate_is_closed(serve: Serve) -> None:
    """Fact 4: nothing of the library ever closes it."""
    served = await serve(auth_timeout=0.2)
    idle, slow = await served.websocket(), await served.websocket()
    await slow.send('40{"token":"slow"}')
    assert await idle.ended() == []
    assert await slow.ended() == []
    poller = await served.polling()
    await until(lambda: not _transports(served))
    assert await poller.post("3") == 400
    assert served.toy.seen.connects == []


async def test_the_time_for_a_token_can_be_switched_off(serve: Serve) -> None:
    served = await serve(auth_timeout=0, ping_interval=0.1)
    wire = await served.websocket()
    assert (await wire.socket.receive()).data == "2"


async def test_nothing_reaches_a_socket_before_its_token_is_accepted(serve: Serve) -> None:
    served = await serve()
    wire = await served.websocket()
    await wire.send('40{"token":"slow"}')
    await until(lambda: served.toy.admission.origins)
    served.realtime.to_user(1, "secret", {})
    served.realtime.to_room("user_1", "secret", {})
    served.toy.admission.held.set()
    assert (await wire.packet())[0] == "40"
    assert await wire.packet() == ("42", ["connection_established", {"userId": 1}])


async def test_a_session_ended_during_its_admission_does_not_come_in(serve: Serve) -> None:
    served = await serve()
    wire = await served.websocket()
    await wire.send('40{"token":"slow"}')
    await until(lambda: served.toy.admission.origins)
    served.realtime.end_sessions(1, None, "SESSION_EXPIRED")
    served.toy.admission.held.set()
    assert await wire.ended() == []
    assert served.realtime.socket_count() == 0


@pytest.mark.parametrize("packet", ['42["echo",{}]', "41", "431[]", '42/admin,["echo",{}]', '44{"message":"x"}'])
async def test_packets_before_the_token_end_the_connection(serve: Serve, packet: str) -> None:
    served = await serve()
    wire = await served.websocket()
    await wire.send(packet)
    assert await wire.ended() == []
    assert served.toy.log == []


async def test_a_second_connect_ends_the_connection(serve: Serve) -> None:
    served = await serve()
    client = await served.client()
    await client.send('40{"token":"user:2"}')
    assert await client.ended() == []
    await until(lambda: served.realtime.socket_count() == 0)
    twice = await served.websocket()
    await twice.send('40{"token":"slow"}')
    await twice.send('40{"token":"user:2"}')
    assert await twice.ended() == []


async def test_other_namespaces_are_refused_and_leave_nothing(serve: Serve) -> None:
    served = await serve()
    client = await served.client()
    await client.send('40/admin,{"token":"user:1"}')
    assert await client.raw() == '44/admin,{"message":"Invalid namespace"}'
    assert (await client.call("echo", {}))["ok"] is True
    assert served.realtime.socket_count() == 1


async def test_after_a_disconnect_packet_a_transport_may_connect_again(serve: Serve) -> None:
    served = await serve()
    client = await served.client()
    await client.send("41")
    await until(lambda: served.realtime.socket_count() == 0)
    await client.connect("user:2")
    assert [it.user_id for it in served.realtime.principals()] == [2]


async def test_the_address_is_the_clients(serve: Serve) -> None:
    """Fact 10: the library says 127.0.0.1 whoever calls."""
    served = await serve()
    wire = await served.websocket(headers={"X-Forwarded-For": "203.0.113.9", "User-Agent": "Phone"})
    await wire.connect("user:1")
    origin = served.toy.admission.origins[0]
    assert (origin.address, origin.device) == ("203.0.113.9", "Phone")


async def test_entering_with_a_sid_that_has_gone_is_no_error(serve: Serve) -> None:
    """Fact 13: in the library it is a KeyError."""
    served = await serve()
    client = await served.client()
    await client.socket.close()
    await until(lambda: served.realtime.socket_count() == 0)
    realtime = served.realtime
    assert realtime.enter(client.sid, "conversation_1") is False
    assert realtime.leave(client.sid, "conversation_1") is False
    realtime.end_socket(client.sid, "SESSION_EXPIRED")
    realtime.to_socket(client.sid, "x", {})
    assert realtime.members("conversation_1") == frozenset()


async def test_a_sid_is_no_room(serve: Serve) -> None:
    """Fact 18: in the library an event for a room named like a sid reaches that socket."""
    served = await serve()
    client = await served.client()
    served.realtime.to_room(client.sid, "secret", {})
    assert (await client.call("echo", {}))["ok"] is True


async def test_too_many_transports_are_answered_503(serve: Serve) -> None:
    served = await serve(max_transports=1)
    client = await served.client()
    async with served.http.get(f"{served.url}&transport=polling") as response:
        assert response.status == 503
    assert (await client.call("echo", {}))["ok"] is True


def _transports(served: Served) -> object:
    return served.realtime._engine.sockets
