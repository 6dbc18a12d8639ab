"""Who is typing where: a short memory that bounds itself and forgets."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.events import Fact

MOST_A_SOCKET = 20
Stopped = TypeVar("Stopped", bound=Fact)
UserId = TypeVar("UserId", int, int | None)


@dataclass(frozen=True, slots=True)
class _Typist(Generic[UserId]):
    user_id: UserId
    deadline: float


class Typists(Generic[UserId, Stopped]):
    """By (socket, place). All live equally long, so the oldest is the first to end. `stopped(place, user, socket)` makes the
    fact that says so."""

    def __init__(self, seconds: float, stopped: Callable[[int, UserId, str], Stopped]) -> None:
        self._seconds = seconds
        self._stopped: Callable[[int, UserId, str], Stopped] = stopped
        self._known: OrderedDict[tuple[str, int], _Typist[UserId]] = OrderedDict()
        self._of_socket: dict[str, OrderedDict[int, None]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, socket_id: str, place: int, user_id: UserId, now: float) -> None:
        """Or again: it is the youngest then."""
        key = (socket_id, place)
        self._known[key] = _Typist(user_id, now + self._seconds)
        self._known.move_to_end(key)
        if (places := self._of_socket.get(socket_id)) is None:
            places = self._of_socket[socket_id] = OrderedDict()
        places[place] = None
        places.move_to_end(place)

    def remove(self, socket_id: str, place: int) -> Stopped | None:
        """None when it was not known."""
        typist = self._known.pop((socket_id, place), None)
        if typist is None:
            return None
        del self._of_socket[socket_id][place]
        if not self._of_socket[socket_id]:
            del self._of_socket[socket_id]
        return self._stopped(place, typist.user_id, socket_id)

    def places(self, socket_id: str) -> list[int]:
        """Where this socket is typing, the oldest first."""
        return list(self._of_socket.get(socket_id, ()))

    def too_many(self, socket_id: str) -> list[int]:
        """The oldest of this socket's places, beyond MOST_A_SOCKET."""
        places = self._of_socket.get(socket_id, ())
        return list(places)[:-MOST_A_SOCKET] if len(places) > MOST_A_SOCKET else []

    def expired(self, now: float) -> list[Stopped]:
        return self._take(lambda typist: typist.deadline <= now)

    def beyond(self, limit: int) -> list[Stopped]:
        return self._take(lambda _: len(self._known) > limit)

    def _take(self, over: Callable[[_Typist[UserId]], bool]) -> list[Stopped]:
        taken = []
        while self._known:
            (socket_id, place), typist = next(iter(self._known.items()))
            if not over(typist):
                break
            stopped = self.remove(socket_id, place)
            taken.extend([stopped] if stopped else [])
        return taken
