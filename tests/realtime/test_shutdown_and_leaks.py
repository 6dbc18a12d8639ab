"""Fact 12, promises 18 and 21: quick to exit, nothing final said, nothing left."""

import asyncio
import socket
import time

import pytest

from tests.realtime.conftest import Serve
from tests.realtime.served import until


async def test_idle_clients_do_not_hold_up_a_shutdown_and_are_told_nothing_final(serve: Serve) -> None:
    """Fact 12: with the library an idle client costs 45 s, and its own disconnect keeps clients from coming back."""
    served = await serve()
    client, poller, quiet = await served.client(), await served.polling(), await served.polling()
    await poller.connect("user:2")
    await quiet.connect("user:3")
    polling = asyncio.create_task(poller.get())
    await until(lambda: served.realtime._engine.sockets[poller.sid].polling.waiter)
    started = time.monotonic()
    await served.stop()
    assert time.monotonic() - started < 2
    assert await client.ended() == []
    assert await polling == ["1"]
    assert served.realtime.socket_count() == 0


async def test_what_is_at_work_is_answered_before_the_end(serve: Serve) -> None:
    served = await serve()
    served.toy.gate.clear()
    client = await served.client()
    await client.emit("send_message", {"n": 1})
    await client.emit("hold", {})
    await client.emit("echo", {})
    await until(lambda: "hold" in served.toy.log)
    asyncio.get_running_loop().call_later(0.2, served.toy.gate.set)
    await served.stop()
    packets = await client.ended()
    assert sorted(packet.partition("[")[0] for packet in packets) == ["431", "432"]


async def test_a_handler_that_never_ends_does_not_hold_up_a_shutdown(serve: Serve) -> None:
    served = await serve(drain=0.2)
    served.toy.gate.clear()
    client = await served.client()
    await client.emit("hold", {})
    await until(lambda: served.toy.log)
    slow = await served.websocket()
    await slow.send('40{"token":"slow"}')
    started = time.monotonic()
    await served.stop()
    assert time.monotonic() - started < 2


async def test_a_stopping_server_answers_handshakes_503(serve: Serve) -> None:
    served = await serve()
    await served.realtime.close_all()
    async with served.http.get(f"{served.url}&transport=polling") as response:
        assert response.status == 503
        assert response.headers["Retry-After"]


@pytest.mark.parametrize("passes", range(4))
@pytest.mark.parametrize("stop_is_told_first", [False, True])
async def test_who_comes_in_the_moment_of_the_stop_is_not_left_waiting(
    serve: Serve, passes: int, stop_is_told_first: bool
) -> None:
    """Fact 19."""
    served = await serve()
    loop = asyncio.get_running_loop()
    ears, mouth = socket.socketpair()
    with ears, mouth, socket.socket() as visitor:
        told = asyncio.Event()
        loop.add_reader(ears, told.set)
        visitor.settimeout(5)

        def come() -> None:
            # Not by the loop: the connection and the word to stop are to be found in one pass of it.
            visitor.connect(("127.0.0.1", served.port))
            visitor.sendall(b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n")

        def stop() -> None:
            mouth.send(b"x")

        for act in (stop, come) if stop_is_told_first else (come, stop):
            act()
        await told.wait()
        for _ in range(passes):
            await asyncio.sleep(0)
        await served.stop()
        loop.remove_reader(ears)
        try:
            answer = await asyncio.to_thread(visitor.recv, 100)
        except ConnectionResetError:
            answer = b""
        assert answer == b"" or answer.startswith(b"HTTP/1.1 ")


async def test_two_hundred_cycles_leave_nothing(serve: Serve) -> None:
    served = await serve()
    kept = await served.client("user:99")
    before = len(asyncio.all_tasks())
    for number in range(200):
        wire = await served.websocket() if number % 2 else None
        if wire is not None:
            await wire.send('40{"token":"%s"}' % ("forged" if number % 4 == 1 else "user:1"))
            await wire.packet()
            await wire.emit("join", {"conversationId": number})
            await wire.emit("fail", {"how": "error"})
            await wire.emit("send_message", {"n": number})
            await wire.socket.close()
        else:
            poller = await served.polling()
            await poller.connect(f"user:{number + 100}")
            await poller.post(f'421["join",{{"conversationId":{number}}}]', "42[", "1")
    realtime = served.realtime
    await until(lambda: realtime.socket_count() == 1 and len(asyncio.all_tasks()) <= before)
    assert realtime.room_count() == 0
    assert set(realtime._registry._rooms) == {"user_99"}
    assert len(realtime._engine.sockets) == 1
    connections, handshake = realtime._connections, realtime._handshake
    assert [len(left) for left in (connections._of_transport, connections._expiries, handshake._running)] == [1, 1, 0]
    assert len(served.toy.seen.connects) == len(served.toy.seen.disconnects) + 1
    assert (await kept.call("echo", {}))["ok"] is True
