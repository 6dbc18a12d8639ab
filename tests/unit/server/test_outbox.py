"""A connection that has gone, and nobody was told yet, must not stop a broadcast to the others."""

import asyncio
from typing import cast

from server.realtime.frames import Frame
from server.realtime.outbox import Outbox


class GoneTransport:
    """As uvloop's: writing to it after its end raises."""

    def is_closing(self) -> bool:
        return True

    def write(self, wire: bytes) -> None:
        raise RuntimeError("unable to perform operation; the handler is closed")


def test_writing_to_a_connection_that_has_gone_is_no_error() -> None:
    outbox = Outbox(max_packets=1, max_bytes=1)
    outbox.attach(cast(asyncio.WriteTransport, GoneTransport()))
    for _ in range(3):
        outbox.put(Frame(b"4hello"))
