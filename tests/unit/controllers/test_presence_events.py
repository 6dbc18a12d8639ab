"""get_presence, typing and connection_stats: what enters which room, and what the ack says."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, cast

import pytest
from marshmallow import ValidationError

from controllers.rest.contract import Access, Call
from controllers.rest.stats import StatsEndpoints
from controllers.schemas.presence import GetPresenceSchema
from controllers.schemas.stats import StatsRequestSchema
from controllers.socket.contract import Reply, SocketCall, SocketEvent
from controllers.socket.presence import PresenceEvents
from controllers.socket.stats import StatsEvents
from controllers.socket.typing import TypingEvents
from services.errors import Forbidden
from services.presence import Presence, PresenceState
from services.principal import ADMIN, PATIENT, Origin, Principal
from services.room_names import STATS_ROOM, RoomName, presence_room
from services.stats import ConnectionStats, Stats
from services.typing import Typing

SEEN = datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=datetime.UTC)
ORIGIN = Origin("127.0.0.1", "test", "r1", "en")
STATS = Stats(connections=3, users=2, multiple_connections=1, connection_details={"7": 2}, rooms=1, nodes=1)


class FakeRooms:
    def __init__(self) -> None:
        self.entered: set[RoomName] = set()

    def enter(self, socket_id: str, room: RoomName) -> bool:
        self.entered.add(room)
        return True

    def leave(self, socket_id: str, room: RoomName) -> bool:
        known = room in self.entered
        self.entered.discard(room)
        return known

    def is_in(self, socket_id: str, room: RoomName) -> bool:
        return room in self.entered


class FakePresence:
    """Answers each time with the next set of people one may know about."""

    def __init__(self, *allowed: set[int]) -> None:
        self._allowed = iter(allowed)

    async def states(self, principal: Principal, *, user_ids: Sequence[int]) -> list[PresenceState]:
        allowed = next(self._allowed)
        return [
            PresenceState(user_id, user_id == 7, None if user_id == 7 else SEEN)
            for user_id in user_ids
            if user_id in allowed
        ]


class FakeStats:
    def get(self, principal: Principal) -> Stats:
        if not principal.is_admin:
            raise Forbidden
        return STATS


class FakeTyping:
    def __init__(self) -> None:
        self.calls: list[tuple[str, int, str]] = []

    async def start(self, principal: Principal, *, conversation_id: int, socket_id: str) -> None:
        self.calls.append(("start", conversation_id, socket_id))

    async def stop(self, principal: Principal, *, conversation_id: int, socket_id: str) -> None:
        self.calls.append(("stop", conversation_id, socket_id))


@pytest.fixture
def rooms() -> FakeRooms:
    return FakeRooms()


async def call(events: Iterable[SocketEvent], name: str, data: dict[str, Any], *, role: str = PATIENT) -> Any:
    """The ack as the client gets it."""
    event = next(event for event in events if event.name == name)
    parsed = event.schema().load(data)
    reply = await event.handler(SocketCall(Principal(1, role, None, 0), ORIGIN, "s1", parsed))
    assert isinstance(reply, Reply)
    return event.ack().dump(reply.ack)


async def test_the_socket_then_gets_the_changes_of_those_it_may_know(rooms: FakeRooms) -> None:
    presence = cast(Presence, FakePresence({7, 8}, {7, 8}))
    ack = await call(PresenceEvents(presence=presence, rooms=rooms).events(), "get_presence", {"userIds": [7, 8, 9]})
    assert ack == {
        "presence": [
            {"userId": 7, "online": True, "lastSeenAt": None},
            {"userId": 8, "online": False, "lastSeenAt": "2026-01-02T03:04:05.678Z"},
        ]
    }
    assert rooms.entered == {presence_room(7), presence_room(8)}


async def test_a_right_that_ends_meanwhile_leaves_nothing_behind(rooms: FakeRooms) -> None:
    presence = cast(Presence, FakePresence({7, 8}, {8}))
    ack = await call(PresenceEvents(presence=presence, rooms=rooms).events(), "get_presence", {"userIds": [7, 8]})
    assert [state["userId"] for state in ack["presence"]] == [8]
    assert rooms.entered == {presence_room(8)}


@pytest.mark.parametrize("ids", [None, [], ["7"], [True], [0], 7, list(range(1, 202))])
def test_one_to_two_hundred_ids(ids: object) -> None:
    assert GetPresenceSchema().load({"userIds": list(range(1, 201))})
    with pytest.raises(ValidationError):
        GetPresenceSchema().load({"userIds": ids})


async def test_typing_is_acked_with_nothing(rooms: FakeRooms) -> None:
    typing = FakeTyping()
    events = TypingEvents(typing=cast(Typing, typing)).events()
    for name in ("typing_start", "typing_stop"):
        assert await call(events, name, {"conversationId": 5}) == {}
    assert typing.calls == [("start", 5, "s1"), ("stop", 5, "s1")]


async def test_subscribing_to_stats_and_back(rooms: FakeRooms) -> None:
    events = StatsEvents(stats=cast(ConnectionStats, FakeStats()), rooms=rooms).events()
    expected = {
        "stats": {
            "connections": 3,
            "users": 2,
            "multipleConnections": 1,
            "connectionDetails": {"7": 2},
            "rooms": 1,
            "nodes": 1,
        }
    }
    assert await call(events, "connection_stats", {}, role=ADMIN) == expected
    assert rooms.entered == set()
    await call(events, "connection_stats", {"subscribe": True}, role=ADMIN)
    await call(events, "connection_stats", {}, role=ADMIN)
    assert rooms.entered == {STATS_ROOM}
    await call(events, "connection_stats", {"subscribe": False}, role=ADMIN)
    assert rooms.entered == set()


async def test_stats_are_refused_to_others_and_nothing_is_entered(rooms: FakeRooms) -> None:
    events = StatsEvents(stats=cast(ConnectionStats, FakeStats()), rooms=rooms).events()
    with pytest.raises(Forbidden):
        await call(events, "connection_stats", {"subscribe": True})
    assert rooms.entered == set()
    with pytest.raises(ValidationError):
        StatsRequestSchema().load({"subscribe": 1})


async def test_stats_by_rest_are_for_administrators() -> None:
    [endpoint] = StatsEndpoints(stats=cast(ConnectionStats, FakeStats())).endpoints()
    assert (endpoint.path, endpoint.access) == ("/api/messaging/stats", Access.ADMIN)
    admin = Principal(1, ADMIN, None, 0)
    reply = await endpoint.handler(Call(admin, ORIGIN, {}, {}, {}, {}, {}))
    schema = endpoint.replies[reply.status]
    assert schema is not None
    assert cast(dict[str, Any], schema().dump(reply.body))["connectionDetails"] == {"7": 2}
