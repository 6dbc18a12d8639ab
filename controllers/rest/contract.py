"""What an endpoint is made of. The table of endpoints drives routing, authentication, validation, limits, OpenAPI and the
architecture tests."""

import enum
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import Morsel
from typing import Any, Protocol

from marshmallow import Schema

from services.attachment_ports import Span
from services.exports import Stream
from services.principal import Origin, Principal


class Access(enum.Enum):
    """PUBLIC: no token. USER: any accepted token. ADMIN: role admin in the database."""

    PUBLIC = "public"
    USER = "user"
    ADMIN = "admin"


class Upload(Protocol):
    """A form with a file, which comes while it is read. `fields` have passed the endpoint's schema; they are None as long
    as some may come behind the file."""

    @property
    def fields(self) -> dict[str, Any] | None: ...

    @property
    def name(self) -> str: ...

    def chunks(self) -> AsyncIterator[bytes]: ...


class FileReply(Protocol):
    """A file to be given out; `read` gives the bytes of a span."""

    @property
    def name(self) -> str: ...

    @property
    def media_type(self) -> str: ...

    @property
    def size(self) -> int: ...

    @property
    def read(self) -> Callable[[Span], AsyncIterator[bytes]]: ...


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
    form: Upload | None = None

    @property
    def upload(self) -> Upload:
        """The form, on every endpoint that takes one."""
        assert self.form is not None, "this endpoint takes no file"
        return self.form

    @property
    def user(self) -> Principal:
        """The caller, on every endpoint that is not public."""
        assert self.principal is not None, "public endpoints have no caller"
        return self.principal


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is what the endpoint's reply schema for `status` dumps; None makes an empty answer (204). `file` is given out
    instead, with a status of its own.

    `stream` is sent instead, as it is made. For the trail: `reason`, why somebody was let in who has no part in it, and
    `on_behalf_of`, whose own doing it would have been.
    """

    body: Any = None
    status: int = 200
    cookies: tuple["Morsel[str]", ...] = ()
    stream: Stream | None = None
    file: FileReply | None = None
    reason: str | None = None
    on_behalf_of: int | None = None


Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row of the REST table. `replies` maps each successful status to its schema; errors are the same for all.

    `limit` names a setting; `changes_when` is the flag of the query without which a GET changes nothing and is not limited.
    `form`: the fields of a multipart form before its file, instead of a JSON body. `gives_file`, `streams`: the answer is one.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    tag: str
    access: Access = Access.USER
    limit: str | None = None
    changes_when: str | None = None
    parameters: type[Schema] | None = None
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    form: type[Schema] | None = None
    gives_file: bool = False
    replies: Mapping[int, type[Schema] | None] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    streams: bool = False
