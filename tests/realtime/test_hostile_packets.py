"""Packets that no stock client sends end the connection, cost little, and leave nothing: facts 7, 8, 9, 11; promises 7, 13."""

import json
import logging
import zlib

import aiohttp
import pytest

from controllers.messages_en import SENTENCES
from tests.realtime.conftest import Serve
from tests.realtime.served import until

BOMBS = [
    '451-["echo",{"_placeholder":true,"num":0}]', "461-1[]", "4521-[]", '4299-["echo"]',
    "42" + "[" * 30_000, "42[NaN,{}]", '42["echo"', '42["echo"}', '42["\\x",NaN]', '42/x,["echo",NaN]', '40{"token":NaN}',
    "42" + "9" * 16 + '["echo",NaN]',
    '42{"echo":1}', '42"echo"', "42", "42[]", "42[", "4", "4x", "47", "4²", "42" + "9" * 30 + '["echo",{}]',
    "9", "x", "2", "5", "6", "0", "bAAAA", "2probe",
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS, ids=range(len(BOMBS)))
async def test_the_connection_ends_over_websocket_and_polling(serve: Serve, bomb: str) -> None:
    served = await serve()
    client = await served.client()
    await client.send(bomb)
    assert await client.ended() == []
    poller = await served.polling()
    await poller.connect()
    await poller.post(bomb)
    await until(lambda: not served.realtime._engine.sockets)
    assert served.toy.log == []
    assert served.realtime.socket_count() == 0
    assert len(served.toy.seen.disconnects) == 2


BAD_JSON = [
    ('"echo",{"a":NaN}]', "echo", "bad_json"), ('"echo",{"a":1e999}]', "echo", "bad_json"),
    ('"echo",{"a":' + "9" * 5000 + "}]", "echo", "bad_json"), ('"echo",{"a":1', "echo", "bad_json"),
    ('"echo",{"a":"\n"}]', "echo", "bad_json"), (' "\\u0065cho" ,]', "echo", "bad_json"),
    ('"a\\"[]",Infinity]', 'a"[]', None),
    ('"echo",' + '{"a":' * 40 + "1" + "}" * 40 + "]", "echo", "too_deep"), ('"echo",' + "[" * 9_000, "echo", "too_deep"),
    ('"echo",' + "[" * 30_000, "echo", "too_wide"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "event", "key"), BAD_JSON, ids=range(len(BAD_JSON)))
async def test_an_event_whose_data_are_no_json_is_answered(
    serve: Serve, said: str, event: str, key: str | None
) -> None:
    """The contract's answer to bad input: the connection goes on, and what else is asked of it is not lost."""
    served = await serve()
    code, told = ("VALIDATION_FAILED", {"_": SENTENCES[key]}) if key else ("UNKNOWN_EVENT", None)
    client = await served.client()
    await client.send(f"427[{said}")
    head, (ack,) = await client.packet()
    assert (head, ack["ok"], ack["error"]["code"], ack["error"].get("fields")) == ("437", False, code, told)
    await client.send(f"42/,[{said}")
    head, (name, error) = await client.packet()
    assert (head, name, error["event"], error["code"]) == ("42", "error", event, code)
    assert (await client.call("echo", {"n": 1}))["ok"] is True
    poller = await served.polling()
    await poller.connect()
    await poller.post(f"427[{said}", '428["echo",{"n":2}]')
    acks = await poller.get()
    assert [ack.partition("[")[0] for ack in acks] == ["437", "438"]
    assert served.toy.log == ["echo 1", "echo 2"]
    assert served.toy.seen.cuts == []


async def test_binary_messages_end_the_connection(serve: Serve) -> None:
    """Fact 7: the library keeps attachments without bound."""
    served = await serve()
    client = await served.client()
    await client.socket.send_bytes(b"\x04abc")
    assert await client.ended() == []
    assert served.toy.seen.cuts == ["binary"]


async def test_empty_frames_leave_no_zombie(serve: Serve) -> None:
    served = await serve()
    client = await served.client()
    await client.send("")
    assert await client.ended() == []
    await until(lambda: served.realtime.socket_count() == 0)


@pytest.mark.parametrize("fragments", [1, 200])
async def test_frames_over_the_limit_end_the_connection(serve: Serve, fragments: int) -> None:
    served = await serve(max_frame_bytes=10_000)
    client = await served.client()
    whole = '42["echo",{"n":"' + "x" * 9_980 + '"}]'
    assert len(whole) > 9_998
    await client.send('42["echo",{"n":"' + "x" * 9_000 + '"}]')
    assert (await client.call("echo", {}))["ok"] is True
    if fragments == 1:
        await client.send(whole + " " * 10)
    else:
        writer = client.socket._writer
        for number in range(fragments):
            head = bytes((0x01 if number == 0 else 0x00, 0x80 | 100)) + bytes(4)
            writer.transport.write(head + b"4" * 100)
    await client.ended()
    await until(lambda: served.realtime.socket_count() == 0)


