"""What an endpoint is made of. The table of endpoints drives routing, authentication, validation, limits, OpenAPI and the
architecture tests."""

import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import Morsel
from typing import Any

from marshmallow import Schema

from services.exports import Stream
from services.principal import Origin, Principal


class Access(enum.Enum):
    """PUBLIC: no token. USER: any accepted token. ADMIN: role admin in the database."""

    PUBLIC = "public"
    USER = "user"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `path`, `query` and `body` have passed the endpoint's schemas. `principal` is None only on PUBLIC."""

    principal: Principal | None
    origin: Origin
    path: dict[str, Any]
    query: dict[str, Any]
    body: dict[str, Any]
    cookies: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def user(self) -> Principal:
        """The caller, on every endpoint that is not public."""
        assert self.principal is not None, "public endpoints have no caller"
        return self.principal


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is what the endpoint's reply schema for `status` dumps; None makes an empty answer (204).

    `stream` is sent instead of a body.
    """

    body: Any = None
    status: int = 200
    cookies: tuple["Morsel[str]", ...] = ()
    stream: Stream | None = None


Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row of the REST table. `replies` maps each successful status to its schema; errors are the same for all.

    `streams`: the answer is a file.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    tag: str
    access: Access = Access.USER
    limit: str | None = None
    parameters: type[Schema] | None = None
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    replies: Mapping[int, type[Schema] | None] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    streams: bool = False
