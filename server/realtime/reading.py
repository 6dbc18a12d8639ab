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
# Of what waits. Beyond it each client is read no further once something of it waits, else once two pieces do.
MOST_BYTES = 4_194_304
# So much is no single message: more of it may come in this very turn, since the loop reads a client up to 32 times in one.
MUCH = 16_384


class Reader(Protocol):
    # What came and was not read yet, in its order.
    late: list[bytes]

    @property
    def parse(self) -> Callable[[bytes], object]:
        """Never raises."""

    def pause(self) -> None:
        """Nothing more of it shall come. Again: the same."""

    def resume(self) -> None:
        """Also of one that was not paused, or has gone."""


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
        if now >= self._until:
            self._until = now + SHARE
            if len(data) >= MUCH:
                self._tell_of_the_end()
        else:
            self._tell_of_the_end()
        reader.parse(data)

    def catch_up(self, reader: Reader) -> None:
        """Nothing of this client's waits any more."""
        late, reader.late = reader.late, []
        for data in late:
            self._late_bytes -= len(data)
            reader.parse(data)

    def _keep(self, reader: Reader, data: bytes) -> None:
        if reader.late or self._late_bytes > MOST_BYTES:
            reader.pause()
        if not reader.late:
            self._late.append(reader)
        reader.late.append(data)
        self._late_bytes += len(data)

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
            self._read_on(self._late.popleft())

    def _read_on(self, reader: Reader) -> None:
        """A piece. Who has more of them comes after the others again."""
        if reader.late:
            data = reader.late.pop(0)
            self._late_bytes -= len(data)
            reader.parse(data)
        if reader.late:
            self._late.append(reader)
        else:
            reader.resume()
