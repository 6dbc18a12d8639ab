"""A room's events and one's own packets reach each client in the order in which they were told, whatever its transport."""

import asyncio

import aiohttp

from server import event_loop
from server.realtime import RealtimeLimits
from tests.realtime.conftest import Serve
from tests.realtime.served import Poller, Served, Wire
from tests.realtime.toy import Toy

ROOM = "conversation_1"
MEMBERS = 6


async def test_a_room_and_its_members_own_packets_keep_their_order(serve: Serve) -> None:
    served = await serve()
    clients = [await served.client(f"user:{number}") for number in range(1, MEMBERS + 1)]
    expected: list[list[int]] = [[] for _ in clients]
    for client in clients:
        served.realtime.enter(client.sid, ROOM)
    for n in range(60):
        if n % 3 == 2:
            whose = n % MEMBERS
            served.realtime.to_socket(clients[whose].sid, "own", {"n": n})
            expected[whose].append(n)
        else:
            skipped = clients[n % 2] if n % 5 else None
            served.realtime.to_room(ROOM, "room", {"n": n}, skip=skipped.sid if skipped else None)
            for client, numbers in zip(clients, expected, strict=True):
                if client is not skipped:
                    numbers.append(n)
        if n % 7 == 0:
            await asyncio.sleep(0)
    for client, numbers in zip(clients, expected, strict=True):
        assert [(await client.packet())[1][1]["n"] for _ in numbers] == numbers


async def test_who_sends_more_than_can_be_read_waits_and_loses_nothing(serve: Serve) -> None:
    """Twenty megabytes that are costly to read. What is not read yet stays in the kernel, and the client waits."""
    served = await serve(event_rate=0, max_waiting_events=0, max_waiting_bytes=0)
    flooding, other = await served.client("user:1"), await served.client("user:2")
    costly = {"n": [["x"]] * 1_900, "padding": "x" * 50_000}

    async def flood() -> None:
        for _ in range(300):
            await flooding.emit("no such event", costly)

    sending = asyncio.create_task(flood())
    while not sending.done():
        assert (await other.call("echo", {"n": 1}))["ok"] is True
    answers = [(await flooding.packet())[0] for _ in range(300)]
    assert answers == [f"43{number}" for number in range(1, 301)]


async def test_who_comes_and_goes_between_two_events_of_a_room_gets_those_of_its_time(serve: Serve) -> None:
    served = await serve()
    clients = [await served.client(f"user:{number}") for number in range(1, MEMBERS + 1)]
    early, late = clients[0], clients[-1]
    for client in clients[:-1]:
        served.realtime.enter(client.sid, ROOM)
    served.realtime.to_room(ROOM, "first", {})
    served.realtime.leave(early.sid, ROOM)
    served.realtime.enter(late.sid, ROOM)
    served.realtime.to_room(ROOM, "second", {})
    served.realtime.expel(2, ROOM, {"reason": "removed"})
    served.realtime.to_room(ROOM, "third", {})
    for client, names in (
        (early, ["first"]),
        (clients[1], ["first", "second", "room_left"]),
        (clients[2], ["first", "second", "third"]),
        (late, ["second", "third"]),
    ):
        expected = await client.emit("echo", {})
        got = [await client.packet() for _ in range(len(names) + 1)]
        assert [packet[1][0] for packet in got[:-1]] == names
        assert got[-1][0] == expected


async def test_a_room_of_every_transport_and_an_upgrade_in_its_middle(serve: Serve) -> None:
    served = await serve()
    clients = [await served.client(f"user:{number}") for number in range(1, MEMBERS)]
    poller, upgrading = await served.polling(), await served.polling()
    await poller.connect("user:7")
    await upgrading.connect("user:8")
    for sid in served.realtime.socket_ids():
        served.realtime.enter(sid, ROOM)
    served.realtime.to_room(ROOM, "tick", {"n": 0})
    wire = await _probed(served, upgrading)
    served.realtime.to_room(ROOM, "tick", {"n": 1})
    await wire.send("5")
    assert await wire.packet() == ("42", ["tick", {"n": 1}])
    served.realtime.to_room(ROOM, "tick", {"n": 2})
    served.realtime.to_room(ROOM, "tick", {"n": 3})
    for client in clients:
        assert [(await client.packet())[1][1]["n"] for _ in range(4)] == [0, 1, 2, 3]
    assert [(await wire.packet())[1][1]["n"] for _ in range(2)] == [2, 3]
    assert await poller.get() == [f'42["tick",{{"n":{n}}}]' for n in range(4)]


async def test_what_a_room_was_told_before_a_member_is_ended_comes_before_the_end(serve: Serve) -> None:
    served = await serve()
    clients = [await served.client(f"user:{number}") for number in range(1, MEMBERS + 1)]
    for client in clients:
        served.realtime.enter(client.sid, ROOM)
    served.realtime.to_room(ROOM, "before", {})
    served.expire(clients[0].sid)
    served.realtime.end_socket(clients[1].sid, "SESSION_EXPIRED")
    served.realtime.to_room(ROOM, "after", {})
    expired = '42["session_expired",{"code":"SESSION_EXPIRED"}]'
    assert await clients[0].ended() == ['42["before",{}]', expired]
    assert [await clients[1].raw() for _ in range(3)] == ['42["before",{}]', expired, "41"]
    assert [(await clients[2].packet())[1][0] for _ in range(2)] == ["before", "after"]


def test_a_burst_to_a_client_that_reads_is_no_offence_on_the_loop_of_production() -> None:
    """More packets at once than may wait for a slow client."""
    event_loop.run(_burst())


async def _burst() -> None:
    async with aiohttp.ClientSession() as http:
        served = Served(Toy(RealtimeLimits(max_queue_packets=50)), http, 0)
        await served.start()
        clients = [await served.client(f"user:{number}") for number in range(1, MEMBERS + 1)]
        for client in clients:
            served.realtime.enter(client.sid, ROOM)
        for n in range(500):
            served.realtime.to_room(ROOM, "room", {"n": n})
            served.realtime.to_user(1, "own", {"n": n})
        twice = [n for n in range(500) for _ in range(2)]
        assert [(await clients[0].packet())[1][1]["n"] for _ in twice] == twice
        assert [(await clients[1].packet())[1][1]["n"] for _ in range(500)] == list(range(500))
        assert served.toy.seen.cuts == []
        await served.stop()


async def _probed(served: Served, poller: Poller) -> Wire:
    """Between the probe and the upgrade. What waited for the poll was taken by it."""
    wire = Wire(await served.http.ws_connect(f"{served.url}&transport=websocket&sid={poller.sid}"))
    assert await poller.get() == ['42["tick",{"n":0}]']
    await wire.send("2probe")
    assert await wire.raw() == "3probe"
    return wire
