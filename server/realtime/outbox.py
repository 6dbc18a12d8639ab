"""What waits for one client, bounded. A client that does not take its packets is cut; nobody waits for it.

Why not the library's queue (engineio 4.15.1, AsyncSocket.send): it has no bound (fact 6), and each packet wakes a task.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from server.realtime.frames import Frame

# More than this is not kept back for company.
WORTH_A_WRITE = 32_768


class Overflow(Exception):
    """More waits than a client that reads would ever let wait."""


class Postman:
    """Brings what was put into many outboxes to their transports, one write each.

    Two turns of the loop later: the event that a message makes and its ack, or the messages of one commit, are then
    together, and a system call for each costs more than all else that is done for a delivery.
    """

    def __init__(self) -> None:
        self._full: list[Outbox] = []

    def call(self, outbox: "Outbox") -> None:
        if not self._full:
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._deliver)
        self._full.append(outbox)

    def _deliver(self) -> None:
        full, self._full = self._full, []
        for outbox in full:
            outbox.deliver()


class Outbox:
    """Frames are kept while the client polls or upgrades; on a WebSocket the postman takes them to the transport.

    aiohttp's own writer is passed by: without permessage-deflate a frame is a header and the text, and `transport.write`
    keeps its buffer, whose size says how slow the client is.
    """

    __slots__ = (
        "_bytes",
        "_frames",
        "_max_bytes",
        "_max_packets",
        "_overflow",
        "_postman",
        "_ready",
        "_ready_bytes",
        "_sizes",
        "_transport",
        "_written",
    )

    def __init__(self, *, max_packets: int, max_bytes: int, postman: Postman, overflow: Callable[[], None]) -> None:
        """`overflow` is called when a delivery by the postman finds that too much waits."""
        self._postman = postman
        self._overflow = overflow
        self._ready: list[bytes] = []
        self._ready_bytes = 0
        self._max_packets = max_packets
        self._max_bytes = max_bytes
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._transport: asyncio.WriteTransport | None = None
        self._sizes: deque[int] = deque()
        self._written = 0

    def __len__(self) -> int:
        return len(self._frames)

    def put(self, frame: Frame) -> None:
        """Raises Overflow; the frame is lost then, as the connection is."""
        if self._transport is not None:
            self._make_ready(frame.wire)
            return
        self._frames.append(frame)
        self._bytes += len(frame.text)
        self._check(len(self._frames), self._bytes)

    def take(self, most: int) -> list[Frame]:
        """What waits, for the answer to a poll."""
        taken = [self._frames.popleft() for _ in range(min(most, len(self._frames)))]
        self._bytes -= sum(len(frame.text) for frame in taken)
        return taken

    def deliver(self) -> None:
        """What is ready, now."""
        try:
            self.flush()
        except Overflow:
            self._overflow()

    def flush(self) -> None:
        """What is ready, now. Raises Overflow."""
        if self._ready and self._transport is not None:
            ready, self._ready, self._ready_bytes = self._ready, [], 0
            self._write(self._transport, ready)

    def attach(self, transport: asyncio.WriteTransport) -> None:
        """From now on straight to the transport, after what waited. Raises Overflow."""
        self._transport = transport
        waiting = [self._frames.popleft().wire for _ in range(len(self._frames))]
        self._bytes = 0
        if waiting:
            self._write(transport, waiting)

    def clear(self) -> None:
        self._frames.clear()
        self._sizes.clear()
        self._ready.clear()
        self._bytes = self._written = self._ready_bytes = 0

    def _make_ready(self, wire: bytes) -> None:
        if not self._ready:
            self._postman.call(self)
        self._ready.append(wire)
        self._ready_bytes += len(wire)
        if self._ready_bytes > WORTH_A_WRITE:
            self.flush()

    def _write(self, transport: asyncio.WriteTransport, wires: list[bytes]) -> None:
        if transport.is_closing():  # gone, and about to be told so; uvloop's write would raise
            return
        transport.write(wires[0] if len(wires) == 1 else b"".join(wires))
        waiting = transport.get_write_buffer_size()
        if not waiting:
            self._sizes.clear()
            self._written = 0
            return
        # How many packets are among the bytes that the kernel has not taken yet.
        self._sizes.extend(map(len, wires))
        self._written += sum(map(len, wires))
        while self._written - self._sizes[0] >= waiting:
            self._written -= self._sizes.popleft()
        self._check(len(self._sizes), waiting)

    def _check(self, packets: int, size: int) -> None:
        if 0 < self._max_packets < packets or 0 < self._max_bytes < size:
            raise Overflow