async def test_who_sent_too_long_a_frame_reads_why_in_the_close(serve: Serve) -> None:
    """A browser shows code and reason in its CloseEvent."""
    served = await serve(max_frame_bytes=10_000)
    client = await served.client()
    await client.send("4" * 10_001)
    message = await client.socket.receive()
    assert (message.type, message.data, message.extra) == (aiohttp.WSMsgType.CLOSE, 1009, "PAYLOAD_TOO_LARGE")


async def test_polling_bodies_are_bounded_in_all_forms(serve: Serve) -> None:
    served = await serve(max_frame_bytes=10_000)

    async def unsized() -> object:
        for _ in range(200):
            yield b"3" * 1000

    for body, headers, status in (
        (b"3" * 10_001, {}, 413),
        (unsized(), {}, 413),
        (zlib.compress(b"3" * 5_000_000), {"Content-Encoding": "deflate"}, 400),
        (b"4\xff\xfe", {}, 400),
    ):
        poller = await served.polling()
        await poller.connect()
        try:
            async with served.http.post(poller.url, data=body, headers=headers) as response:
                assert response.status == status
        except aiohttp.ClientError:
            assert status == 413  # the server may hang up on a body that goes on
        await until(lambda: not served.realtime._engine.sockets)


async def test_thirty_packets_in_one_polling_request_are_all_answered(serve: Serve) -> None:
    """Fact 8: the library drops more than 16 with "200 OK"."""
    served = await serve()
    poller = await served.polling()
    await poller.connect()
    assert await poller.post(*(f'42{number}["echo",{{"n":{number}}}]' for number in range(40))) == 200
    acks: list[str] = []
    while len(acks) < 40:
        acks += await poller.get()
    assert [ack.partition("[")[0] for ack in acks] == [f"43{number}" for number in range(40)]


async def test_no_compression_is_agreed_on(serve: Serve) -> None:
    """Fact 9: the library's driver agrees, at 100 kB a connection."""
    served = await serve()
    wire = await served.websocket(compress=15)
    assert not wire.socket.compress


async def test_jsonp_and_odd_requests_are_refused(serve: Serve) -> None:
    served = await serve()
    for query in ("&transport=polling&j=0", "&transport=polling&j=x", "&transport=flash", "&transport=websocket",
                  "&transport=polling&sid=guess", "&transport=websocket&sid=guess"):  # fmt: skip
        async with served.http.get(served.url + query) as response:
            assert response.status == 400
    async with served.http.get(f"{served.origin}/socket.io/?EIO=3&transport=polling") as response:
        assert response.status == 400
    async with served.http.put(served.url) as response:
        assert response.status == 405
    assert not served.realtime._engine.sockets


ORIGINS = [
    ("http://127.0.0.1:{port}", {}, True),
    ("https://app.example.org", {}, True),
    ("https://evil.example", {}, False),
    ("null", {}, False),
    ("http://127.0.0.1", {}, False),
    ("https://evil.example", {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}, False),
    ("https://evil.example", {"Forwarded": "host=evil.example"}, False),
]


@pytest.mark.parametrize(("origin", "headers", "allowed"), ORIGINS)
async def test_only_known_origins_may_connect(
    serve: Serve, origin: str, headers: dict[str, str], allowed: bool
) -> None:
    """Fact 11: the library's default believes X-Forwarded-Host, and an empty list turns the check off."""
    served = await serve()
    sent = {"Origin": origin.format(port=served.port), **headers}
    async with served.http.get(f"{served.url}&transport=polling", headers=sent) as response:
        assert response.status == (200 if allowed else 400)
        assert response.headers.get("Access-Control-Allow-Origin") == (sent["Origin"] if allowed else None)
        assert "Set-Cookie" not in response.headers
    if allowed:
        await served.websocket(headers=sent)
    else:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await served.websocket(headers=sent)


async def test_nothing_that_was_said_is_logged(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """Fact 11: the library's loggers print bodies at INFO."""
    caplog.set_level(logging.INFO)
    served = await serve()
    packet = '421["echo",{"n":"canary-content"}]'
    client = await served.client()
    await client.send(packet)
    await client.raw()
    poller = await served.polling()
    await poller.connect()
    await poller.post(packet)
    served.realtime.to_user(1, "new_message", {"content": "canary-content"})
    await poller.post("42canary-content", json.dumps({"token": "canary-content"}))
    async with served.http.get(f"{served.url}&transport=polling&sid=canary-content") as response:
        assert response.status == 400
    assert "canary-content" not in caplog.text
