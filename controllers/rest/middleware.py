"""What surrounds every request: its id, security headers, CORS, the error envelope, the access log."""

import time
from collections.abc import Callable, Sequence

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from controllers.rest.client_address import Proxies
from controllers.rest.request_origin import ORIGIN, make_origin
from controllers.rest.responses import error_response
from services.errors import DomainError, NotFound, PayloadTooLarge, ValidationFailed

log = structlog.get_logger("access")
Observe = Callable[[str, str, int, float], None]

# Engine.IO answers these itself, with its own check of origins; its sockets outlive what an access log can say.
SOCKET_PATH = "/socket.io/"
# Asked every few seconds by machines.
PROBED = frozenset({"/health/live", "/health/ready", "/metrics"})
METHODS = "GET, POST, PUT, PATCH, DELETE"
KNOWN_METHODS = frozenset({*METHODS.split(", "), "HEAD", "OPTIONS"})
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS = "max-age=31536000"
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept-Language, X-Request-Id",
    "Access-Control-Max-Age": "600",
}


class Surroundings:
    """`install` puts all of it on an application. `observe` is told route, method, status, seconds.

    `connect_sources` are what pages may open connections to besides their own origin.
    """

    def __init__(
        self, *, proxies: Proxies, cors_origins: Sequence[str], observe: Observe, connect_sources: Sequence[str] = ()
    ) -> None:
        self._proxies = proxies
        self._cors_origins = frozenset(cors_origins)
        self._observe = observe
        self._policy = content_security_policy(connect_sources)

    def install(self, app: web.Application) -> None:
        app.middlewares.append(self._middleware())
        app.on_response_prepare.append(self._add_headers)

    def _middleware(self) -> Middleware:
        @web.middleware
        async def surround(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.startswith(SOCKET_PATH):
                return await self._socket_answer(request, handler)
            origin = make_origin(request, self._proxies.address)
            request[ORIGIN] = origin
            started = time.perf_counter()
            with structlog.contextvars.bound_contextvars(request_id=origin.request_id):
                response = await self._answer(request, handler)
                self._note(request, response.status, time.perf_counter() - started)
            return response

        return surround

    async def _socket_answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPRequestEntityTooLarge as error:
            request[ORIGIN] = make_origin(request, self._proxies.address)
            return _envelope(error, request)

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return web.Response(status=204)
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return _envelope(error, request)
        except Exception as error:
            log.error("request_failed", route=route_of(request), exc_info=error)
            return error_response(error, request[ORIGIN])

    def _note(self, request: web.Request, status: int, seconds: float) -> None:
        """The pattern of the route, never the address itself: what people search for stands in queries."""
        route = route_of(request)
        method = request.method if request.method in KNOWN_METHODS else "OTHER"
        self._observe(route, method, status, seconds)
        write = log.debug if route in PROBED and status < 400 else log.info
        write("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))

    async def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        if isinstance(response, web.HTTPExpectationFailed):
            self._say_what_may_be_expected(request, response)
        if request.path.startswith(SOCKET_PATH):
            return
        headers = response.headers
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", self._policy)
        if self._proxies.https(request):
            headers.setdefault("Strict-Transport-Security", HSTS)
        origin = request.get(ORIGIN)
        if origin is not None:
            headers["X-Request-Id"] = origin.request_id
        self._add_cors(request, response)

    def _say_what_may_be_expected(self, request: web.Request, refusal: web.HTTPExpectationFailed) -> None:
        """aiohttp refuses it before it asks any middleware, and has counted its own words by now."""
        request[ORIGIN] = make_origin(request, self._proxies.address)
        said = error_response(ValidationFailed(fields={"Expect": "one_of:100-continue"}), request[ORIGIN])
        refusal.body = said.body
        refusal.headers.update({**said.headers, "Content-Length": str(said.content_length)})

    def _add_cors(self, request: web.Request, response: web.StreamResponse) -> None:
        """Never credentials: the refresh cookie is SameSite=Strict, pages of other sites bring their own tokens."""
        if not self._cors_origins:
            return
        response.headers.add("Vary", "Origin")
        asking = request.headers.get("Origin")
        if asking in self._cors_origins:
            response.headers["Access-Control-Allow-Origin"] = asking
            response.headers["Access-Control-Expose-Headers"] = "X-Request-Id, Retry-After"
            if request.method == "OPTIONS":
                response.headers.update(PREFLIGHT_HEADERS)


def content_security_policy(connect_sources: Sequence[str] = ()) -> str:
    """Nothing inline, nothing from elsewhere, framed by nobody."""
    return "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            " ".join(("connect-src 'self'", *connect_sources)),
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def route_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return "unmatched" if resource is None else resource.canonical


def _envelope(error: web.HTTPException, request: web.Request) -> web.Response:
    response = error_response(_as_domain_error(error), request[ORIGIN])
    response.set_status(error.status)
    if isinstance(error, web.HTTPMethodNotAllowed):
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _as_domain_error(error: web.HTTPException) -> Exception:
    refusals: dict[int, DomainError] = {
        404: NotFound(),
        405: NotFound(reason="method_not_allowed"),
        413: PayloadTooLarge(),
    }
    if error.status >= 500:
        return error
    return refusals.get(error.status, ValidationFailed())
