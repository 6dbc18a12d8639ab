"""Library seam: what aiohttp 3.14.5 does with a connection on which something is no HTTP.

Why not as it is: its handler reads on, makes an error of every piece that follows, and each error holds its piece by a circle
that only the garbage collector finds. A client that goes on sending takes all memory that there is, and need not sign in.
It inflates bodies, too, before anybody has asked for one, and logs an error of the server for each that is not what it says.
And it waits an hour for a request that never comes whole: as many connections as there are descriptors shut everybody out.
It answers what is no HTTP in plain text, with a piece of it.
"""

import asyncio
import os
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler, _ErrInfo

from controllers.i18n import DEFAULT
from controllers.rest.responses import error_response
from services.errors import ValidationFailed
from services.principal import Origin

# For the head of a request, the first one and each later one. More than nginx keeps an unused connection (60 s), which would
# else be closed under a request that is on its way.
HEAD_SECONDS = 75.0


class Doorkeeper(RequestHandler):
    """After the first error it reads nothing any more: the answer is on its way, and the end of the connection behind it.
    A head is waited for so long and no longer, however its bytes come. Bodies stay as they came: who takes one refuses what
    is compressed.
    """

    __slots__ = ("_refused",)

    def __init__(self, manager: web.Server, **options: Any) -> None:
        super().__init__(manager, auto_decompress=False, keepalive_timeout=HEAD_SECONDS, **options)
        self._refused = False

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        super().data_received(data)
        if self._messages:
            last = self._messages[-1][0]
            if isinstance(last, _ErrInfo):
                self._refused = True
                last.exc.__traceback__ = None  # it holds the frame, and that the error and the data

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The envelope of the contract. Who asked is not known: there is no request."""
        super().handle_error(request, status, exc, message)  # notes it, and raises when an answer has begun
        origin = Origin(address="", device="", request_id=os.urandom(16).hex(), language=DEFAULT)
        response = error_response(ValidationFailed() if status < 500 else RuntimeError(), origin)
        response.set_status(status)
        response.force_close()
        return response


class Door(web.Server):
    def __call__(self) -> RequestHandler:
        return Doorkeeper(self, loop=self._loop, **self._kwargs)


class DoorRunner(web.AppRunner):
    """An AppRunner whose connections have a Doorkeeper."""

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return Door(
            made.request_handler,
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            loop=asyncio.get_running_loop(),
            **made._kwargs,  # noqa: SLF001  # a seam: see above
        )
