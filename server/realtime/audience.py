"""Who is told what a room is told: worked out once, and for as long as nobody comes, goes or changes transport."""

from collections.abc import Iterable

from server.realtime.frames import Frame
from server.realtime.postman import Mailing, Postman
from server.realtime.sockets import Socket


class Audience:
    """The sockets that listen on a WebSocket share one piece of bytes; the others keep their frames until they poll."""

    __slots__ = ("_mailing", "_others", "_postman", "_readers", "anybody", "attached", "skip")

    def __init__(self, sockets: Iterable[Socket], *, skip: str | None, postman: Postman) -> None:
        self.skip = skip
        self._postman = postman
        # It stands for as long as the postman's count is this one: no transport was attached since.
        self.attached = postman.attached
        told = [socket for socket in sockets if socket.sid != skip]
        self._readers = tuple(it.transport.outbox for it in told if it.transport.outbox.attached)
        self._others = tuple(it for it in told if not it.transport.outbox.attached)
        self.anybody = bool(told)
        self._mailing: Mailing | None = None

    def send(self, frame: Frame) -> None:
        for socket in self._others:
            socket.send(frame)
        if self._readers:
            self._mailing = self._postman.post(frame, self._readers, self._mailing)
