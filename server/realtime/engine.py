"""Library seam: engineio.AsyncServer 4.15.1 with our sockets in it.

Kept: the routing of requests and versions. Replaced: how a socket is made (its class is fixed in `_handle_connect`) and what
it is called, whom an Origin may come from, what is logged, the task that looks for silent clients (timers do). Who opens a
WebSocket in the usual words is not led through the library, which would first make an environment of WSGI of each request.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import engineio
from aiohttp import hdrs, web

from server.realtime.engine_socket import EngineSocket
from server.realtime.limits import RealtimeLimits
from server.realtime.opening import open_websocket
from server.realtime.polling import TOO_LONG
from server.security.randomness import RandomPool

PATH = "/socket.io/"
# What the stock client asks for when it needs no polling first. Other words may mean the same: the library knows.
USUAL_OPENING = "EIO=4&transport=websocket"
# Nobody guesses one, and no two are alike.
ID_BYTES = 12
# The library prints bodies at INFO (fact 11).
_LOG = logging.getLogger(f"{__name__}.library")
_LOG.setLevel(logging.ERROR)
MakeSocket = Callable[[Any, str, web.Request], EngineSocket]


class Engine(engineio.AsyncServer):  # type: ignore[misc]  # the library ships no types
    def __init__(
        self, *, limits: RealtimeLimits, cors_origins: tuple[str, ...], make_socket: MakeSocket, prefix: str = ""
    ) -> None:
        super().__init__(
            async_mode="aiohttp",
            max_http_buffer_size=limits.max_frame_bytes,
            # Acks with content beside what an attacker chose must not be compressed together (BREACH), and it costs the loop.
            http_compression=False,
            cookie=None,
            cors_allowed_origins=self._origin_allowed,
            cors_credentials=False,
            logger=_LOG,
            monitor_clients=False,
        )
        self.stopping = False
        self._limits = limits
        self._origins = frozenset(cors_origins)
        self._make_socket = make_socket
        self._prefix = prefix
        self._random = RandomPool(ID_BYTES)

    def generate_id(self) -> str:
        """`prefix` says whose it is where several processes share a port."""
        return self._prefix + self._random.take().hex()

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        usual = request.rel_url.raw_query_string == USUAL_OPENING
        if self.stopping or (self._is_full() and (usual or "sid" not in request.query)):
            return web.Response(status=503, headers={"Retry-After": "1"})
        if usual and self._opens_websocket(request):
            return self._serve(self._new_socket(request), request)
        if "j" in request.query:
            # JSONP: a script of any site could read the answer.
            return web.Response(status=400)
        response: web.StreamResponse = await super().handle_request(request)
        if TOO_LONG in request:
            raise web.HTTPRequestEntityTooLarge(self._limits.max_frame_bytes)
        if not response.prepared and "Access-Control-Allow-Origin" in response.headers:
            response.headers["Vary"] = "Origin"
        return response

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None) -> Any:
        del jsonp_index
        request: web.Request = environ["aiohttp.request"]
        socket = self._new_socket(request)
        if transport == "websocket":
            return self._serve(socket, request)
        socket.open(["websocket"])
        return socket.polling.payload(socket.outbox.take(1))

    def _new_socket(self, request: web.Request) -> EngineSocket:
        socket = self._make_socket(self, self.generate_id(), request)
        self.sockets[socket.sid] = socket
        return socket

    @staticmethod
    def _serve(socket: EngineSocket, request: web.Request) -> web.StreamResponse:
        """A client that begins on a WebSocket."""
        try:
            return open_websocket(socket, request)
        except BaseException:
            socket.end()
            raise

    def _opens_websocket(self, request: web.Request) -> bool:
        """As the library decides it. What is not to be opened it refuses in its own words."""
        origin = _header(request, hdrs.ORIGIN)
        return (
            request.method == hdrs.METH_GET
            and _header(request, hdrs.UPGRADE).lower() == "websocket"
            and (not origin or self._may_come_from(origin, _header(request, hdrs.HOST)))
        )

    def _origin_allowed(self, origin: str, environ: dict[str, Any]) -> bool:
        return self._may_come_from(origin, environ.get("HTTP_HOST", ""))

    def _may_come_from(self, origin: str, host: str) -> bool:
        """Same origin by the Host header, which a page cannot choose; never by X-Forwarded-Host, which anybody can."""
        if origin in self._origins:
            return True
        try:
            parts = urlsplit(origin)
        except ValueError:  # no address at all: its brackets do not match
            return False
        return parts.scheme in ("http", "https") and bool(host) and parts.netloc.lower() == host.lower()

    def _is_full(self) -> bool:
        return 0 < self._limits.max_transports <= len(self.sockets)

    def _log_error_once(self, message: str, message_key: str) -> None:
        # The message holds text of the client's choice.
        _LOG.info("refused: %s", message_key)


def _header(request: web.Request, name: str) -> str:
    """One that is given twice is both, as the library has it: what is allowed alone is not allowed beside something else."""
    return ",".join(request.headers.getall(name, ()))
