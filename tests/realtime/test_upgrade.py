"""From polling to WebSocket without losing, doubling or reordering a packet."""

import asyncio
from functools import partial
from typing import Any

from tests.realtime.conftest import Serve
from tests.realtime.served import Poller, Served, Wire, until


async def _probing(served: Served, poller: Poller) -> Wire:
    return Wire(await served.http.ws_connect(f"{served.url}&transport=websocket&sid={poller.sid}"))


def _is_calm(transport: Any) -> bool:
    return not transport.upgrading


async def test_packets_are_held_during_the_upgrade_and_come_after_it(serve: Serve) -> None:
    served = await serve()
    poller = await served.polling()
    await poller.connect()
    waiting = asyncio.create_task(poller.get())
    wire = await _probing(served, poller)
    await wire.send("2probe")
    assert await wire.raw() == "3probe"
    assert await waiting == ["6"]
    served.realtime.to_user(1, "first", {})
    assert await poller.get() == ["6"]
    await wire.send("5")
    assert await wire.raw() == '42["first",{}]'
    served.realtime.to_user(1, "second", {})
    assert await wire.raw() == '42["second",{}]'
    assert (await wire.call("echo", {}))["ok"] is True
    assert await poller.post("3") == 400


async def test_a_failed_probe_leaves_polling_as_it_was(serve: Serve) -> None:
    served = await serve()
    poller = await served.polling()
    await poller.connect()
    for first, second in (("2", None), ("2probe", "4x"), ("2probe", None)):
        wire = await _probing(served, poller)
        await wire.send(first)
        if first == "2probe":
            assert await wire.raw() == "3probe"
        served.realtime.to_user(1, "kept", {})
        if second:
            await wire.send(second)
        else:
            await wire.socket.close()
        await wire.ended()
        transport = next(iter(served.realtime._engine.sockets.values()))
        await until(partial(_is_calm, transport))
        assert await poller.get() == ['42["kept",{}]']
    assert served.realtime.socket_count() == 1


async def test_a_flood_of_pings_instead_of_a_probe_ends_the_connection_and_nothing_else(serve: Serve) -> None:
    """Nobody has signed in yet, and the library would answer each, in as long a turn as it takes."""
    served = await serve()
    poller = await served.polling()
    await poller.connect()
    wire = await _probing(served, poller)
    wire.write(b"\x89\x80\0\0\0\0" * 1_000)
    await wire.ended()
    served.realtime.to_user(1, "kept", {})
    assert await poller.get() == ['42["kept",{}]']


async def test_a_second_upgrade_of_one_session_is_refused(serve: Serve) -> None:
    served = await serve()
    poller = await served.polling()
    await poller.connect()
    first, second = await _probing(served, poller), await _probing(served, poller)
    await first.send("2probe")
    assert await first.raw() == "3probe"
    await second.send("2probe")
    assert await second.ended() == []
    await first.send("5")
    assert (await first.call("echo", {}))["ok"] is True


async def test_a_second_poll_relieves_the_first(serve: Serve) -> None:
    served = await serve()
    poller = await served.polling()
    await poller.connect()
    first = asyncio.create_task(poller.get())
    transport = served.realtime._engine.sockets[poller.sid]
    await until(lambda: transport.polling.waiter)
    second = asyncio.create_task(poller.get())
    assert await first == ["6"]
    served.realtime.to_user(1, "news", {})
    assert await second == ['42["news",{}]']
