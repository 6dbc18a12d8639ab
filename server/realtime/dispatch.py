"""Events of one client run in the order in which they came, and each gets exactly one reply (facts 1, 2, 3, 5)."""

import asyncio
from collections.abc import Awaitable
from typing import Any, Protocol

import structlog

from controllers.socket.boundary import Answer, Later
from server.realtime.frames import ack_frame, event_frame
from server.realtime.limits import RealtimeLimits
from server.realtime.metrics import RealtimeMetrics
from server.realtime.sockets import Incoming, Socket
from services.errors import DomainError, RateLimitExceeded, Unavailable
from services.principal import Origin, Principal

log = structlog.get_logger(__name__)

SEND = "send_message"
WAITS_FOR_ALL = frozenset({"sync"})
FULL_RETRY_SECONDS = 1.0


class EventBoundary(Protocol):
    """controllers.socket.boundary.Boundary, or a toy."""

    async def handle(
        self, principal: Principal, origin: Origin, sid: str, event: object, args: list[Any], wants_ack: bool
    ) -> Answer | Later: ...

    def refuse(
        self, error: BaseException, origin: Origin, event: object, args: list[Any], wants_ack: bool
    ) -> Answer: ...

    def failure(self, error: BaseException, origin: Origin) -> dict[str, Any]: ...

    def label(self, event: object) -> str: ...


class Dispatcher:
    def __init__(self, *, boundary: EventBoundary, limits: RealtimeLimits, metrics: RealtimeMetrics) -> None:
        self._boundary = boundary
        self._limits = limits
        self._metrics = metrics
        self._tasks: set[asyncio.Task[None]] = set()
        self.stopping = False

    def accept(self, socket: Socket, incoming: Incoming) -> None:
        """Queue an event, or refuse it at once. Never waits, so that pongs are read whatever the handlers do."""
        if self.stopping:
            return
        if refusal := self._refusal(socket, incoming):
            self._answer(socket, incoming, self._refused(socket, incoming, refusal))
            return
        socket.queue.append(incoming)
        socket.queued_bytes += incoming.size
        if socket.worker is None:
            socket.worker = self._spawn(self._work(socket))

    async def drain(self, seconds: float) -> None:
        """Let what has begun come to its end; what waits is dropped, unanswered, and so tried again by its client."""
        self.stopping = True
        tasks = set(self._tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _refusal(self, socket: Socket, incoming: Incoming) -> DomainError | None:
        if wait := socket.bucket.take():
            return RateLimitExceeded(retry_after=wait)
        full = 0 < self._limits.max_waiting_events <= socket.owed
        heavy = 0 < self._limits.max_waiting_bytes < socket.queued_bytes + incoming.size
        return RateLimitExceeded(retry_after=FULL_RETRY_SECONDS) if full or heavy else None

    async def _work(self, socket: Socket) -> None:
        try:
            while socket.queue and not self.stopping:
                incoming = socket.queue.popleft()
                socket.queued_bytes -= incoming.size
                await self._turn(socket, incoming)
                await self._run(socket, incoming)
        finally:
            socket.worker = None

    async def _turn(self, socket: Socket, incoming: Incoming) -> None:
        """Wait for the queued sends that this event must come after."""
        conversation_id = _conversation_of(incoming.args)
        for_all = incoming.name in WAITS_FOR_ALL if isinstance(incoming.name, str) else False
        earlier = [
            task
            for task, about in socket.pending.items()
            if for_all or (about == conversation_id and incoming.name != SEND)
        ]
        if earlier:
            await asyncio.wait(earlier)

    async def _run(self, socket: Socket, incoming: Incoming) -> None:
        if 0 < self._limits.patience < asyncio.get_running_loop().time() - incoming.arrived:
            self._answer(socket, incoming, self._refused(socket, incoming, Unavailable(retry_after=1)))
            return
        outcome = await self._boundary.handle(
            socket.principal, socket.origin, socket.sid, incoming.name, incoming.args, incoming.ack_id is not None
        )
        if isinstance(outcome, Answer):
            self._answer(socket, incoming, outcome)
            return
        task = self._spawn(self._answer_later(socket, incoming, outcome.answer))
        socket.pending[task] = outcome.conversation_id
        task.add_done_callback(lambda done: socket.pending.pop(done, None))

    async def _answer_later(self, socket: Socket, incoming: Incoming, answer: Awaitable[Answer]) -> None:
        self._answer(socket, incoming, await answer)

    def _answer(self, socket: Socket, incoming: Incoming, answer: Answer) -> None:
        seconds = asyncio.get_running_loop().time() - incoming.arrived
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
        return self._boundary.refuse(error, socket.origin, incoming.name, incoming.args, incoming.ack_id is not None)

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _conversation_of(args: list[Any]) -> int | None:
    data = args[0] if args and isinstance(args[0], dict) else {}
    found = data.get("conversationId")
    return found if type(found) is int else None
