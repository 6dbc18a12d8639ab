"""How many packets are among the bytes that a slow client has not taken yet."""

from collections import deque


class Backlog:
    """Made when bytes are left for the first time: they are of the last write then."""

    __slots__ = ("_bytes", "_writes")

    def __init__(self, size: int, packets: int) -> None:
        self._writes = deque([(size, packets)])
        self._bytes = size

    def add(self, size: int, packets: int) -> None:
        """One more write."""
        self._writes.append((size, packets))
        self._bytes += size

    def packets(self, waiting: int) -> int:
        """With `waiting` bytes left. Of a write that was taken in part as many as if its packets were alike, and rounded up."""
        while len(self._writes) > 1 and self._bytes - self._writes[0][0] >= waiting:
            size, _ = self._writes.popleft()
            self._bytes -= size
        size, packets = self._writes[0]
        later = sum(count for _, count in self._writes) - packets
        left = waiting - (self._bytes - size)
        return later + min(packets, -(-packets * left // max(size, 1)))
