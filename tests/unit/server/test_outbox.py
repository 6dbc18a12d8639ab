"""A connection that has gone, and nobody was told yet, must not stop a broadcast to the others."""

import asyncio
from typing import cast

import pytest

from server.realtime.frames import Frame
from server.realtime.outbox import Outbox
from server.realtime.postman import Postman


class GoneTransport:
    """As uvloop's: writing to it after its end raises."""

    def is_closing(self) -> bool:
        return True

    def write(self, wire: bytes) -> None:
        raise RuntimeError("unable to perform operation; the handler is closed")


async def test_writing_to_a_connection_that_has_gone_is_no_error() -> None:
    outbox = Outbox(max_packets=1, max_bytes=1, postman=Postman(), overflow=pytest.fail)
    outbox.attach(cast(asyncio.WriteTransport, GoneTransport()))
    for _ in range(3):
        outbox.put(Frame(b"4hello"))
    outbox.deliver()


class OpenTransport:
    """Takes everything at once, and remembers each write."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []

    def is_closing(self) -> bool:
        return False

    def write(self, wire: bytes) -> None:
        self.writes.append(wire)

    def get_write_buffer_size(self) -> int:
        return 0


async def test_what_is_put_in_one_turn_goes_in_one_write_and_in_order() -> None:
    transport = OpenTransport()
    outbox = Outbox(max_packets=0, max_bytes=0, postman=Postman(), overflow=pytest.fail)
    outbox.attach(cast(asyncio.WriteTransport, transport))
    frames = [Frame(b"4%d" % number) for number in range(4)]
    for frame in frames[:3]:
        outbox.put(frame)
    while not transport.writes:
        await asyncio.sleep(0)
    outbox.put(frames[3])
    outbox.deliver()
    assert transport.writes == [b"".join(frame.wire for frame in frames[:3]), frames[3].wire]


async def test_what_is_worth_a_write_of_its_own_does_not_wait() -> None:
    transport = OpenTransport()
    outbox = Outbox(max_packets=0, max_bytes=0, postman=Postman(), overflow=pytest.fail)
    outbox.attach(cast(asyncio.WriteTransport, transport))
    outbox.put(Frame(b"4" * 40_000))
    assert len(transport.writes) == 1
