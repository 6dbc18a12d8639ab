"""Each event gets exactly one reply, in the order of things: facts 1, 2, 3 and 5."""

import asyncio
import json
from typing import Any

import pytest

from tests.realtime.conftest import Serve
from tests.realtime.served import until

# Frames of a WebSocket itself, masked and empty.
PING, PONG = b"\x89\x80\0\0\0\0", b"\x8a\x80\0\0\0\0"


@pytest.mark.parametrize(
    ("how", "code"), [("timeout", "UNAVAILABLE"), ("domain", "NOT_FOUND"), ("base", "INTERNAL"), ("error", "INTERNAL")]
)
async def test_a_handler_that_raises_still_answers(
    serve: Serve, how: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Facts 1, 2: the library acks a statement timeout like a success, and other errors not at all."""
    served = await serve()
    client = await served.client()
    answer = await client.call("fail", {"how": how})
    assert answer["ok"] is False
    assert answer["error"]["code"] == code
    assert "canary-content" not in json.dumps(answer)
    assert (await client.call("echo", {"n": 1}))["ok"] is True
    shown = capsys.readouterr()
    assert "canary-content" not in shown.out + shown.err


async def test_without_an_ack_a_failure_is_told_by_the_event_error(serve: Serve) -> None:
    served = await serve()
    client = await served.client()
    await client.emit("fail", {"how": "domain", "conversationId": 3}, ack=False)
    head, data = await client.packet()
    assert (head, data[0]) == ("42", "error")
    assert data[1].pop("message")
    assert data[1] == {"code": "NOT_FOUND", "event": "fail", "conversationId": 3}
    await client.emit("echo", {"n": 2}, ack=False)
    assert (await client.call("echo", {"n": 3}))["data"] == {"n": 3}
    assert served.toy.log == ["echo 2", "echo 3"]


FORGED = [
    "connect",
    "disconnect",
    "connect_error",
    "disconnecting",
    "newListener",
    "removeListener",
    "*",
    "__event",
    "",
]


@pytest.mark.parametrize("name", FORGED)
async def test_reserved_and_unknown_names_run_nothing(serve: Serve, name: str) -> None:
    """Fact 3: a client's event `connect` runs the library's connect handler with forged arguments."""
    served = await serve()
    client = await served.client()
    forged: list[list[Any]] = [[], [{}], ["user:9", {"token": "user:9"}]]
    for args in forged:
        answer = await client.call(name, *args)
        assert answer["error"]["code"] == "UNKNOWN_EVENT"
    assert [it.user_id for it in served.realtime.principals()] == [1]
    assert len(served.toy.seen.connects) == 1
    assert served.toy.seen.disconnects == []


@pytest.mark.parametrize("name", [1, None, ["echo"], {"echo": 1}, True, 1.5])
async def test_names_that_are_no_strings_are_refused(serve: Serve, name: Any) -> None:
    served = await serve()
    client = await served.client()
    assert (await client.call(name, {}))["error"]["code"] == "VALIDATION_FAILED"
    await client.emit(name, {}, ack=False)
    _, data = await client.packet()
    assert data[1]["code"] == "VALIDATION_FAILED"


@pytest.mark.parametrize("args", [[], [{}, {}], [None], [1], ["x"], [[]], [True], [{"unknown": 1}], [{"text": 5}]])
async def test_wrong_arguments_are_answered(serve: Serve, args: list[Any]) -> None:
    """Fact 2: in the library a wrong number of arguments is never answered."""
    served = await serve()
    client = await served.client()
    answer = await client.call("strict", *args)
    assert answer["error"]["code"] == "VALIDATION_FAILED"
    assert answer["error"]["fields"]


async def test_what_a_refusal_echoes_may_be_odd(serve: Serve) -> None:
    """A lone surrogate and a huge number are no reason to stay silent."""
    served = await serve()
    client = await served.client()
    await client.send('42["\\ud800",{"conversationId":123456789012345678901234567890}]')
    _, data = await client.packet()
    assert data[1]["conversationId"] == 123456789012345678901234567890
    await client.send('427["strict",{"\\ud800":1}]')
    assert (await client.packet())[0] == "437"


async def test_events_run_in_the_order_in_which_they_came(serve: Serve) -> None:
    """Fact 5: with the library's default 150 of 300 are inverted."""
    served = await serve(event_rate=1000)
    client = await served.client()
    for number in range(250):
        await client.emit("echo", {"n": number})
    heads = [(await client.packet())[0] for _ in range(250)]
    assert heads == [f"43{number}" for number in range(1, 251)]
    assert served.toy.log == [f"echo {number}" for number in range(250)]


async def test_a_handler_at_work_does_not_block_pings(serve: Serve) -> None:
    """Fact 5: without the library's tasks its reader waits for the handler, and the connection dies of silence."""
    served = await serve(ping_interval=0.1, ping_timeout=0.2)
    served.toy.gate.clear()
    client = await served.client()
    expected = await client.emit("hold", {})
    asyncio.get_running_loop().call_later(0.6, served.toy.gate.set)
    assert (await client.packet())[0] == expected


async def test_sends_are_queued_together_and_later_events_on_the_conversation_wait(serve: Serve) -> None:
    served = await serve()
    served.toy.gate.clear()
    client = await served.client()
    for number in (1, 2, 3):
        await client.emit("send_message", {"conversationId": 5, "n": number})
    other = await client.emit("mark", {"conversationId": 6})
    assert (await client.packet())[0] == other
    await client.emit("mark", {"conversationId": 5})
    await client.emit("echo", {"conversationId": 6, "n": 9})
    # What follows a waiting event waits with it: order first.
    assert served.toy.log == ["queued 1", "queued 2", "queued 3", "mark"]
    served.toy.gate.set()
    heads = {(await client.packet())[0] for _ in range(5)}
    assert heads == {"431", "432", "433", "435", "436"}
    assert served.toy.log[4:] == ["stored 1", "stored 2", "stored 3", "mark", "echo 9"]


async def test_sync_waits_for_all_sends(serve: Serve) -> None:
    served = await serve()
    served.toy.gate.clear()
    client = await served.client()
    await client.emit("send_message", {"conversationId": 5, "n": 1})
    await client.emit("sync", {"positions": {}})
    await until(lambda: served.toy.log == ["queued 1"])
    served.toy.gate.set()
    await client.packet()
    await client.packet()
    assert served.toy.log == ["queued 1", "stored 1", "mark"]


async def test_what_is_told_comes_before_the_ack(serve: Serve) -> None:
    served = await serve()
    client = await served.client()
    await client.emit("join", {"conversationId": 4})
    assert await client.packet() == ("42", ["room_joined", {"conversationId": 4}])
    assert await client.packet() == ("431", [{"ok": True}])
    assert served.realtime.is_in(client.sid, "conversation_4")


async def test_too_many_events_are_refused_one_by_one(serve: Serve) -> None:
    served = await serve(event_rate=5)
    client = await served.client()
    answers = [await client.call("echo", {"n": number}) for number in range(12)]
    assert [answer["ok"] for answer in answers[:10]] == [True] * 10
    assert answers[11]["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert 0 < answers[11]["error"]["retryAfter"] <= 0.3


async def test_a_flood_ends_the_connection(serve: Serve) -> None:
    served = await serve(event_rate=5)
    client = await served.client()
    for _ in range(400):
        await client.send("3")
    await client.ended()
    assert "flood" in served.toy.seen.cuts


@pytest.mark.parametrize("frame", [PING, PONG])
@pytest.mark.parametrize("token", ["user:1", None])
async def test_a_flood_of_a_websocket_s_own_pings_ends_it_too(serve: Serve, token: str | None, frame: bytes) -> None:
    """They are no packets: forty thousand fit into what is read at once, and each costs the loop as much as an answer."""
    served = await serve(event_rate=5)
    client = await (served.websocket() if token is None else served.client(token))
    client.write(frame * 40_000)
    await client.ended()
    assert served.toy.seen.cuts == ["flood"]


async def test_a_few_pings_of_the_websocket_are_answered(serve: Serve) -> None:
    served = await serve(event_rate=5)
    client = await served.client()
    client.write(PING * 50)
    assert (await client.call("echo", {"n": 1}))["ok"] is True
    assert served.toy.seen.cuts == []


async def test_a_full_queue_refuses_and_loses_nothing(serve: Serve) -> None:
    served = await serve(max_waiting_events=3, event_rate=0)
    served.toy.gate.clear()
    client = await served.client()
    await client.emit("hold", {})
    await until(lambda: served.toy.log == ["hold"])
    for number in range(5):
        await client.emit("echo", {"n": number})
    refused = [await client.packet() for _ in range(2)]
    assert [data[0]["error"]["code"] for _, data in refused] == ["RATE_LIMIT_EXCEEDED"] * 2
    served.toy.gate.set()
    assert [(await client.packet())[0] for _ in range(4)] == ["431", "432", "433", "434"]


async def test_who_waited_too_long_is_told_instead_of_served(serve: Serve) -> None:
    served = await serve(patience=0.1)
    served.toy.gate.clear()
    client = await served.client()
    await client.emit("hold", {})
    await client.emit("echo", {"n": 1})
    asyncio.get_running_loop().call_later(0.2, served.toy.gate.set)
    assert (await client.packet())[1] == [{"ok": True}]
    assert (await client.packet())[1][0]["error"]["code"] == "UNAVAILABLE"
    assert served.toy.log == ["hold"]


async def test_acks_nobody_asked_for_are_ignored(serve: Serve) -> None:
    served = await serve()
    client = await served.client()
    for ack in ("431[]", "430", '4399["x"]', "43"):
        await client.send(ack)
    assert (await client.call("echo", {}))["ok"] is True


async def test_two_connections_get_their_own_answers(serve: Serve) -> None:
    served = await serve()
    one, two = await served.client("user:1"), await served.client("user:2")
    assert (await one.call("echo", {"n": "one"}))["data"] == {"n": "one"}
    assert (await two.call("echo", {"n": "two"}))["data"] == {"n": "two"}
