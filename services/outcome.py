"""A result that comes later, told in the very turn of the loop in which it is known."""

import asyncio
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

KNOWN_ONCE = "an outcome is known once"
T = TypeVar("T")
# Told (result, None) or (None, error).
Listener = Callable[[T | None, BaseException | None], None]


class Outcome(Generic[T]):
    """For one listener, or one that awaits. A future would do the same with two turns of the loop for each message."""

    # Of the class, so that a new one costs no call in Python: one is made for each message.
    settled = False
    _result: T | None = None
    _error: BaseException | None = None
    _listener: Listener[T] | None = None

    @classmethod
    def of(cls, result: T) -> "Outcome[T]":
        outcome = cls()
        outcome.resolve(result)
        return outcome

    def resolve(self, result: T) -> None:
        assert not self.settled, KNOWN_ONCE
        self.settled, self._result = True, result
        # Let go of the listener: it may hold this outcome, and a circle for each message is work for the garbage collector.
        listener, self._listener = self._listener, None
        if listener is not None:
            listener(result, None)

    def fail(self, error: BaseException) -> None:
        assert not self.settled, KNOWN_ONCE
        self.settled, self._error = True, error
        listener, self._listener = self._listener, None
        if listener is not None:
            listener(None, error)

    def listen(self, listener: Listener[T]) -> None:
        """At once if it is known already."""
        assert self._listener is None, "an outcome has one listener"
        if self.settled:
            listener(self._result, self._error)
        else:
            self._listener = listener

    def __await__(self) -> Generator[Any, None, T]:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def tell(result: T | None, error: BaseException | None) -> None:
            if future.done():  # whoever waited was cancelled
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)  # type: ignore[arg-type]  # T may be optional itself

        self.listen(tell)
        return future.__await__()
