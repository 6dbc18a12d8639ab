"""Between parent and worker: whole messages, each with at most one open connection. A unix socket pair without a name."""

import os
import signal
import socket
from dataclasses import dataclass
from enum import Enum

LONGEST = 64 * 1024
PULSE_SECONDS = 1.0
# A worker that gets it writes down where each of its threads is.
WHERE = signal.SIGUSR1


class Kind(Enum):
    # From the parent: what to do; a client; a worker ended with hints that it had not sent, and how many did so far.
    ORDERS = b"o"
    CONNECTION = b"c"
    DIED = b"d"
    # From a worker: up and serving; still there, with its number of sessions; a connection for another worker.
    READY = b"r"
    PULSE = b"p"
    HAND_OVER = b"h"


@dataclass(frozen=True, slots=True)
class Message:
    kind: Kind
    body: bytes
    descriptor: int | None

    def drop(self) -> None:
        """Close the connection that nobody wants."""
        if self.descriptor is not None:
            os.close(self.descriptor)


class Channel:
    """One end. Sending never waits: a worker that takes nothing must not hold up the parent."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    @classmethod
    def pair(cls) -> tuple["Channel", socket.socket]:
        """The parent's end, and the one to be inherited."""
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        here.settimeout(0)
        return cls(here), there

    def fileno(self) -> int:
        return self._end.fileno()

    def send(self, kind: Kind, body: bytes = b"", descriptor: int | None = None) -> bool:
        """False when the other end has gone or takes nothing. The descriptor stays the caller's to close."""
        try:
            socket.send_fds(self._end, [kind.value + body], [] if descriptor is None else [descriptor])
        except OSError:
            return False
        return True

    def receive(self) -> Message | None:
        """None when the other end has gone. Raises BlockingIOError when there is nothing now."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self._end, LONGEST, 1, socket.MSG_CMSG_CLOEXEC)
        except ConnectionError:
            return None
        if not data:
            return None
        return Message(Kind(data[:1]), data[1:], descriptors[0] if descriptors else None)

    def unblock(self) -> None:
        """From now on `receive` raises BlockingIOError instead of waiting."""
        self._end.settimeout(0)

    def close(self) -> None:
        """The other end sees it."""
        self._end.close()
