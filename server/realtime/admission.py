"""Who may connect: what the server must answer, and what is read from the client before it does."""

import dataclasses
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from controllers.i18n import choose_language
from controllers.rest.request_origin import make_origin
from services.errors import AuthRequired
from services.principal import Origin, Principal
from services.room_names import RoomName

LONGEST_TOKEN = 8192


@dataclass(frozen=True, slots=True)
class Admitted:
    """`greeting` is the payload of connection_established."""

    principal: Principal
    greeting: Mapping[str, Any]


class Admission(Protocol):
    async def admit(self, token: str, origin: Origin) -> Admitted:
        """Raises AuthRequired or SessionExpired for good; any other error makes the client come back by itself."""


class Hooks(Protocol):
    """Called in the event loop at the moment it happens; must not wait."""

    def connected(self, sid: str, principal: Principal) -> None: ...

    def disconnected(self, sid: str, principal: Principal) -> None: ...

    def left(self, sid: str, principal: Principal, rooms: Collection[RoomName]) -> None:
        """The socket is in these rooms no more: it left, was expelled or has gone (then before `disconnected`)."""


def token_of(auth: object) -> str:
    """Raises AuthRequired for everything that cannot hold a token; what it is worth is not looked at."""
    token = auth.get("token") if isinstance(auth, dict) else None
    if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN:
        raise AuthRequired
    return token


def visitor_of(request: web.Request, client_address: Callable[[web.Request], str]) -> Origin:
    """All that is kept of a handshake: its address (fact 10), and the language of the query, else of the browser."""
    origin = make_origin(request, client_address)  # type: ignore[arg-type]  # only requests of a route come here
    # Taking a query apart costs more than looking whether it is worth it.
    return _speaking(origin, request.query.get("language")) if "language" in request.query_string else origin


def origin_of(visitor: Origin, auth: object) -> Origin:
    """The language of `auth` comes before that of the handshake."""
    return _speaking(visitor, auth.get("language") if isinstance(auth, dict) else None)


def _speaking(origin: Origin, language: object) -> Origin:
    if not isinstance(language, str):
        return origin
    return dataclasses.replace(origin, language=choose_language(language))
