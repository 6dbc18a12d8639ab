"""A client that does not read is cut, at little cost: fact 6, promise 12."""

import asyncio
import json
import resource
import socket as sockets
import struct
import time

from tests.realtime.conftest import Serve
from tests.realtime.served import Served, until


async def test_a_websocket_that_is_not_read_is_cut(serve: Serve) -> None:
    """Fact 6: the library's queue grows by 180 MB in 20 s, as pings are still answered."""
    served = await serve(ping_interval=0.5)
    reader, writer = await _raw_client(served)
    healthy = await served.client("user:2")
    answering = asyncio.create_task(_answer_pings(writer))
    await until(lambda: served.realtime.socket_count() == 2)
    before = _memory()
    started = time.monotonic()
    payload = {"content": "x" * 8_000}
    sent = 0
    while served.realtime.socket_count() == 2:
        assert time.monotonic() - started < 5
        for _ in range(20):
            served.realtime.to_user(1, "new_message", payload)
            sent += 1
        await asyncio.sleep(0)
    assert served.toy.seen.cuts == ["slow"]
    # What the kernel takes for a socket that nobody reads is not ours; the rest is a megabyte.
    assert _memory() - before < 4_000_000
    assert (await healthy.call("echo", {"n": 1}))["ok"] is True
    answering.cancel()
    writer.close()
    del reader


async def test_a_polling_client_that_does_not_poll_is_cut_by_number_and_by_size(serve: Serve) -> None:
    served = await serve(max_queue_packets=10, max_queue_bytes=50_000)
    for payload, most in (({}, 12), ({"content": "x" * 20_000}, 4)):
        poller = await served.polling()
        await poller.connect()
        sent = 0
        while served.realtime.socket_count():
            served.realtime.to_user(1, "new_message", payload)
            sent += 1
            assert sent < most
            await asyncio.sleep(0)
    assert served.toy.seen.cuts == ["slow", "slow"]


async def test_a_burst_to_a_client_that_reads_is_no_offence(serve: Serve) -> None:
    served = await serve()
    client = await served.client()
    for number in range(1_000):
        served.realtime.to_user(1, "new_message", {"n": number})
    got = [(await client.packet())[1][1]["n"] for _ in range(1_000)]
    assert got == list(range(1_000))


async def test_frames_of_all_lengths_arrive_whole(serve: Serve) -> None:
    served = await serve()
    client = await served.client()
    for size in (0, 60, 80, 100, 125, 126, 127, 1_000, 65_400, 65_535, 65_536, 200_000):
        served.realtime.to_socket(client.sid, "new_message", {"content": "é" * size})
        assert await client.packet() == ("42", ["new_message", {"content": "é" * size}])


async def test_telling_reaches_whom_it_is_for_and_nobody_else(serve: Serve) -> None:
    served = await serve()
    realtime = served.realtime
    inside, other_tab, stranger = [await served.client(token) for token in ("user:1", "user:1", "user:2")]
    realtime.enter(inside.sid, "conversation_1")
    realtime.enter(stranger.sid, "conversation_2")
    realtime.to_room("conversation_1", "room", {})
    realtime.to_user(1, "outside", {}, outside="conversation_1")
    realtime.enter(other_tab.sid, "conversation_1")
    realtime.to_room("conversation_1", "skipped", {}, skip=inside.sid)
    realtime.to_room("conversation_1", "broken", {"odd": object()})
    for client, expected in ((inside, ["room"]), (other_tab, ["outside", "skipped"]), (stranger, [])):
        await client.emit("echo", {})
        got = []
        while (packet := await client.packet())[0] == "42":
            got.append(packet[1][0])
        assert got == expected
    assert realtime.members("conversation_1") == {inside.sid, other_tab.sid}
    assert realtime.sockets_of(1) == (inside.sid, other_tab.sid)


async def _raw_client(served: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A WebSocket with small buffers that is never read after the handshake."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", served.port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=1024)
    writer.write(
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    _write(writer, "40" + json.dumps({"token": "user:1"}))
    return reader, writer


def _write(writer: asyncio.StreamWriter, text: str) -> None:
    writer.write(struct.pack("!BB4x", 0x81, 0x80 | len(text)) + text.encode())


async def _answer_pings(writer: asyncio.StreamWriter) -> None:
    while True:
        await asyncio.sleep(0.1)  # pings cannot be seen without reading
        _write(writer, "3")


def _memory() -> int:
    """The highest that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
