"""What waits for one client, bounded. A client that does not take its packets is cut; nobody waits for it.

Why not the library's queue (engineio 4.15.1, AsyncSocket.send): it has no bound (fact 6), and each packet wakes a task.
"""

import asyncio
from collections.abc import Callable

from server.realtime.backlog import Backlog
from server.realtime.frames import Frame, text_size
from server.realtime.postman import Mailing, Postman


class Overflow(Exception):
    """More waits than a client that reads would ever let wait."""


class Outbox:
    """Frames are kept while the client polls or upgrades; on a WebSocket the postman takes them to the transport.

    aiohttp's own writer is passed by: without permessage-deflate a frame is a header and the text, and `transport.write`
    keeps its buffer, whose size says how slow the client is. It is asked at the next write: a burst is no offence, not to
    have taken it until then is.
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
        "awaits",
        "held",
        "mailing",
        "pile",
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
        # For the postman: all that this client gets before the mailing, if that is not all, and the mailing that it gets last.
        self.pile: list[Frame] | None = None
        self.mailing: Mailing | None = None
        # Acks that the client is owed; while there are any, what others say to it may be held back to go out with them.
        self.awaits = 0
        self.held = False
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
            self.pile_up(frame)
            return
        self._frames.append(frame)
        self._bytes += text_size(frame)
        self._check(len(self._frames), self._bytes)

    def take(self, most: int) -> list[Frame]:
        """What waits, for the answer to a poll."""
        taken = self._frames[:most]
        del self._frames[:most]
        self._bytes -= sum(map(text_size, taken))
        return taken

    def deliver(self) -> None:
        """What is ready, now."""
        if self.held:
            self._postman.call(self)
        if self.mailing is not None or self.pile is not None:
            self._postman.deliver()

    def attach(self, transport: asyncio.WriteTransport, answer: bytes = b"") -> None:
        """From now on straight to the transport, after what waited; all of it, behind `answer`, in one write."""
        self._transport = transport
        self._postman.attached += 1
        frames, self._frames, self._bytes = self._frames, [], 0
        if frames or answer:
            wire = b"".join([answer, *frames])
            self.write(wire, len(wire), len(frames))

    def clear(self) -> None:
        """The client has gone: what it was to get goes nowhere."""
        self._frames.clear()
        self._bytes = 0
        self._transport = self._backlog = None

    def pile_up(self, frame: Frame) -> None:
        """For this client alone, or as good as alone, with the next delivery."""
        if self.mailing is not None:
            self.follow(self.mailing)
        if self.pile is None:
            self.pile = [frame]
            self._postman.call(self)
        else:
            self.pile.append(frame)
            if self.held:
                self._postman.call(self)

    def hold_back(self, frame: Frame) -> None:
        """The same, until something is put here that may not wait."""
        if self.mailing is not None:
            self.follow(self.mailing)
        if self.pile is None:
            self.pile = [frame]
            self._postman.hold(self)
        else:
            self.pile.append(frame)

    def answered(self) -> None:
        """One ack that the client was owed is on its way, or will never be."""
        self.awaits -= 1
        if self.held and not self.awaits:
            self._postman.call(self)

    def follow(self, mailing: Mailing) -> None:
        """Something else comes after this one: it ends, and its frames are on the pile from now on."""
        mailing.open = False
        self.mailing = None
        if self.pile is None:
            self._postman.call(self)
            self.pile = []
        self.pile += mailing.frames

    def write_pile(self) -> None:
        """For the postman."""
        pile, mailing = self.pile or [], self.mailing
        self.pile = self.mailing = None
        if mailing is not None:
            pile += mailing.frames
        packets = len(pile)
        wire = pile[0] if packets == 1 else b"".join(pile)
        self.write(wire, len(wire), packets)

    def write(self, wire: bytes, size: int, packets: int) -> None:
        """Now. Who is not there any more gets nothing; who lets too much wait is cut."""
        transport = self._transport
        # One that is closing is about to be told so; uvloop's write would raise.
        if transport is None or transport.is_closing():
            return
        try:
            if waiting := transport.get_write_buffer_size():
                self._count(waiting, size, packets)
            else:
                self._backlog = None
            self._last_size, self._last_packets = size, packets
            transport.write(wire)
            if 0 < self._max_bytes < size:
                self._check(0, transport.get_write_buffer_size())
        except Overflow:
            self.clear()
            self._overflow()

    def _count(self, waiting: int, size: int, packets: int) -> None:
        """The kernel did not take all that was written before."""
        if self._backlog is None:
            self._backlog = Backlog(self._last_size, self._last_packets)
        self._check(self._backlog.packets(waiting) + packets, waiting + size)
        self._backlog.add(size, packets)

    def _check(self, packets: int, size: int) -> None:
        if 0 < self._max_packets < packets or 0 < self._max_bytes < size:
            raise Overflow
