"""What waits for one client, bounded. A client that does not take its packets is cut; nobody waits for it.

Why not the library's queue (engineio 4.15.1, AsyncSocket.send): it has no bound (fact 6), and each packet wakes a task.
"""

import asyncio
from collections.abc import Callable

from server.realtime.backlog import Backlog
from server.realtime.frames import Frame
from server.realtime.postman import Mailing, Postman


class Overflow(Exception):
    """More waits than a client that reads would ever let wait."""


class Outbox:
    """Frames are kept while the client polls or upgrades; on a WebSocket the postman takes them to the transport.

    aiohttp's own writer is passed by: without permessage-deflate a frame is a header and the text, and `transport.write`
    keeps its buffer, whose size says how slow the client is. It is asked before a write and not after: uvloop gives the
    bytes to the kernel at the end of the loop's turn, so that right after a write they are there whoever the client is.
    """

    __slots__ = (
        "_backlog",
        "_bytes",
        "_frames",
        "_last_packets",
        "_last_size",
        "_max_bytes",
        "_max_packets",
        "_overflow",
        "_postman",
        "_transport",
        "kept",
        "mailing",
    )

    def __init__(self, *, max_packets: int, max_bytes: int, postman: Postman, overflow: Callable[[], None]) -> None:
        """`overflow` is called when a delivery by the postman finds that too much waits."""
        self._postman = postman
        self._overflow = overflow
        self._max_packets = max_packets
        self._max_bytes = max_bytes
        self._frames: list[Frame] = []
        self._bytes = 0
        self._transport: asyncio.WriteTransport | None = None
        # For the postman: the last mailing that this client is a reader of, and those before it in the same round.
        self.mailing: Mailing | None = None
        self.kept: list[Mailing] | None = None
        self._last_size = self._last_packets = 0
        self._backlog: Backlog | None = None

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def attached(self) -> bool:
        return self._transport is not None

    def put(self, frame: Frame) -> None:
        """Raises Overflow; the frame is lost then, as the connection is."""
        if self._transport is not None:
            mailing = self.mailing
            alone = mailing is not None and len(mailing.readers) == 1
            self._postman.post(frame.wire, (self,), mailing if alone else None)
            return
        self._frames.append(frame)
        self._bytes += len(frame.text)
        self._check(len(self._frames), self._bytes)

    def take(self, most: int) -> list[Frame]:
        """What waits, for the answer to a poll."""
        taken = self._frames[:most]
        del self._frames[:most]
        self._bytes -= sum(len(frame.text) for frame in taken)
        return taken

    def deliver(self) -> None:
        """What is ready, now."""
        if self.mailing is not None:
            self._postman.deliver()

    def attach(self, transport: asyncio.WriteTransport) -> None:
        """From now on straight to the transport, after what waited."""
        self._transport = transport
        self._postman.attached += 1
        frames, self._frames, self._bytes = self._frames, [], 0
        if frames:
            self.write(b"".join(frame.wire for frame in frames), len(frames))

    def clear(self) -> None:
        """The client has gone: what it was to get goes nowhere."""
        self._frames.clear()
        self._bytes = 0
        self._transport = self.kept = self._backlog = None

    def keep(self, mailing: Mailing) -> None:
        """For the postman: another mailing follows in the same round."""
        if self.kept is None:
            self.kept = []
        self.kept.append(mailing)

    def write_all(self, last: Mailing) -> None:
        """For the postman: what was kept, and this, in one write."""
        mailings = [*(self.kept or ()), last]
        self.kept = None
        self.write(b"".join([each.whole for each in mailings]), sum([len(each.wires) for each in mailings]))

    def write(self, wire: bytes, packets: int) -> None:
        """Now. Who is not there any more gets nothing; who lets too much wait is cut."""
        transport = self._transport
        # One that is closing is about to be told so; uvloop's write would raise.
        if transport is None or transport.is_closing():
            return
        waiting = transport.get_write_buffer_size()
        if waiting:
            try:
                self._count(waiting, len(wire), packets)
            except Overflow:
                self.clear()
                self._overflow()
                return
        else:
            self._backlog = None
        self._last_size, self._last_packets = len(wire), packets
        transport.write(wire)

    def _count(self, waiting: int, size: int, packets: int) -> None:
        """The kernel did not take all that was written before."""
        if self._backlog is None:
            self._backlog = Backlog(self._last_size, self._last_packets)
        self._check(self._backlog.packets(waiting) + packets, waiting + size)
        self._backlog.add(size, packets)

    def _check(self, packets: int, size: int) -> None:
        if 0 < self._max_packets < packets or 0 < self._max_bytes < size:
            raise Overflow
