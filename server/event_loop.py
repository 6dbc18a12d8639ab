"""uvloop, but a socket in error is told of for as long as it is watched, as asyncio has it.

libuv stops watching a socket that reports an error, after telling of it once. libpq reads what is left there first, and
would hear of the end by another call, which never came: a statement whose connection was reset hung until its time limit.
"""

import asyncio
import select
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar, TypeVarTuple

import uvloop

Result = TypeVar("Result")
Given = TypeVarTuple("Given")


class HasFileno(Protocol):
    def fileno(self) -> int: ...


class EventLoop(uvloop.Loop):
    """Cures `add_reader` only. Its transports read their sockets by other means."""

    def __init__(self) -> None:
        super().__init__()
        # Which watch a number belongs to: the same may have become another socket's meanwhile.
        self._watches: dict[int, object] = {}

    def add_reader(self, fd: int | HasFileno, callback: Callable[[*Given], Any], *args: *Given) -> None:
        number = _number(fd)
        watch = self._watches[number] = object()
        super().add_reader(number, self._heard, number, watch, callback, args)

    def remove_reader(self, fd: int | HasFileno) -> Any:
        number = _number(fd)
        self._watches.pop(number, None)
        return super().remove_reader(number)

    def _heard(self, number: int, watch: object, callback: Callable[..., Any], args: tuple[Any, ...]) -> None:
        callback(*args)
        if self._watches.get(number) is watch and _is_in_error(number):
            super().remove_reader(number)
            super().add_reader(number, self._heard, number, watch, callback, args)


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """As asyncio.run."""
    with asyncio.Runner(loop_factory=EventLoop) as runner:
        return runner.run(main)


def _number(fd: int | HasFileno) -> int:
    return fd if isinstance(fd, int) else fd.fileno()


def _is_in_error(number: int) -> bool:
    poller = select.poll()
    poller.register(number, 0)
    return any(events & select.POLLERR for _, events in poller.poll(0))
