"""One authenticated socket: who it is, what it asked and is still owed, when its token ends."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from server.realtime.engine_socket import EngineSocket
from server.realtime.frames import Frame
from server.realtime.limits import RealtimeLimits
from server.realtime.rate import Bucket
from services.principal import Origin, Principal
from services.room_names import RoomName

# Timers of a day at most: event loops differ in what they do with a year.
LONGEST_TIMER = 86_400.0


class Incoming(NamedTuple):
    """One event as it came. `arrived` is the loop's time."""

    name: Any
    args: list[Any]
    ack_id: int | None
    size: int
    arrived: float


class Socket:
    def __init__(
        self, *, sid: str, principal: Principal, origin: Origin, transport: EngineSocket, limits: RealtimeLimits
    ) -> None:
        self.sid = sid
        self.principal = principal
        self.origin = origin
        self.transport = transport
        self.rooms: set[RoomName] = set()
        self.bucket = Bucket(limits.event_rate, limits.event_rate * 2)
        self.queue: deque[Incoming] = deque()
        self.queued_bytes = 0
        self.worker: asyncio.Task[None] | None = None
        # Conversation → events about it that took their place and are not answered yet.
        self.pending: dict[int, int] = {}
        self.turn: asyncio.Future[None] | None = None
        self.gone = False

    @property
    def owed(self) -> int:
        """Events without an answer, but for the one at work."""
        return len(self.queue) + sum(self.pending.values())

    def owe(self, conversation_id: int) -> None:
        self.pending[conversation_id] = self.pending.get(conversation_id, 0) + 1

    def settle(self, conversation_id: int) -> None:
        """One that was owed is answered; whoever waits for its turn looks again."""
        if self.pending[conversation_id] == 1:
            del self.pending[conversation_id]
        else:
            self.pending[conversation_id] -= 1
        if self.turn is not None and not self.turn.done():
            self.turn.set_result(None)

    def send(self, frame: Frame) -> None:
        if not self.gone:
            self.transport.push(frame)

    def forget_queue(self) -> None:
        """Who lost the right to be here loses what was not begun."""
        self.queue.clear()
        self.queued_bytes = 0


class ExpiryTimer:
    """Calls `warn(seconds left)` some time before a token ends, `expire()` when it does."""

    def __init__(self, *, warning: float, warn: Callable[[int], None], expire: Callable[[], None]) -> None:
        self._warning = warning
        self._warn = warn
        self._expire = expire
        self._timer: asyncio.TimerHandle | None = None

    def start(self, expires_at: float) -> None:
        """Again after a renewal."""
        self.cancel()
        self._wait(expires_at, warned=self._warning <= 0)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, expires_at: float, *, warned: bool) -> None:
        left = expires_at - time.time()
        if left <= 0:
            self._timer = asyncio.get_running_loop().call_soon(self._expire)  # type: ignore[assignment]  # both can be cancelled, which is all that is asked of it
            return
        if not warned and left <= self._warning:
            self._warn(max(1, round(left)))
            warned = True
        delay = left if warned else left - self._warning
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(min(delay, LONGEST_TIMER), lambda: self._wait(expires_at, warned=warned))
