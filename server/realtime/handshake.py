"""From a CONNECT packet to an authenticated socket, a refusal for good, or a connection closed for now (facts 4, 14)."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import structlog

from server.realtime.admission import Admission, Admitted, origin_of, token_of
from server.realtime.engine_socket import EngineSocket
from server.realtime.frames import refused_frame
from services.errors import AuthRequired, DomainError, SessionExpired
from services.principal import Origin

log = structlog.get_logger(__name__)

REMEMBERED_SECONDS = 60.0
Welcome = Callable[[EngineSocket, Origin, Admitted], None]
Explain = Callable[[BaseException, Origin], dict[str, Any]]


class Revocations:
    """Users whose sessions ended a moment ago: an admission that looked before and answers after must not stand."""

    def __init__(self) -> None:
        self._ended: deque[tuple[float, int]] = deque()

    def note(self, user_id: int) -> None:
        now = time.monotonic()
        while self._ended and self._ended[0][0] < now - REMEMBERED_SECONDS:
            self._ended.popleft()
        self._ended.append((now, user_id))

    def since(self, started: float, user_id: int) -> bool:
        return any(ended >= started and who == user_id for ended, who in self._ended)


class Handshake:
    """`welcome` gets the accepted; nothing else of the server knows a client before."""

    def __init__(
        self,
        *,
        admission: Admission,
        explain: Explain,
        welcome: Welcome,
        refused: Callable[[EngineSocket], None],
    ) -> None:
        self._admission = admission
        self._explain = explain
        self._welcome = welcome
        self._refused = refused
        self._running: dict[EngineSocket, asyncio.Task[None]] = {}
        self.revocations = Revocations()

    def is_running(self, transport: EngineSocket) -> bool:
        return transport in self._running

    def start(self, transport: EngineSocket, auth: object) -> None:
        task = asyncio.get_running_loop().create_task(self._admit(transport, auth))
        self._running[transport] = task
        task.add_done_callback(lambda _: self._running.pop(transport, None))

    def forget(self, transport: EngineSocket) -> None:
        """The transport has gone."""
        if task := self._running.pop(transport, None):
            task.cancel()

    async def _admit(self, transport: EngineSocket, auth: object) -> None:
        origin = origin_of(transport.visitor, auth)
        started = time.monotonic()
        try:
            admitted = await self._admission.admit(token_of(auth), origin)
            if self.revocations.since(started, admitted.principal.user_id):
                transport.finish("revoked")
                return
            self._running.pop(transport, None)
            self._welcome(transport, origin, admitted)
        except (AuthRequired, SessionExpired) as refusal:
            self._refuse(transport, origin, refusal)
        except asyncio.CancelledError as error:
            if _was_asked_to_stop():
                raise
            # A statement that took too long, in aiopg's words.
            _for_now(transport, error, origin)
        except Exception as error:  # noqa: BLE001  # whatever it is, no zombie may stay
            _for_now(transport, error, origin)

    def _refuse(self, transport: EngineSocket, origin: Origin, refusal: DomainError) -> None:
        error = self._explain(refusal, origin)
        transport.push(refused_frame(error["code"], error))
        self._refused(transport)


def _for_now(transport: EngineSocket, error: BaseException, origin: Origin) -> None:
    """Without an answer the stock client tries again by itself."""
    log.warning("admission_failed", error=type(error).__name__, request_id=origin.request_id)
    transport.finish("unavailable")


def _was_asked_to_stop() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
