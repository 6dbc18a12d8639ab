"""From an event as it came to exactly one answer: the one place where events are checked, run and answered."""

import asyncio
import dataclasses
import itertools
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import structlog
from marshmallow import Schema

from controllers.compiled_dump import compiled
from controllers.compiled_load import compiled_load
from controllers.limit_names import address_limit
from controllers.socket.contract import Asked, Caller, Payload, Pending, Reply, SocketCall, SocketEvent
from controllers.strict_json import BadJson, require_few_keys
from services.errors import UnknownEvent, ValidationFailed
from services.ports import Limiter
from services.principal import Origin

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


class Answer:
    """First `tell` to the calling socket, in order, then `ack` if it asked for one. `code` None: it went well.

    `label`: the event for metrics and logs, never the client's own text.
    """

    __slots__ = ("ack", "code", "label", "tell")

    def __init__(
        self, label: str, ack: Mapping[str, Any], tell: tuple[tuple[str, Payload], ...] = (), code: str | None = None
    ) -> None:
        self.label = label
        self.ack = ack
        self.tell = tell
        self.code = code


class Later:
    """The event has its place. What is heard of `pending.outcome` is for `Boundary.came_out`, which knows the answer."""

    __slots__ = ("asked", "caller", "data", "pending", "row")

    def __init__(self, row: "_Row", caller: Caller, asked: Asked, data: dict[str, Any], pending: Pending) -> None:
        self.row = row
        self.caller = caller
        self.asked = asked
        self.data = data
        self.pending = pending


# Told what an event that went well left behind: (caller, the event's loaded data, reply).
Noting = Callable[[Caller, Mapping[str, Any], Reply], None]


class Witness(Protocol):
    """controllers.socket.witness.SocketWitness."""

    def noting(self, event: str) -> Noting | None: ...

    def refused(self, error: BaseException, caller: Caller, asked: Asked, label: str) -> None: ...


