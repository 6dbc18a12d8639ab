"""A result that comes later, told in the very turn of the loop in which it is known."""

import asyncio
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")
# Told (result, None) or (None, error).
Listener = Callable[[T | None, BaseException | None], None]


class Outcome(Generic[T]):
    """For one listener, or one that awaits. A future would do the same with two turns of the loop for each message."""

    __slots__ = ("_error", "_listener", "_result", "settled")

    def __init__(self) -> None:
        self.settled = False
        self._result: T | None = None
        self._error: BaseException | None = None
        self._listener: Listener[T] | None = None

    @classmethod
    def of(cls, result: T) -> "Outcome[T]":
        outcome = cls()
        outcome.resolve(result)
        return outcome

    def resolve(self, result: T) -> None:
        self._settle(result, None)

    def fail(self, error: BaseException) -> None:
        self._settle(None, error)

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

    def _settle(self, result: T | None, error: BaseException | None) -> None:
        assert not self.settled, "an outcome is known once"
        self.settled, self._result, self._error = True, result, error
        if self._listener is not None:
            # Let go of it: it may hold this outcome, and a circle for each message is work for the garbage collector.
            listener, self._listener = self._listener, None
            listener(result, error)
