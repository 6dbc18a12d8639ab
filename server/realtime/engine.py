"""Library seam: engineio.AsyncServer 4.15.1 with our sockets in it.

Kept: the routing of requests, versions and session ids. Replaced: how a socket is made (its class is fixed in
`_handle_connect`), whom an Origin may come from, what is logged, the task that looks for silent clients (timers do).
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import engineio
from aiohttp import web

from server.realtime.engine_socket import EngineSocket
from server.realtime.limits import RealtimeLimits

PATH = "/socket.io/"
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

    def generate_id(self) -> str:
        """`prefix` says whose it is where several processes share a port."""
        return f"{self._prefix}{super().generate_id()}"

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        if self.stopping or self._is_full(request):
            return web.Response(status=503, headers={"Retry-After": "1"})
        if "j" in request.query:
            # JSONP: a script of any site could read the answer.
            return web.Response(status=400)
        response: web.StreamResponse = await super().handle_request(request)
        if not response.prepared and "Access-Control-Allow-Origin" in response.headers:
            response.headers["Vary"] = "Origin"
        return response

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None) -> Any:
        del jsonp_index
        socket = self._make_socket(self, self.generate_id(), environ["aiohttp.request"])
        self.sockets[socket.sid] = socket
        if transport == "websocket":
            # What is pushed before the handshake waits in the outbox.
            return await self._serve_websocket(socket, environ)
        socket.open(["websocket"])
        return socket.polling.payload(socket.outbox.take(1))

    async def _serve_websocket(self, socket: EngineSocket, environ: dict[str, Any]) -> Any:
        try:
            response = await socket.handle_get_request(environ)
        except BaseException:
            socket.end()
            raise
        if not socket.upgraded:
            socket.end()
        return response

    def _origin_allowed(self, origin: str, environ: dict[str, Any]) -> bool:
        """Same origin by the Host header, which a page cannot choose; never by X-Forwarded-Host, which anybody can."""
        if origin in self._origins:
            return True
        parts = urlsplit(origin)
        host = environ.get("HTTP_HOST", "")
        return parts.scheme in ("http", "https") and bool(host) and parts.netloc.lower() == host.lower()

    def _is_full(self, request: web.Request) -> bool:
        return "sid" not in request.query and 0 < self._limits.max_transports <= len(self.sockets)

    def _log_error_once(self, message: str, message_key: str) -> None:
        # The message holds text of the client's choice.
        _LOG.info("refused: %s", message_key)
