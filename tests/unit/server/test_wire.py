"""What crosses between nodes: ids only, and nothing that one of us did not sign just now."""

import dataclasses
import datetime
import hashlib
import hmac
from typing import Any

import orjson
import pytest

from server.fanout import BusMessage
from server.fanout.codec import STAYS_HERE, Malformed, dump, load, travels
from server.fanout.wire import MAX_AGE_SECONDS, MAX_BYTES, MAX_NODES, Opened, Refused, Wire, bus_key
from services import events, node_news
from services.cluster import ITEMS_A_PIECE
from services.events import (
    ConversationChanged,
    Fact,
    MessagePosted,
    MessagesRead,
    PresenceChanged,
    SessionsEnded,
    TypingStarted,
)
from services.node_news import NodeBeat, NodeDelta, NodeSnapshot

KEY = bus_key(b"s" * 32, "colloque")
MOMENT = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.UTC)


class Time:
    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def sender(time: Time) -> Wire:
    return Wire(key=KEY, now=time)


@pytest.fixture
def receiver(time: Time) -> Wire:
    return Wire(key=KEY, now=time)


def posted(seq: int = 1) -> MessagePosted:
    return MessagePosted(conversation_id=5, seq=seq, change=seq)


def signed(body: object) -> bytes:
    """As somebody with the key would send it."""
    packed = orjson.dumps(body)
    return hmac.new(KEY, packed, hashlib.sha256).hexdigest().encode() + b"." + packed


def kinds_of(module: Any, base: type) -> list[Any]:
    return [
        kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, base) and kind != base
    ]


def example(kind: type[Any]) -> BusMessage:
    values: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        match str(field.type if not isinstance(field.type, type) else field.type.__name__):
            case "int" | "int | None":
                values[field.name] = 7
            case "str" | "str | None":
                values[field.name] = "x"
            case "datetime":
                values[field.name] = MOMENT
            case "tuple[int, ...]":
                values[field.name] = (7, 8)
    if kind is SessionsEnded:
        values["session_ids"] = ("a", "b")
    message: BusMessage = kind(**values)
    return message


@pytest.mark.parametrize("kind", [*kinds_of(events, Fact), *kinds_of(node_news, node_news.NodeNews)])
def test_every_fact_crosses_unchanged_or_stays_here(kind: type[Any]) -> None:
    if kind in STAYS_HERE:
        assert not travels(PresenceChanged(user_id=1, online=True, last_seen_at=None))
        return
    message = example(kind)
    assert travels(message)
    assert load(*orjson.loads(orjson.dumps(dump(message)))) == message


def test_what_is_local_stays(sender: Wire) -> None:
    canary = "CANARY-TEXT"
    [packet] = sender.seal(MessagePosted(conversation_id=5, seq=1, change=1, message={"content": canary}))
    assert canary.encode() not in packet


def test_a_packet_arrives_once(sender: Wire, receiver: Wire) -> None:
    [packet] = sender.seal(posted())
    assert receiver.open(packet) == Opened(sender.node, False, 0, posted())
    with pytest.raises(Refused, match="replay"):
        receiver.open(packet)
    assert sender.open(packet).own


def test_a_probe_is_only_for_its_own_node(sender: Wire) -> None:
    assert sender.open(sender.probe()) == Opened(sender.node, True, 0, None)


def test_a_gap_shows_how_many_were_lost(sender: Wire, receiver: Wire) -> None:
    receiver.open(sender.seal(posted())[0])
    sender.seal(posted(2))
    sender.lost()
    assert receiver.open(sender.seal(posted(4))[0]).missed == 2


def test_an_older_packet_after_a_newer_is_refused(sender: Wire, receiver: Wire) -> None:
    [first], [second] = sender.seal(posted(1)), sender.seal(posted(2))
    receiver.open(second)
    with pytest.raises(Refused, match="replay"):
        receiver.open(first)


@pytest.mark.parametrize("seconds", [MAX_AGE_SECONDS + 1, -MAX_AGE_SECONDS - 1])
def test_old_packets_are_refused(sender: Wire, receiver: Wire, time: Time, seconds: float) -> None:
    [packet] = sender.seal(posted())
    time.seconds += seconds
    with pytest.raises(Refused, match="age"):
        receiver.open(packet)


def test_other_keys_and_changed_bytes_are_refused(sender: Wire, receiver: Wire, time: Time) -> None:
    stranger = Wire(key=bus_key(b"s" * 32, "other"), now=time)
    [foreign], [packet] = stranger.seal(posted()), sender.seal(posted())
    changed = packet.replace(b'"seq":1', b'"seq":2')
    assert changed != packet
    for forged in (foreign, changed, b"", b"x" * 100, packet[:-1], b"0" * 64 + packet[64:], b"\xff" * 70):
        with pytest.raises(Refused, match="signature"):
            receiver.open(forged)
    assert receiver.open(packet).message == posted()


