"""One authenticated socket: who it is, what it asked and is still owed, when its token ends."""

import asyncio
import time

from controllers.socket.contract import Asked, Caller
from server.realtime.engine_socket import EngineSocket
from server.realtime.frames import Frame
from server.realtime.limits import RealtimeLimits
from server.realtime.rate import Bucket
from services.principal import Origin, Principal
from services.room_names import RoomName


class Socket:
    __slots__ = (
        "bucket",
        "caller",
        "gone",
        "opened_at",
        "pending",
        "principal",
        "queue",
        "queued_bytes",
        "rooms",
        "sid",
        "transport",
        "turn",
        "worker",
    )

    def __init__(
        self, *, sid: str, principal: Principal, origin: Origin, transport: EngineSocket, limits: RealtimeLimits
    ) -> None:
        self.sid = sid
        self.principal = principal
        self.caller = Caller(principal, origin, sid)
        self.transport = transport
        self.rooms: set[RoomName] = set()
        self.bucket = Bucket(limits.event_rate, limits.event_rate * 2)
        # A short line: an empty deque would take ten times the memory, in every socket that waits for nothing.
        self.queue: list[Asked] = []
        self.queued_bytes = 0
        self.worker: asyncio.Task[None] | None = None
        # Conversation → events about it that took their place and are not answered yet.
        self.pending: dict[int, int] = {}
        self.turn: asyncio.Future[None] | None = None
        self.gone = False
        # Milliseconds since 1970: other nodes compare it with theirs.
        self.opened_at = time.time_ns() // 1_000_000

    @property
    def owed(self) -> int:
        """Events without an answer, but for the one at work."""
        return len(self.queue) + sum(self.pending.values())

    def renew(self, principal: Principal) -> None:
        """What was asked before stays asked by whom it was."""
        self.principal = principal
        self.caller = Caller(principal, self.caller.origin, self.sid)

    def owe(self, conversation_id: int) -> None:
        self.pending[conversation_id] = self.pending.get(conversation_id, 0) + 1
        self.transport.outbox.awaits += 1

    def settle(self, conversation_id: int) -> None:
        """One that was owed is answered; whoever waits for its turn looks again."""
        self.transport.outbox.answered()
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
