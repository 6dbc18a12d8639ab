"""Events of one client run in the order in which they came, and each gets exactly one reply (facts 1, 2, 3, 5)."""

import asyncio
import time
from functools import partial
from typing import Any, Protocol

import structlog

from controllers.socket.boundary import Answer, Later
from controllers.socket.contract import Asked, Caller
from server.realtime.frames import ack_frame, event_frame
from server.realtime.limits import RealtimeLimits
from server.realtime.metrics import RealtimeMetrics
from server.realtime.sockets import Socket
from services.errors import RateLimitExceeded, Unavailable
from services.principal import Origin

log = structlog.get_logger(__name__)

SEND = "send_message"
WAITS_FOR_ALL = frozenset({"sync"})
FULL_RETRY_SECONDS = 1.0


class EventBoundary(Protocol):
    """controllers.socket.boundary.Boundary, or a toy."""

    def at_once(self, caller: Caller, asked: Asked) -> Answer | Later | None: ...

    async def handle(self, caller: Caller, asked: Asked) -> Answer | Later: ...

    def came_out(self, later: Later, result: Any, error: BaseException | None) -> Answer: ...

    def refuse(self, error: BaseException, caller: Caller, asked: Asked) -> Answer: ...

    def failure(self, error: BaseException, origin: Origin) -> dict[str, Any]: ...


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

    def accept(self, socket: Socket, asked: Asked) -> None:
        """Handle or queue an event, or refuse it at once. Never waits, so that pongs are read whatever the handlers do."""
        if self.stopping:
            return
        wait = socket.bucket.take(asked.arrived)
        if not wait and (socket.pending or socket.queue):
            wait = self._wait_for_room(socket, asked)
        if wait:
            self._refuse(socket, asked, RateLimitExceeded(retry_after=wait))
            return
        if socket.worker is None and not (socket.pending and _must_wait(socket, asked)):
            outcome = self._boundary.at_once(socket.caller, asked)
            if outcome is not None:
                self._take(socket, asked, outcome)
                return
        socket.queue.append(asked)
        socket.queued_bytes += asked.size
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

    def _wait_for_room(self, socket: Socket, asked: Asked) -> float:
        """Seconds; 0 when there is room for the event, too."""
        full = 0 < self._limits.max_waiting_events <= socket.owed
        heavy = 0 < self._limits.max_waiting_bytes < socket.queued_bytes + asked.size
        return FULL_RETRY_SECONDS if full or heavy else 0.0

    async def _work(self, socket: Socket) -> None:
        try:
            while socket.queue and not self.stopping:
                asked = socket.queue.pop(0)
                socket.queued_bytes -= asked.size
                while socket.pending and _must_wait(socket, asked):
                    socket.turn = asyncio.get_running_loop().create_future()
                    await socket.turn
                await self._run(socket, asked)
        finally:
            socket.worker = None

    async def _run(self, socket: Socket, asked: Asked) -> None:
        if 0 < self._limits.patience < time.monotonic() - asked.arrived:
            self._refuse(socket, asked, Unavailable(retry_after=1))
            return
        self._take(socket, asked, await self._boundary.handle(socket.caller, asked))

    def _take(self, socket: Socket, asked: Asked, outcome: Answer | Later) -> None:
        if isinstance(outcome, Later):
            socket.owe(outcome.pending.conversation_id)
            self._owed += 1
            outcome.pending.outcome.listen(partial(self._told, socket, outcome))
        else:
            self._answer(socket, asked, outcome)

    def _told(self, socket: Socket, later: Later, result: Any, error: BaseException | None) -> None:
        self._answer(socket, later.asked, self._boundary.came_out(later, result, error))
        socket.settle(later.pending.conversation_id)
        self._owed -= 1
        if self.stopping and not self._owed:
            self._nothing_owed.set()

    def _answer(self, socket: Socket, asked: Asked, answer: Answer) -> None:
        self._metrics.event(answer.label, time.monotonic() - asked.arrived, answer.code)
        try:
            told = [event_frame(event, payload) for event, payload in answer.tell] if answer.tell else ()
            ack = None if asked.ack_id is None else ack_frame(asked.ack_id, answer.ack)
        except TypeError as error:
            log.error("answer_not_json", socket_event=answer.label, why=type(error).__name__)
            if answer.code is None:
                self._refuse(socket, asked, error)
            return
        for frame in told:
            socket.send(frame)
        if ack is not None:
            socket.send(ack)
            self._metrics.acked(answer.code is None)

    def _refuse(self, socket: Socket, asked: Asked, error: BaseException) -> None:
        self._answer(socket, asked, self._boundary.refuse(error, socket.caller, asked))

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _must_wait(socket: Socket, asked: Asked) -> bool:
    """Whether the event must come after the sends that are pending."""
    if asked.event == SEND:
        return False
    for_all = isinstance(asked.event, str) and asked.event in WAITS_FOR_ALL
    return for_all or _conversation_of(asked.args) in socket.pending


def _conversation_of(args: list[Any]) -> int | None:
    data = args[0] if args and isinstance(args[0], dict) else {}
    found = data.get("conversationId")
    return found if type(found) is int else None
