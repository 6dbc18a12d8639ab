"""What a socket event is made of. The table of events drives validation, limits, AsyncAPI and the architecture tests."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from marshmallow import Schema

from services.limit_keys import address_key
from services.outcome import Outcome
from services.principal import Origin, Principal

Payload = Mapping[str, Any]


class Caller:
    """Who is at the other end of a socket. What all its events need is made once."""

    __slots__ = ("address_key", "origin", "person_key", "principal", "socket_id")

    def __init__(self, principal: Principal, origin: Origin, socket_id: str) -> None:
        self.principal = principal
        self.origin = origin
        self.socket_id = socket_id
        # What the limiter counts by.
        self.person_key = str(principal.user_id)
        self.address_key = address_key(origin.address)


class Asked:
    """An event as it came. `args`: a BadJson in place of what was none. `size`: characters of its packet; `arrived`: of
    time.monotonic()."""

    __slots__ = ("ack_id", "args", "arrived", "event", "size")

    def __init__(self, event: Any, args: list[Any], ack_id: int | None, size: int, arrived: float) -> None:
        self.event = event
        self.args = args
        self.ack_id = ack_id
        self.size = size
        self.arrived = arrived


class SocketCall(NamedTuple):
    """One event of one client. `data` has passed the event's schema."""

    principal: Principal
    origin: Origin
    socket_id: str
    data: dict[str, Any]


class Reply(NamedTuple):
    """What the calling socket gets: first `tell` (event, payload) in order, then the ack `{"ok": true, …}`.

    `ack` is whatever the event's ack schema dumps.
    """

    ack: Any = MappingProxyType({})
    tell: tuple[tuple[str, Payload], ...] = ()


class Pending:
    """The event took its place in the order of things (it is queued); the outcome comes later, and `reply` is made of it.

    The next event of the same client need not wait for it, unless it is about the same conversation and not a send.
    """

    __slots__ = ("conversation_id", "outcome", "reply")

    def __init__(self, outcome: Outcome[Any], reply: Callable[[Any], Reply], conversation_id: int) -> None:
        self.outcome = outcome
        self.reply = reply
        self.conversation_id = conversation_id


Handler = Callable[[SocketCall], Awaitable[Reply | Pending]]
# For what is mostly at hand: the same without waiting. None: it would have to wait, and nothing was done.
HandlerAtOnce = Callable[[Caller, dict[str, Any]], Reply | Pending | None]


@dataclass(frozen=True)
class SocketEvent:
    """One row of the table client → server. `limit` names a setting; `tells` are events the caller may get before the ack."""

    name: str
    handler: Handler
    schema: type[Schema]
    ack: type[Schema]
    limit: str
    summary: str
    tells: tuple[str, ...] = ()
    at_once: HandlerAtOnce | None = None