GOOD = {
    "n": "node",
    "s": 1,
    "t": 1_000_000_000,
    "k": "MessagePosted",
    "d": {"conversation_id": 5, "seq": 1, "change": 1},
}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        "text",
        None,
        {**GOOD, "n": 1},
        {**GOOD, "s": "1"},
        {**GOOD, "s": True},
        {**GOOD, "t": "soon"},
        {**GOOD, "k": 5},
        {**GOOD, "k": "Unheard"},
        {**GOOD, "k": "PresenceChanged", "d": {"user_id": 1, "online": True, "last_seen_at": None}},
        {**GOOD, "d": []},
        {**GOOD, "d": {}},
        {**GOOD, "d": {**GOOD["d"], "message": "x"}},  # type: ignore[dict-item]  # "d" is a dict
        {**GOOD, "d": {**GOOD["d"], "seq": True}},  # type: ignore[dict-item]  # "d" is a dict
        {**GOOD, "k": "NodeBeat", "d": {"node": "another", "version": 1}},
    ],
)
def test_signed_nonsense_is_refused(receiver: Wire, body: object) -> None:
    assert receiver.open(signed({**GOOD, "n": "good"})).message == posted()
    with pytest.raises(Refused, match="malformed"):
        receiver.open(signed(body))


def test_signed_bytes_that_are_no_json_are_refused(receiver: Wire) -> None:
    body = b"{"
    with pytest.raises(Refused, match="malformed"):
        receiver.open(hmac.new(KEY, body, hashlib.sha256).hexdigest().encode() + b"." + body)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("MessagesRead", {"conversation_id": 1, "user_id": 1, "updated_count": 1, "read_seq": 1, "read_at": "never"}),
        ("MessagesRead", {"conversation_id": 1, "user_id": 1, "updated_count": 1, "read_seq": 1, "read_at": 5}),
        ("SessionsEnded", {"user_id": 1, "session_ids": "abc"}),
        ("SessionsEnded", {"user_id": 1}),
        ("SessionsEnded", {"user_id": 1, "session_ids": [1]}),
        ("NodeDelta", {"node": "x", "version": 1, "users": [[1, 2, 3]], "opened": [], "emptied": []}),
        ("ConversationChanged", {"conversation_id": 1, "user_id": "1"}),
    ],
)
def test_values_of_the_wrong_type_are_malformed(kind: str, values: object) -> None:
    with pytest.raises(Malformed):
        load(kind, values)


def test_many_ended_sessions_cross_in_several_packets(sender: Wire, receiver: Wire) -> None:
    ids = tuple(f"{number:036d}" for number in range(1000))
    packets = sender.seal(SessionsEnded(user_id=1, session_ids=ids))
    assert len(packets) > 1
    assert max(map(len, packets)) <= MAX_BYTES
    arrived = [receiver.open(packet).message for packet in packets]
    assert [key for fact in arrived if isinstance(fact, SessionsEnded) for key in fact.session_ids or ()] == list(ids)


def test_all_sessions_of_a_person_cross_as_all(sender: Wire, receiver: Wire) -> None:
    [packet] = sender.seal(SessionsEnded(user_id=1, session_ids=None))
    assert receiver.open(packet).message == SessionsEnded(user_id=1, session_ids=None)


def test_what_is_too_big_neither_leaves_nor_enters(sender: Wire, receiver: Wire) -> None:
    with pytest.raises(Refused, match="oversize"):
        sender.seal(TypingStarted(conversation_id=1, user_id=1, socket_id="x" * MAX_BYTES))
    with pytest.raises(Refused, match="oversize"):
        receiver.open(signed({**GOOD, "k": "x" * MAX_BYTES}))


def test_pieces_of_node_news_fit_with_the_largest_ids(sender: Wire) -> None:
    ids = tuple(range(2**53, 2**53 + ITEMS_A_PIECE))
    users = tuple((user_id, 20) for user_id in ids)
    assert sender.seal(NodeDelta(node=sender.node, version=2**40, users=users))
    assert sender.seal(NodeDelta(node=sender.node, version=2**40, opened=ids))
    assert sender.seal(NodeSnapshot(node=sender.node, version=1, part=0, parts=99, users=users, rooms=ids))


def test_memory_of_nodes_is_bounded_and_keeps_the_recent(sender: Wire, receiver: Wire, time: Time) -> None:
    for _ in range(MAX_NODES):
        receiver.open(Wire(key=KEY, now=time).probe())
    time.seconds += MAX_AGE_SECONDS + 1
    [packet] = sender.seal(NodeBeat(node=sender.node, version=1))
    receiver.open(packet)
    assert len(receiver._heard) == 1
    with pytest.raises(Refused, match="replay"):
        receiver.open(packet)


def test_optional_ids_and_times_are_exact(sender: Wire, receiver: Wire) -> None:
    everybody, one = ConversationChanged(conversation_id=1), ConversationChanged(conversation_id=1, user_id=2)
    read = MessagesRead(conversation_id=1, user_id=2, updated_count=3, read_seq=4, read_at=MOMENT)
    for fact in (everybody, one, read):
        assert receiver.open(sender.seal(fact)[0]).message == fact
