"""python-socketio's client as it comes: all transports, buffered sends, coming back by itself."""

import asyncio
from typing import Any

import pytest
import socketio

from services.errors import Unavailable
from tests.realtime.conftest import Serve
from tests.realtime.served import until

TRANSPORTS = [["websocket"], ["polling"], ["polling", "websocket"]]


@pytest.mark.parametrize("transports", TRANSPORTS, ids="+".join)
async def test_thirty_sends_at_once_are_all_acked(serve: Serve, transports: list[str]) -> None:
    """Fact 8, on each way to connect."""
    served = await serve()
    client = socketio.AsyncClient()
    acks: list[Any] = []
    greeted: list[Any] = []
    client.on("connection_established", greeted.append)
    await client.connect(served.origin, auth={"token": "user:1"}, transports=transports)
    for number in range(30):
        await client.emit("send_message", {"conversationId": 1, "n": number}, callback=acks.append)
    await until(lambda: len(acks) == 30)
    assert [ack["n"] for ack in acks] == list(range(30))
    assert greeted == [{"userId": 1}]
    assert client.transport() == transports[-1]
    await client.disconnect()
    await until(lambda: served.realtime.socket_count() == 0)


async def test_a_refusal_is_told_as_a_connect_error(serve: Serve) -> None:
    served = await serve()
    client = socketio.AsyncClient(reconnection=False)
    refusals: list[Any] = []
    client.on("connect_error", refusals.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(served.origin, auth={"token": "forged"}, transports=["websocket"])
    await until(lambda: refusals)
    assert refusals[0]["message"] == "AUTH_REQUIRED"
    await client.shutdown()


async def test_the_client_comes_back_after_a_restart_and_after_temporary_trouble(serve: Serve) -> None:
    """Facts 12, 14."""
    served = await serve()
    client = socketio.AsyncClient(reconnection_delay=0.1, reconnection_delay_max=0.1)
    await client.connect(served.origin, auth={"token": "user:1"}, transports=["websocket"])
    served.expire(served.realtime.sockets_of(1)[0])
    await until(lambda: len(served.toy.seen.connects) == 2 and client.connected)
    served.toy.admission.fail_next += [Unavailable(), RuntimeError("odd")]
    served.expire(served.realtime.sockets_of(1)[0])
    await until(lambda: len(served.toy.seen.connects) == 3 and client.connected)
    assert served.toy.admission.fail_next == []
    await client.shutdown()
    await asyncio.sleep(0)