class Boundary:
    """`present(event, payload)` makes what a handler tells ready for the wire."""

    def __init__(
        self,
        events: Iterable[SocketEvent],
        *,
        limiter: Limiter,
        error_reply: MakeErrorReply,
        present: Callable[[str, Payload], Payload],
        witness: Witness | None = None,
    ) -> None:
        self._rows: dict[str, _Row] = {}
        self._witness = witness
        self.add(events)
        self._limiter = limiter
        self._error_reply = error_reply
        self._present = present
        self._numbers = itertools.count(1)

    def add(self, events: Iterable[SocketEvent]) -> None:
        """For rows whose handlers need the sockets, which need this boundary."""
        self._rows.update((event.name, _Row(event, self._noting(event.name))) for event in events)
        if forbidden := self._rows.keys() & RESERVED:
            raise ValueError(f"reserved event names: {sorted(forbidden)}")

    def _noting(self, event: str) -> Noting | None:
        return None if self._witness is None else self._witness.noting(event)

    def at_once(self, caller: Caller, asked: Asked) -> Answer | Later | None:
        """`handle` without waiting; None when the event has to wait for something, and nothing was done. Never raises."""
        row = self._rows.get(asked.event) if type(asked.event) is str else None
        if row is None or row.at_once is None:
            return None
        try:
            data = self._let_in(row, caller, asked)
            outcome = row.at_once(caller, data)
            if outcome is None:
                self._give_back(row, caller)  # `handle` takes it again
                return None
            if isinstance(outcome, Pending):
                return Later(row, caller, asked, data, outcome)
            return self._went_well(row, caller, data, outcome)
        except BaseException as error:  # noqa: BLE001  # every event gets an answer; _failed raises what is not for us
            return self._failed(error, caller, asked)

    async def handle(self, caller: Caller, asked: Asked) -> Answer | Later:
        """Never raises, but for a cancellation of the calling task."""
        try:
            row = self._row(asked.event)
            data = self._let_in(row, caller, asked)
            outcome = await row.handler(SocketCall(caller.principal, caller.origin, caller.socket_id, data))
            if isinstance(outcome, Pending):
                return Later(row, caller, asked, data, outcome)
            return self._went_well(row, caller, data, outcome)
        except BaseException as error:  # noqa: BLE001  # every event gets an answer; _failed raises what is not for us
            return self._failed(error, caller, asked)

    def came_out(self, later: Later, result: Any, error: BaseException | None) -> Answer:
        """The answer to an event whose outcome is known."""
        try:
            if error is None:
                return self._went_well(later.row, later.caller, later.data, later.pending.reply(result))
            return self._failed(error, later.caller, later.asked)
        except Exception as failure:  # noqa: BLE001  # every event gets an answer
            return self._failed(failure, later.caller, later.asked)

    def refuse(self, error: BaseException, caller: Caller, asked: Asked) -> Answer:
        """The answer to an event that is not to be run."""
        return self._failed(error, caller, asked)

    def failure(self, error: BaseException, origin: Origin) -> dict[str, Any]:
        """What stands under "error"."""
        return self._error_reply(error, language=origin.language, request_id=origin.request_id).body

    def _let_in(self, row: "_Row", caller: Caller, asked: Asked) -> dict[str, Any]:
        """What the event says. Rubbish takes tokens too. The person's first: who is refused uses nothing up of what those at
        the same address share.
        """
        self._limiter.take(row.limit, caller.person_key)
        self._limiter.take(row.address_limit, caller.address_key)
        args = asked.args
        quickly = row.load_quickly(args[0]) if len(args) == 1 else None
        return row.load(args) if quickly is None else quickly

    def _give_back(self, row: "_Row", caller: Caller) -> None:
        self._limiter.give_back(row.limit, caller.person_key)
        self._limiter.give_back(row.address_limit, caller.address_key)

    def _row(self, event: object) -> "_Row":
        if not isinstance(event, str):
            raise ValidationFailed
        row = self._rows.get(event)
        if row is None:
            raise UnknownEvent
        return row

    def _went_well(self, row: "_Row", caller: Caller, data: dict[str, Any], reply: Reply) -> Answer:
        if row.noting is not None:
            row.noting(caller, data, reply)
        tell = tuple([(event, self._present(event, payload)) for event, payload in reply.tell]) if reply.tell else ()
        return Answer(row.name, {**row.dump(reply.ack), "ok": True}, tell)

    def _failed(self, error: BaseException, caller: Caller, asked: Asked) -> Answer:
        """Raises `error` again when it is meant for the task or the process."""
        if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)) or _is_cancelled(error):
            raise error
        label = asked.event if isinstance(asked.event, str) and asked.event in self._rows else UNKNOWN
        if self._witness is not None:
            self._witness.refused(error, caller, asked, label)
        # Only who is refused needs a number to name what went wrong by.
        request_id = f"{caller.origin.request_id}-{next(self._numbers)}"
        body = self.failure(error, dataclasses.replace(caller.origin, request_id=request_id))
        code = body["code"]
        if code == "INTERNAL":
            log.error(
                "event_failed",
                socket_event=label,
                error=type(error).__name__,
                request_id=request_id,
                where=_where(error),
            )
        told = (("error", _told(body, asked)),) if asked.ack_id is None else ()
        return Answer(label, {"ok": False, "error": body}, told, code)


class _Row:
    """One event of the table with its schemas, made once."""

    def __init__(self, event: SocketEvent, noting: Noting | None) -> None:
        self.name = event.name
        self.handler = event.handler
        self.at_once = event.at_once
        self.limit = event.limit
        self.address_limit = address_limit(event.limit)
        self.noting = noting
        self.dump = compiled(event.ack)
        self.load_quickly = compiled_load(event.schema)
        self._schema: Schema = event.schema()

    def load(self, args: list[Any]) -> dict[str, Any]:
        """Raises ValidationFailed, marshmallow.ValidationError."""
        if len(args) != 1 or not isinstance(args[0], dict):
            bad_json = args[0] if args and isinstance(args[0], BadJson) else None
            raise ValidationFailed(fields={"_": bad_json.key if bad_json else "wrong_type_object"})
        require_few_keys(args[0])
        loaded: dict[str, Any] = self._schema.load(args[0])
        return loaded


def _told(body: Mapping[str, Any], asked: Asked) -> Payload:
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
