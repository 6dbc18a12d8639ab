"""What is read in one turn of the loop is bounded in time: timers, answers and the database come in between, also when a
thousand clients send at once.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

# Seconds of a turn that reading may take before the rest waits for the next one.
SHARE = 0.005
# More than this does not wait: memory is dearer than a turn.
MOST_BYTES = 4_194_304


class Reader(Protocol):
    # What came and was not read yet, in its order.
    late: list[bytes]

    @property
    def parse(self) -> Callable[[bytes], object]:
        """Never raises."""


class Reading:
    """One for all clients of a node. Each client's bytes keep their order, and the clients theirs."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._late: deque[Reader] = deque()
        self._late_bytes = 0
        self._until = 0.0
        self._turn_ends = False

    def take(self, reader: Reader, data: bytes) -> None:
        now = self._clock()
        if self._turn_ends:
            if now < self._until and not self._late:
                reader.parse(data)
            else:
                self._keep(reader, data)
            return
        # Who comes alone need not have the loop tell of the turn's end.
        if now < self._until:
            self._tell_of_the_end()
        else:
            self._until = now + SHARE
        reader.parse(data)

    def catch_up(self, reader: Reader) -> None:
        """Nothing of this client's waits any more."""
        late, reader.late = reader.late, []
        for data in late:
            self._late_bytes -= len(data)
            reader.parse(data)

    def _keep(self, reader: Reader, data: bytes) -> None:
        if not reader.late:
            self._late.append(reader)
        reader.late.append(data)
        self._late_bytes += len(data)
        if self._late_bytes > MOST_BYTES:
            self.catch_up(reader)

    def _tell_of_the_end(self) -> None:
        self._turn_ends = True
        asyncio.get_running_loop().call_soon(self._next_turn)

    def _next_turn(self) -> None:
        self._turn_ends = False
        self._until = 0.0
        if not self._late:
            return
        self._until = self._clock() + SHARE
        self._tell_of_the_end()
        while self._late and self._clock() < self._until:
            self.catch_up(self._late.popleft())
