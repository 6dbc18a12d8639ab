"""From an aiohttp request to a handler and back: the one place where REST calls are checked and answered."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog
from aiohttp import web
from marshmallow import Schema

from controllers.compiled_dump import compiled
from controllers.errors import code_of, is_statement_timeout
from controllers.limit_names import address_limit
from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.rest.downloads import send_file
from controllers.rest.request_origin import ORIGIN
from controllers.rest.request_parts import bearer_token, json_body, load, query_of
from controllers.rest.responses import empty_response, error_response, json_response
from controllers.rest.streams import send_stream
from controllers.rest.uploads import open_upload
from controllers.rest.witness import RestWitness
from services.errors import Forbidden
from services.limit_keys import address_key
from services.ports import Limiter
from services.principal import Origin, Principal
from services.trail_ports import NULL_TRAIL, TrailWriter

log = structlog.get_logger(__name__)
Authenticate = Callable[[str], Awaitable[Principal]]
CALLER = web.RequestKey("caller", Principal)
# A call may take so long to come in whole before it is asked again whose it is.
FRESH_SECONDS = 0.5


class RestBoundary:
    """Needs controllers.rest.middleware on the same application, which makes the Origin of each request.

    `refused` is told the code of every refusal.
    """

    def __init__(
        self,
        *,
        authenticate: Authenticate,
        limiter: Limiter,
        max_body_bytes: int,
        trail: TrailWriter = NULL_TRAIL,
        refused: Callable[[str], None] = lambda _code: None,
    ) -> None:
        self._authenticate = authenticate
        self._limiter = limiter
        self._max_body_bytes = max_body_bytes
        self._witness = RestWitness(trail)
        self._refused = refused

    def routes(self, endpoints: Iterable[Endpoint]) -> list[web.RouteDef]:
        return [web.route(item.method, item.path, self._handler(item)) for item in endpoints]

    def _handler(self, endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        parts = _Parts(endpoint)

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                call = await self._call(request, endpoint, parts)
                reply = await endpoint.handler(call)
                await self._witness.passed(endpoint, call, reply)
                if reply.stream is not None:
                    return await send_stream(request, reply.stream)
                return parts.present(reply) if reply.file is None else await send_file(request, reply.file)
            except asyncio.CancelledError as error:
                if not is_statement_timeout(error):
                    raise
                return self._failed(error, request, endpoint)
            except Exception as error:  # noqa: BLE001  # every call gets an answer; _failed logs what is unknown
                return self._failed(error, request, endpoint)

        return handle

    async def _call(self, request: web.Request, endpoint: Endpoint, parts: "_Parts") -> Call:
        origin = request[ORIGIN]
        asked = time.monotonic()
        principal = await self._principal(request, endpoint)
        # Before the rest is read, so that a flood of rubbish is limited too.
        if endpoint.changes_when is None:
            self._limit(endpoint, parts, principal, origin)
        query = load(parts.query, query_of(request))
        if endpoint.changes_when is not None and query[endpoint.changes_when]:
            self._limit(endpoint, parts, principal, origin)
        path = load(parts.path, request.match_info)
        body = load(parts.body, await json_body(request, self._max_body_bytes)) if parts.body else {}
        form = None
        if parts.form is not None:
            # A file comes while it is read: it is whole for nobody whose right to bring it has ended.
            form = await open_upload(
                request, parts.form, lambda: self._still(request.get(CALLER), request, endpoint, asked)
            )
        return Call(
            principal=await self._still(principal, request, endpoint, asked),
            origin=origin,
            path=path,
            query=query,
            body=body,
            cookies=request.cookies,
            headers=request.headers,
            form=form,
        )

    async def _still(
        self, principal: Principal | None, request: web.Request, endpoint: Endpoint, asked: float
    ) -> Principal | None:
        """Who lets us wait for the rest of a call has the rights of when it has come, not of when it began."""
        if principal is None or time.monotonic() - asked <= FRESH_SECONDS:
            return principal
        return await self._principal(request, endpoint)

    def _limit(self, endpoint: Endpoint, parts: "_Parts", principal: Principal | None, origin: Origin) -> None:
        """The person first: who is refused uses nothing up of what those at the same address share."""
        if endpoint.limit is not None:
            if principal is not None:
                self._limiter.take(endpoint.limit, str(principal.user_id))
            self._limiter.take(parts.address_limit, address_key(origin.address))

    def _failed(self, error: BaseException, request: web.Request, endpoint: Endpoint) -> web.Response:
        code = code_of(error)
        self._refused(code)
        self._witness.refused(error, endpoint, request[ORIGIN], request.get(CALLER), request.match_info.get("id"))
        if code == "INTERNAL":
            log.error("request_failed", method=endpoint.method, route=endpoint.path, exc_info=error)
        elif code == "UNAVAILABLE":
            log.warning(
                "storage_unavailable", method=endpoint.method, route=endpoint.path, why=str(error.__cause__ or error)
            )
        return error_response(error, request[ORIGIN])

    async def _principal(self, request: web.Request, endpoint: Endpoint) -> Principal | None:
        if endpoint.access is Access.PUBLIC:
            return None
        principal = request[CALLER] = await self._authenticate(bearer_token(request))
        if endpoint.access is Access.ADMIN and not principal.is_admin:
            raise Forbidden(reason="only_admins")
        return principal


class _Parts:
    """The schemas of one endpoint, made once."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.path = _made(endpoint.parameters)
        self.query = _made(endpoint.query)
        self.body = _made(endpoint.body)
        self.address_limit = address_limit(endpoint.limit or "")
        self.form = _made(endpoint.form)
        self._replies = {
            status: None if schema is None else compiled(schema) for status, schema in endpoint.replies.items()
        }

    def present(self, reply: Reply) -> web.Response:
        """A status that is not in the endpoint's table is a KeyError: documents would lie."""
        dump = self._replies[reply.status]
        if dump is None or reply.body is None:
            response = empty_response(reply.status)
        else:
            body: Any = dump(reply.body)
            response = json_response(body, status=reply.status)
        for cookie in reply.cookies:
            response.headers.add("Set-Cookie", cookie.OutputString())
        return response


def _made(schema: type[Schema] | None) -> Schema | None:
    return None if schema is None else schema()
