"""What waits for one client, bounded. A client that does not take its packets is cut; nobody waits for it.

Why not the library's queue (engineio 4.15.1, AsyncSocket.send): it has no bound (fact 6), and each packet wakes a task.
"""

import asyncio
from collections import deque

from server.realtime.frames import Frame


class Overflow(Exception):
    """More waits than a client that reads would ever let wait."""


class Outbox:
    """Frames are kept while the client polls or upgrades; on a WebSocket they go to the transport at once.

    aiohttp's own writer is passed by: without permessage-deflate a frame is a header and the text, and `transport.write`
    keeps its buffer, whose size says how slow the client is.
    """

    __slots__ = ("_bytes", "_frames", "_max_bytes", "_max_packets", "_sizes", "_transport", "_written")

    def __init__(self, *, max_packets: int, max_bytes: int) -> None:
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
            self._write(self._transport, frame.wire)
            return
        self._frames.append(frame)
        self._bytes += len(frame.text)
        self._check(len(self._frames), self._bytes)

    def take(self, most: int) -> list[Frame]:
        """What waits, for the answer to a poll."""
        taken = [self._frames.popleft() for _ in range(min(most, len(self._frames)))]
        self._bytes -= sum(len(frame.text) for frame in taken)
        return taken

    def attach(self, transport: asyncio.WriteTransport) -> None:
        """From now on straight to the transport, after what waited. Raises Overflow."""
        self._transport = transport
        while self._frames:
            self._write(transport, self._frames.popleft().wire)
        self._bytes = 0

    def clear(self) -> None:
        self._frames.clear()
        self._sizes.clear()
        self._bytes = self._written = 0

    def _write(self, transport: asyncio.WriteTransport, wire: bytes) -> None:
        if transport.is_closing():  # gone, and about to be told so; uvloop's write would raise
            return
        transport.write(wire)
        waiting = transport.get_write_buffer_size()
        if not waiting:
            self._sizes.clear()
            self._written = 0
            return
        # How many packets are among the bytes that the kernel has not taken yet.
        self._sizes.append(len(wire))
        self._written += len(wire)
        while self._written - self._sizes[0] >= waiting:
            self._written -= self._sizes.popleft()
        self._check(len(self._sizes), waiting)

    def _check(self, packets: int, size: int) -> None:
        if 0 < self._max_packets < packets or 0 < self._max_bytes < size:
            raise Overflow
