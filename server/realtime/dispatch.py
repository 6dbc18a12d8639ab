"""Events of one client run in the order in which they came, and each gets exactly one reply (facts 1, 2, 3, 5)."""

import asyncio
import time
from typing import Any, Protocol

import structlog

from controllers.socket.boundary import Answer, Asked, Later
from server.realtime.frames import ack_frame, event_frame
from server.realtime.limits import RealtimeLimits
from server.realtime.metrics import RealtimeMetrics
from server.realtime.sockets import Incoming, Socket
from services.errors import DomainError, RateLimitExceeded, Unavailable
from services.principal import Origin

log = structlog.get_logger(__name__)

SEND = "send_message"
WAITS_FOR_ALL = frozenset({"sync"})
FULL_RETRY_SECONDS = 1.0


class EventBoundary(Protocol):
    """controllers.socket.boundary.Boundary, or a toy."""

    def at_once(self, asked: Asked) -> Answer | Later | None: ...

    async def handle(self, asked: Asked) -> Answer | Later: ...

    def refuse(self, error: BaseException, asked: Asked) -> Answer: ...

    def failure(self, error: BaseException, origin: Origin) -> dict[str, Any]: ...

    def label(self, event: object) -> str: ...


class Dispatcher:
    """An event that nothing has to wait for is handled in the turn in which it was read; the others by a task a socket."""

    def __init__(self, *, boundary: EventBoundary, limits: RealtimeLimits, metrics: RealtimeMetrics) -> None:
        self._boundary = boundary
        self._limits = limits
        self._metrics = metrics
        self._tasks: set[asyncio.Task[None]] = set()
        self._owed = 0
        self._nothing_owed = asyncio.Event()
        self.stopping = False

    def accept(self, socket: Socket, incoming: Incoming) -> None:
        """Handle or queue an event, or refuse it at once. Never waits, so that pongs are read whatever the handlers do."""
        if self.stopping:
            return
        if refusal := self._refusal(socket, incoming):
            self._answer(socket, incoming, self._refused(socket, incoming, refusal))
            return
        if socket.worker is None and not self._must_wait(socket, incoming):
            outcome = self._boundary.at_once(_asked(socket, incoming))
            if outcome is not None:
                self._take(socket, incoming, outcome)
                return
        socket.queue.append(incoming)
        socket.queued_bytes += incoming.size
        if socket.worker is None:
            socket.worker = self._spawn(self._work(socket))

    async def drain(self, seconds: float) -> None:
        """Let what has begun come to its end; what waits is dropped, unanswered, and so tried again by its client."""
        self.stopping = True
        try:
            async with asyncio.timeout(seconds):
                while self._tasks or self._owed:
                    await self._ended()
        except TimeoutError:
            late = tuple(self._tasks)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _ended(self) -> None:
        """Something of what is under way."""
        if self._tasks:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        else:
            self._nothing_owed.clear()
            await self._nothing_owed.wait()

    def _refusal(self, socket: Socket, incoming: Incoming) -> DomainError | None:
        if wait := socket.bucket.take():
            return RateLimitExceeded(retry_after=wait)
        if not socket.queue and not socket.pending:
            return None
        full = 0 < self._limits.max_waiting_events <= socket.owed
        heavy = 0 < self._limits.max_waiting_bytes < socket.queued_bytes + incoming.size
        return RateLimitExceeded(retry_after=FULL_RETRY_SECONDS) if full or heavy else None

    async def _work(self, socket: Socket) -> None:
        try:
            while socket.queue and not self.stopping:
                incoming = socket.queue.popleft()
                socket.queued_bytes -= incoming.size
                while self._must_wait(socket, incoming):
                    socket.turn = asyncio.get_running_loop().create_future()
                    await socket.turn
                await self._run(socket, incoming)
        finally:
            socket.worker = None

    @staticmethod
    def _must_wait(socket: Socket, incoming: Incoming) -> bool:
        """Whether there are queued sends that this event must come after."""
        if not socket.pending or incoming.name == SEND:
            return False
        for_all = isinstance(incoming.name, str) and incoming.name in WAITS_FOR_ALL
        return for_all or _conversation_of(incoming.args) in socket.pending

    async def _run(self, socket: Socket, incoming: Incoming) -> None:
        if 0 < self._limits.patience < time.monotonic() - incoming.arrived:
            self._answer(socket, incoming, self._refused(socket, incoming, Unavailable(retry_after=1)))
            return
        self._take(socket, incoming, await self._boundary.handle(_asked(socket, incoming)))

    def _take(self, socket: Socket, incoming: Incoming, outcome: Answer | Later) -> None:
        if isinstance(outcome, Answer):
            self._answer(socket, incoming, outcome)
            return
        about = outcome.conversation_id
        socket.owe(about)
        self._owed += 1

        def told(answer: Answer) -> None:
            self._answer(socket, incoming, answer)
            socket.settle(about)
            self._owed -= 1
            if not self._owed:
                self._nothing_owed.set()

        outcome.listen(told)

    def _answer(self, socket: Socket, incoming: Incoming, answer: Answer) -> None:
        seconds = time.monotonic() - incoming.arrived
        self._metrics.event(self._boundary.label(incoming.name), seconds, answer.code)
        try:
            frames = [event_frame(event, payload) for event, payload in answer.tell]
            if incoming.ack_id is not None:
                frames.append(ack_frame(incoming.ack_id, answer.ack))
        except TypeError as error:
            log.error("answer_not_json", socket_event=self._boundary.label(incoming.name), why=type(error).__name__)
            if answer.code is None:
                self._answer(socket, incoming, self._refused(socket, incoming, error))
            return
        for frame in frames:
            socket.send(frame)
        if incoming.ack_id is not None:
            self._metrics.acked(answer.code is None)

    def _refused(self, socket: Socket, incoming: Incoming, error: BaseException) -> Answer:
        return self._boundary.refuse(error, _asked(socket, incoming))

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _asked(socket: Socket, incoming: Incoming) -> Asked:
    return Asked(socket.principal, socket.origin, socket.sid, incoming.name, incoming.args, incoming.ack_id is not None)


def _conversation_of(args: list[Any]) -> int | None:
    data = args[0] if args and isinstance(args[0], dict) else {}
    found = data.get("conversationId")
    return found if type(found) is int else None
