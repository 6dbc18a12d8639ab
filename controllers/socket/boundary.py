"""From an event as it came to exactly one answer: the one place where events are checked, run and answered."""

import asyncio
import dataclasses
import itertools
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from marshmallow import Schema

from controllers.compiled_dump import compiled
from controllers.socket.contract import Payload, Pending, Reply, SocketCall, SocketEvent
from services.errors import UnknownEvent, ValidationFailed
from services.ports import Limiter
from services.principal import Origin, Principal

log = structlog.get_logger(__name__)

UNKNOWN = "unknown"
LONGEST_ECHO = 64
DEEPEST_LOGGED = 6
# Names that mean something to a Socket.IO library; a table that holds one could be triggered by a forged event.
RESERVED = frozenset({"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})


class ErrorReply(Protocol):
    @property
    def body(self) -> dict[str, Any]: ...


class MakeErrorReply(Protocol):
    """controllers.errors.error_reply."""

    def __call__(self, error: BaseException, *, language: str, request_id: str) -> ErrorReply: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """First `tell` to the calling socket, in order, then `ack` if it asked for one. `code` None: it went well."""

    ack: Mapping[str, Any]
    tell: tuple[tuple[str, Payload], ...] = ()
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """The event has its place; `answer` never raises, but for a cancellation of the task that awaits it."""

    answer: Awaitable[Answer]
    conversation_id: int


class Boundary:
    """`present(event, payload)` makes what a handler tells ready for the wire."""

    def __init__(
        self,
        events: Iterable[SocketEvent],
        *,
        limiter: Limiter,
        error_reply: MakeErrorReply,
        present: Callable[[str, Payload], Payload],
    ) -> None:
        self._rows: dict[str, _Row] = {}
        self.add(events)
        self._limiter = limiter
        self._error_reply = error_reply
        self._present = present
        self._numbers = itertools.count(1)

    def add(self, events: Iterable[SocketEvent]) -> None:
        """For rows whose handlers need the sockets, which need this boundary."""
        self._rows.update((event.name, _Row(event)) for event in events)
        if forbidden := self._rows.keys() & RESERVED:
            raise ValueError(f"reserved event names: {sorted(forbidden)}")

    async def handle(
        self, principal: Principal, origin: Origin, sid: str, event: object, args: list[Any], wants_ack: bool
    ) -> Answer | Later:
        """Never raises, but for a cancellation of the calling task."""
        origin = dataclasses.replace(origin, request_id=f"{origin.request_id}-{next(self._numbers)}")
        asked = _Asked(origin, event, args, wants_ack)
        try:
            row = self._row(event)
            data = row.load(args)
            self._limiter.take(row.event.limit, str(principal.user_id))
            outcome = await row.event.handler(SocketCall(principal, origin, sid, data))
            if isinstance(outcome, Pending):
                return Later(self._later(row, asked, outcome.outcome), outcome.conversation_id)
            return self._went_well(row, outcome)
        except BaseException as error:  # noqa: BLE001  # every event gets an answer; _failed raises what is not for us
            return self._failed(error, asked)

    def refuse(self, error: BaseException, origin: Origin, event: object, args: list[Any], wants_ack: bool) -> Answer:
        """The answer to an event that is not to be run."""
        return self._failed(error, _Asked(origin, event, args, wants_ack))

    def failure(self, error: BaseException, origin: Origin) -> dict[str, Any]:
        """What stands under "error"."""
        return self._error_reply(error, language=origin.language, request_id=origin.request_id).body

    def label(self, event: object) -> str:
        """A name for metrics and logs: never the client's own text."""
        return event if isinstance(event, str) and event in self._rows else UNKNOWN

    def _row(self, event: object) -> "_Row":
        if not isinstance(event, str):
            raise ValidationFailed
        row = self._rows.get(event)
        if row is None:
            raise UnknownEvent
        return row

    async def _later(self, row: "_Row", asked: "_Asked", outcome: Awaitable[Reply]) -> Answer:
        try:
            return self._went_well(row, await outcome)
        except BaseException as error:  # noqa: BLE001  # every event gets an answer; _failed raises what is not for us
            return self._failed(error, asked)

    def _went_well(self, row: "_Row", reply: Reply) -> Answer:
        tell = tuple((event, self._present(event, payload)) for event, payload in reply.tell)
        return Answer({**row.dump(reply.ack), "ok": True}, tell)

    def _failed(self, error: BaseException, asked: "_Asked") -> Answer:
        """Raises `error` again when it is meant for the task or the process."""
        if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)) or _is_cancelled(error):
            raise error
        body = self.failure(error, asked.origin)
        code = body["code"]
        if code == "INTERNAL":
            log.error(
                "event_failed",
                socket_event=self.label(asked.event),
                error=type(error).__name__,
                request_id=asked.origin.request_id,
                where=_where(error),
            )
        envelope = {"ok": False, "error": body}
        return Answer(envelope, () if asked.wants_ack else (("error", _told(body, asked)),), code)


class _Row:
    """One event of the table with its schemas, made once."""

    def __init__(self, event: SocketEvent) -> None:
        self.event = event
        self.dump = compiled(event.ack)
        self._schema: Schema = event.schema()

    def load(self, args: list[Any]) -> dict[str, Any]:
        """Raises ValidationFailed, marshmallow.ValidationError."""
        if len(args) != 1 or not isinstance(args[0], dict):
            raise ValidationFailed(fields={"_": "wrong_type_object"})
        loaded: dict[str, Any] = self._schema.load(args[0])
        return loaded


@dataclass(frozen=True, slots=True)
class _Asked:
    origin: Origin
    event: object
    args: list[Any]
    wants_ack: bool


def _told(body: Mapping[str, Any], asked: _Asked) -> Payload:
    """The event `error`, for a client that asked for no ack."""
    event = asked.event[:LONGEST_ECHO] if isinstance(asked.event, str) else ""
    told = {"message": body["message"], "code": body["code"], "event": event}
    data = asked.args[0] if asked.args and isinstance(asked.args[0], dict) else {}
    conversation_id = data.get("conversationId")
    if type(conversation_id) is int:
        told["conversationId"] = conversation_id
    return told


def _where(error: BaseException) -> list[str]:
    """The innermost calls, without the message of the error, which may quote what somebody wrote."""
    calls = traceback.extract_tb(error.__traceback__)[-DEEPEST_LOGGED:]
    return [f"{call.filename.rpartition('/')[2]}:{call.lineno} {call.name}" for call in calls]


def _is_cancelled(error: BaseException) -> bool:
    """Whether somebody asked this task to stop. aiopg says CancelledError for a statement that took too long, too (fact 1)."""
    if not isinstance(error, asyncio.CancelledError):
        return False
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
