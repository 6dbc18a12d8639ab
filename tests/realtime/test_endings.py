"""How a socket's life ends: expiry, revocation, too many tabs, removal from a room, silence."""

import json

from server.realtime.expiry import ExpiryTimer
from services.principal import Principal
from tests.realtime.conftest import Serve
from tests.realtime.served import until


async def test_an_expiring_token_is_announced_and_then_the_transport_closes(serve: Serve) -> None:
    """Nothing final is said: the stock client comes back through its auth callback."""
    served = await serve(expiry_warning=0.4)
    client = await served.client("user:1:0.6")
    assert await client.packet() == ("42", ["token_expiring", {"expiresIn": 1}])
    assert await client.packet() == ("42", ["session_expired", {"code": "SESSION_EXPIRED"}])
    assert await client.ended() == []
    assert served.realtime.socket_count() == 0


async def test_over_polling_an_expired_token_ends_with_a_close_packet(serve: Serve) -> None:
    served = await serve(expiry_warning=0)
    poller = await served.polling()
    await poller.connect("user:1:0.4")
    packets = await poller.get()
    assert packets == ['42["session_expired",{"code":"SESSION_EXPIRED"}]', "1"]
    assert await poller.post("3") == 400


async def test_a_renewed_token_keeps_the_socket(serve: Serve) -> None:
    served = await serve(expiry_warning=0)
    client = await served.client("user:1:0.5")
    later = Principal(1, "patient", "s1", 4e9)
    assert served.realtime.renew(client.sid, later) is True
    assert served.realtime.renew(client.sid, Principal(2, "patient", "s2", 4e9)) is False
    watched = await served.client("user:2:0.5")
    await watched.ended()
    assert (await client.call("echo", {}))["ok"] is True
    assert served.realtime.principals() == [later]


async def test_an_expired_timer_is_not_late_by_its_warning(serve: Serve) -> None:
    told: list[object] = []
    timer = ExpiryTimer(warning=60, warn=told.append, expire=lambda: told.append("expired"))
    timer.start(0)
    await until(lambda: told == ["expired"])
    timer.cancel()


async def test_a_revoked_session_gets_a_disconnect_packet_and_the_others_stay(serve: Serve) -> None:
    served = await serve(farewell=0.3)
    ended, other = await served.client("user:1"), await served.client("user:2")
    served.realtime.end_sessions(1, ["another"], "SESSION_EXPIRED")
    assert (await ended.call("echo", {}))["ok"] is True
    served.realtime.end_sessions(1, ["s1"], "SESSION_EXPIRED")
    served.realtime.to_user(1, "secret", {})
    await ended.send('42["echo",{}]')
    assert await ended.ended() == ['42["session_expired",{"code":"SESSION_EXPIRED"}]', "41"]
    assert (await other.call("echo", {}))["ok"] is True
    assert served.toy.seen.disconnects == [ended.sid]


async def test_what_a_revoked_session_had_queued_is_not_run(serve: Serve) -> None:
    served = await serve()
    served.toy.gate.clear()
    client = await served.client()
    await client.emit("hold", {})
    await client.emit("echo", {"n": 1})
    await until(lambda: served.toy.log == ["hold"])
    served.realtime.end_socket(client.sid, "SESSION_EXPIRED")
    served.toy.gate.set()
    await until(lambda: not served.realtime._dispatcher._tasks)
    assert served.toy.log == ["hold"]


async def test_over_polling_the_disconnect_packet_arrives_too(serve: Serve) -> None:
    served = await serve()
    poller = await served.polling()
    await poller.connect()
    served.realtime.end_socket(served.realtime.sockets_of(1)[0], "SESSION_EXPIRED")
    assert await poller.post('42["echo",{}]') == 200
    assert (await poller.get())[-1] == "41"


async def test_one_socket_too_many_ends_the_oldest(serve: Serve) -> None:
    served = await serve(max_sockets_per_user=2)
    oldest, middle, newest = [await served.client("user:1") for _ in range(3)]
    assert await oldest.packet() == ("42", ["session_expired", {"code": "TOO_MANY_SOCKETS"}])
    assert await oldest.raw() == "41"
    assert served.realtime.sockets_of(1) == (middle.sid, newest.sid)


async def test_who_is_expelled_gets_nothing_more_of_the_room(serve: Serve) -> None:
    served = await serve()
    one, tab, other = await served.client("user:1"), await served.client("user:1"), await served.client("user:2")
    for client in (one, other):
        served.realtime.enter(client.sid, "conversation_3")
    served.realtime.expel(1, "conversation_3", {"conversationId": 3, "reason": "removed"})
    served.realtime.to_room("conversation_3", "new_message", {})
    assert await one.packet() == ("42", ["room_left", {"conversationId": 3, "reason": "removed"}])
    assert (await one.call("echo", {}))["ok"] and (await tab.call("echo", {}))["ok"]
    assert await other.packet() == ("42", ["new_message", {}])
    assert served.toy.seen.lefts == [(one.sid, ("conversation_3",))]


async def test_a_client_that_does_not_answer_pings_is_cut(serve: Serve) -> None:
    served = await serve(ping_interval=0.1, ping_timeout=0.2)
    client = await served.client()
    while (await client.socket.receive()).data == "2":
        pass
    assert served.toy.seen.cuts == ["silent"]
    poller = await served.polling()
    await poller.connect()
    await until(lambda: served.toy.seen.cuts == ["silent", "silent"])


async def test_a_gone_socket_leaves_its_rooms_before_it_is_disconnected(serve: Serve) -> None:
    served = await serve()
    client = await served.client()
    served.realtime.enter(client.sid, "conversation_3")
    await client.socket.close()
    await until(lambda: served.toy.seen.disconnects)
    assert set(served.toy.seen.lefts[0][1]) == {"conversation_3", "user_1"}
    assert served.realtime.members("conversation_3") == frozenset()


async def test_a_close_packet_ends_a_polling_session(serve: Serve) -> None:
    served = await serve()
    poller = await served.polling()
    await poller.connect()
    await poller.post("1")
    assert served.toy.seen.disconnects
    assert await poller.post(json.dumps("3")) == 400
