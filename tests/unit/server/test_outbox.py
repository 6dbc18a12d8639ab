"""What is posted to many outboxes and to single ones arrives at each in order, whole, and in as few writes as can be."""

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.realtime.frames import Frame, framed
from server.realtime.outbox import Outbox
from server.realtime.postman import HOLD, MANY, Mailing, Postman


class GoneTransport:
    """As uvloop's: writing to it after its end raises."""

    def is_closing(self) -> bool:
        return True

    def write(self, wire: bytes) -> None:
        raise RuntimeError("unable to perform operation; the handler is closed")


class Transport:
    """Remembers each write. `waiting`: what the kernel has not taken, for as long as a test wants."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.waiting = 0

    def is_closing(self) -> bool:
        return False

    def write(self, wire: bytes) -> None:
        self.writes.append(wire)

    def get_write_buffer_size(self) -> int:
        return self.waiting


class Desk:
    """Outboxes with their transports, and a postman. `cut` are those that overflowed."""

    def __init__(self, outboxes: int, *, max_packets: int = 0, max_bytes: int = 0, attached: bool = True) -> None:
        self.postman = Postman()
        self.cut: list[int] = []
        self.transports = [Transport() for _ in range(outboxes)]
        self.outboxes = [self._outbox(number, max_packets, max_bytes) for number in range(outboxes)]
        if attached:
            for number in range(outboxes):
                self.attach(number)

    def _outbox(self, number: int, max_packets: int, max_bytes: int) -> Outbox:
        return Outbox(
            max_packets=max_packets,
            max_bytes=max_bytes,
            postman=self.postman,
            overflow=lambda: self.cut.append(number),
        )

    def attach(self, number: int) -> None:
        self.outboxes[number].attach(cast(asyncio.WriteTransport, self.transports[number]))

    def got(self, number: int) -> bytes:
        return b"".join(self.transports[number].writes)


def frame(number: int, size: int = 0) -> Frame:
    return framed(b"4%d" % number + b"x" * size)


async def test_writing_to_a_connection_that_has_gone_is_no_error_and_stops_nobody() -> None:
    desk = Desk(MANY + 1)
    desk.outboxes[0].attach(cast(asyncio.WriteTransport, GoneTransport()))
    desk.outboxes[1].clear()
    desk.postman.post(frame(1), desk.outboxes, None)
    desk.outboxes[0].put(frame(2))
    desk.postman.deliver()
    assert [len(transport.writes) for transport in desk.transports] == [0, 0, 1, 1, 1]
    assert desk.cut == []


async def test_what_is_put_in_one_turn_goes_in_one_write_and_in_order() -> None:
    desk = Desk(1)
    frames = [frame(number) for number in range(4)]
    for each in frames[:3]:
        desk.outboxes[0].put(each)
    while not desk.transports[0].writes:
        await asyncio.sleep(0)
    desk.outboxes[0].put(frames[3])
    desk.outboxes[0].deliver()
    assert desk.transports[0].writes == [b"".join(frames[:3]), frames[3]]


async def test_what_others_say_waits_for_the_ack_that_its_reader_is_owed_and_goes_with_it() -> None:
    desk = Desk(2)
    waiting, _ = desk.outboxes
    waiting.awaits += 1
    desk.postman.post(frame(1), desk.outboxes, None)
    while not desk.transports[1].writes:
        await asyncio.sleep(0)
    desk.postman.deliver()
    assert (desk.transports[0].writes, desk.transports[1].writes) == ([], [frame(1)])
    waiting.put(frame(2))
    waiting.answered()
    desk.postman.deliver()
    assert desk.transports[0].writes == [frame(1) + frame(2)]


async def test_it_does_not_wait_for_ever_nor_for_an_ack_that_nobody_wanted() -> None:
    desk = Desk(3)
    for outbox in desk.outboxes[:2]:
        outbox.awaits += 1
    desk.postman.post(frame(1), desk.outboxes, None)
    desk.outboxes[1].answered()
    desk.postman.deliver()
    assert [len(transport.writes) for transport in desk.transports] == [0, 1, 1]
    async with asyncio.timeout(10):
        while not desk.transports[0].writes:
            await asyncio.sleep(HOLD / 4)
    assert desk.transports[0].writes == [frame(1)]


async def test_a_mailing_after_it_takes_it_along() -> None:
    desk = Desk(MANY)
    desk.outboxes[0].awaits += 1
    desk.postman.post(frame(1), desk.outboxes[:1], None)
    desk.postman.post(frame(2), desk.outboxes, None)
    desk.postman.deliver()
    assert desk.transports[0].writes == [frame(1) + frame(2)]
    assert desk.transports[1].writes == [frame(2)]


async def test_a_room_gets_one_and_the_same_piece_of_bytes() -> None:
    desk = Desk(MANY)
    mailing = None
    for number in range(3):
        mailing = desk.postman.post(frame(number), desk.outboxes, mailing)
    while not desk.transports[-1].writes:
        await asyncio.sleep(0)
    first = desk.transports[0].writes
    assert first == [b"".join(frame(number) for number in range(3))]
    assert all(transport.writes[0] is first[0] for transport in desk.transports)


async def test_what_was_brought_is_not_kept_for_the_room() -> None:
    desk = Desk(MANY)
    mailing = desk.postman.post(frame(1, 5_000), desk.outboxes, None)
    desk.postman.deliver()
    assert mailing is not None
    assert (mailing.frames, mailing.whole, mailing.open) == ([], b"", False)


PEOPLE = 10
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("room"), st.integers(0, 4)),
        st.tuples(st.just("own"), st.integers(0, PEOPLE - 1)),
        st.tuples(st.sampled_from(["room", "room", "deliver"]), st.integers(0, 4)),
        st.tuples(st.sampled_from(["own", "own", "attach", "leave", "asks", "asks"]), st.integers(0, PEOPLE - 1)),
    ),
    max_size=60,
)
POLLING = (2, 9)
ROOMS: Sequence[Sequence[int]] = (range(10), range(5), range(4, 10), (0, 9), (3, 4, 5, 6))


class Town(Desk):
    """Rooms that overlap, wide and narrow ones; `told` is what each client is to get."""

    def __init__(self) -> None:
        super().__init__(PEOPLE, attached=False)
        for member in set(range(PEOPLE)) - set(POLLING):
            self.attach(member)
        self.told = [b""] * PEOPLE
        self._left: set[int] = set()
        self._last: dict[int, tuple[list[int], Mailing | None]] = {}

    def own(self, member: int, new: Frame) -> None:
        """The answer, if one is owed."""
        self.outboxes[member].put(new)
        self.told[member] += new
        if self.outboxes[member].awaits:
            self.outboxes[member].answered()

    def asks(self, member: int) -> None:
        self.outboxes[member].awaits += 1

    def room(self, room: int, new: Frame) -> None:
        """As server.realtime.audience does it: who is there is looked up again when that changed."""
        inside = [member for member in ROOMS[room] if member not in self._left]
        readers = [member for member in inside if self.outboxes[member].attached]
        for member in inside:
            self.told[member] += new
            if member not in readers:
                self.outboxes[member].put(new)
        before, mailing = self._last.get(room, ([], None))
        boxes = [self.outboxes[member] for member in readers]
        self._last[room] = readers, self.postman.post(new, boxes, mailing if before == readers else None)

    def come(self, member: int) -> None:
        if not self.outboxes[member].attached:
            self.attach(member)

    def leave(self, member: int) -> None:
        self._left.add(member)


@given(steps=STEPS)
async def test_each_gets_all_of_its_own_in_the_order_in_which_it_was_told(steps: list[tuple[str, int]]) -> None:
    town = Town()
    for count, (step, number) in enumerate(steps):
        match step:
            case "own":
                town.own(number, frame(count))
            case "asks":
                town.asks(number)
            case "room":
                town.room(number, frame(count))
            case "attach":
                town.come(number)
            case "leave":
                town.leave(number)
            case "deliver":
                town.postman.deliver()
    for member in range(PEOPLE):
        town.come(member)
        town.outboxes[member].deliver()
    assert [town.got(member) for member in range(PEOPLE)] == town.told


async def test_a_client_that_takes_what_it_gets_may_get_any_number_at_once() -> None:
    desk = Desk(MANY, max_packets=10, max_bytes=1_000)
    mailing = None
    for number in range(100):
        mailing = desk.postman.post(frame(number, 50), desk.outboxes, mailing)
    desk.postman.deliver()
    assert desk.cut == []
    assert len(desk.got(0)) > 5_000


@pytest.mark.parametrize(("max_packets", "max_bytes", "delivered"), [(10, 0, 10), (0, 1_000, 9)])
async def test_a_reader_that_takes_nothing_is_cut_and_the_others_are_served(
    max_packets: int, max_bytes: int, delivered: int
) -> None:
    desk = Desk(MANY, max_packets=max_packets, max_bytes=max_bytes)
    for number in range(15):
        desk.postman.post(frame(number, 97), desk.outboxes, None)
        desk.transports[1].waiting = len(desk.got(1))
        desk.postman.deliver()
    assert desk.cut == [1]
    assert [len(transport.writes) for transport in desk.transports] == [15, delivered, 15, 15]


async def test_a_burst_beyond_the_limit_that_is_not_taken_at_once_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing to follow it there is no next write to find it."""
    desk = Desk(2, max_bytes=1_000)
    monkeypatch.setattr(desk.transports[0], "get_write_buffer_size", lambda: len(desk.got(0)))
    for outbox in desk.outboxes:
        outbox.put(frame(1, 1_100))
    desk.postman.deliver()
    assert desk.cut == [0]


async def test_who_catches_up_begins_anew() -> None:
    desk = Desk(1, max_packets=10)
    outbox, transport = desk.outboxes[0], desk.transports[0]
    for _ in range(5):
        for _ in range(8):
            outbox.put(frame(1))
            transport.waiting = len(transport.writes and transport.writes[-1])
            desk.postman.deliver()
        transport.waiting = 0
    assert desk.cut == []


async def test_attaching_writes_what_waited_before_all_else() -> None:
    desk = Desk(1, attached=False)
    desk.outboxes[0].put(frame(1))
    desk.outboxes[0].put(frame(2))
    desk.attach(0)
    desk.outboxes[0].put(frame(3))
    desk.postman.deliver()
    assert desk.transports[0].writes == [frame(1) + frame(2), frame(3)]
    assert len(desk.outboxes[0]) == 0
