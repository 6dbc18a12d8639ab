"""What a socket event is made of. The table of events drives validation, limits, AsyncAPI and the architecture tests."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from services.principal import Origin, Principal

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SocketCall:
    """One event of one client. `data` has passed the event's schema."""

    principal: Principal
    origin: Origin
    socket_id: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the calling socket gets: first `tell` (event, payload) in order, then the ack `{"ok": true, …}`.

    `ack` is whatever the event's ack schema dumps.
    """

    ack: Any = field(default_factory=dict)
    tell: tuple[tuple[str, Payload], ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """The event took its place in the order of things (it is queued); the outcome comes later.

    The next event of the same client need not wait for it, unless it is about the same conversation and not a send.
    """

    outcome: Awaitable[Reply]
    conversation_id: int


Handler = Callable[[SocketCall], Awaitable[Reply | Pending]]


@dataclass(frozen=True, slots=True)
class SocketEvent:
    """One row of the table client → server. `limit` names a setting; `tells` are events the caller may get before the ack."""

    name: str
    handler: Handler
    schema: type[Schema]
    ack: type[Schema]
    limit: str
    summary: str
    tells: tuple[str, ...] = ()
