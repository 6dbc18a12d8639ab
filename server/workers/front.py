"""The one port of several workers: accepts, looks at the first bytes without taking them, and hands the connection over.

From then on the client and its worker are by themselves: no byte of theirs passes through the parent.
"""

import asyncio
import errno
import socket
from collections.abc import Callable, Sequence

import structlog

log = structlog.get_logger(__name__)

BACKLOG = 1024
ENOUGH_BYTES = 4096
AT_ONCE = 64
# Who says nothing for so long is a worker's affair, which has limits for it.
PATIENCE = 2.0
OUT_OF_MEANS = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
PAUSE = 0.5
# While no worker takes anything more, as in a storm of clients that come back.
RETRY, RETRIES = 0.05, 200
Deliver = Callable[[socket.socket, bytes], bool]


def listen(host: str, port: int) -> list[socket.socket]:
    """As asyncio does it: on every address of that name. Raises OSError."""
    listeners: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            listener = socket.socket(family, kind, protocol)
            listeners.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.settimeout(0)
            listener.bind(address)
            listener.listen(BACKLOG)
    except OSError:
        for listener in listeners:
            listener.close()
        raise
    return listeners


class Front:
    """`deliver` gets each connection with the first bytes of it. False: nobody can take it just now."""

    def __init__(self, listeners: Sequence[socket.socket], deliver: Deliver) -> None:
        self._listeners = listeners
        self._deliver = deliver
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[socket.socket, asyncio.TimerHandle] = {}
        self._pause: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """While it is not, or not any more, new clients wait in the kernel's queue."""
        self._pause = None
        for listener in self._listeners:
            self._loop.add_reader(listener.fileno(), self._accept, listener)

    def shut(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
        for listener in self._listeners:
            self._loop.remove_reader(listener.fileno())

    def close(self) -> None:
        self.shut()
        for listener in self._listeners:
            listener.close()
        for connection in list(self._waiting):
            self._forget(connection)
            connection.close()

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, _ = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in OUT_OF_MEANS:
                    raise
                self._rest(error)
                return
            connection.settimeout(0)
            self._look(connection)

    def _rest(self, error: OSError) -> None:
        log.error("front_cannot_accept", why=error.strerror)
        self.shut()
        self._pause = self._loop.call_later(PAUSE, self.open)

    def _look(self, connection: socket.socket) -> None:
        try:
            first = connection.recv(ENOUGH_BYTES, socket.MSG_PEEK)
        except BlockingIOError:
            self._await_words(connection)
            return
        except OSError:
            first = b""
        self._forget(connection)
        if first:
            self._offer(connection, first, RETRIES)
        else:
            connection.close()

    def _offer(self, connection: socket.socket, first: bytes, tries: int) -> None:
        """Until somebody takes it, who has a descriptor of its own then."""
        self._forget(connection)
        if tries and not self._deliver(connection, first):
            timer = self._loop.call_later(RETRY, self._offer, connection, first, tries - 1)
            self._waiting[connection] = timer
            return
        if not tries:
            log.warning("client_turned_away")
        connection.close()

    def _await_words(self, connection: socket.socket) -> None:
        if connection not in self._waiting:
            self._waiting[connection] = self._loop.call_later(PATIENCE, self._give_up, connection)
            self._loop.add_reader(connection.fileno(), self._look, connection)

    def _give_up(self, connection: socket.socket) -> None:
        self._offer(connection, b"", RETRIES)

    def _forget(self, connection: socket.socket) -> None:
        if timer := self._waiting.pop(connection, None):
            timer.cancel()
            self._loop.remove_reader(connection.fileno())
