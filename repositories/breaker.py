"""When the database answers nobody."""

import time

from repositories.errors import StorageUnavailable

PAUSE_SECONDS = 1.0
# A database that lives answers somebody in such a time: each node looks at rights more often.
SILENCE_SECONDS = 1.0


class Breaker:
    """Nobody else waits for it during the next moment.

    A client whose events are handled one after the other would else wait for each of them in turn.
    """

    def __init__(self) -> None:
        self._until = 0.0
        self._answered_at = 0.0

    def check(self) -> None:
        if time.monotonic() < self._until:
            raise StorageUnavailable("no answer a moment ago")

    def no_answer(self, *, since: float) -> None:
        """To a unit of work that began then. Others that were answered lately prove that it is only slow or locked; those
        answered in the moment before it froze prove nothing.
        """
        now = time.monotonic()
        if self._answered_at < max(since, now - SILENCE_SECONDS):
            self._until = now + PAUSE_SECONDS

    def answer(self) -> None:
        self._until = 0.0
        self._answered_at = time.monotonic()
