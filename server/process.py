"""What every process that serves does alike."""

import asyncio
import faulthandler
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

# Sockets are closed and their handlers drained before that; a connection that opens just now is not worth a wait.
SHUTDOWN_SECONDS = 1.5
# Below the ten seconds in which a server has to be gone: what hangs is ended then.
STOP_SECONDS = 8.0
# What waits to end this process.
_ends: list[threading.Timer] = []


def on_stop_signal(told: Callable[[], object]) -> None:
    """`told` is called in the loop at the first Ctrl-C or SIGTERM. What comes later is ignored until the process is gone: the
    loop, and then Python, go back to the system's way before that, and who is impatient would kill PostgreSQL's orderly end.
    """
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def heard(number: int, frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        if not loop.is_closed():
            loop.call_soon_threadsafe(told)

    for number in numbers:
        signal.signal(number, heard)


@contextmanager
def ended_by_exception() -> Iterator[None]:
    """A command that is told to end, or whose terminal goes, clears up as at Ctrl-C. Only a main thread can be told."""

    def heard(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # One that nohup has ignored stays so.
    numbers = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, heard)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def end_in_time() -> None:
    """Before the last things that a process does: should they hang, it is gone all the same, and its log says what did."""
    asyncio.get_running_loop().call_later(0.9 * STOP_SECONDS, _say_what_is_left)
    _ends.append(end := threading.Timer(STOP_SECONDS, _end))
    end.daemon = True
    end.start()
    # Should no thread of Python get its turn any more: a thread of C, which may fall over stacks that others change meanwhile.
    faulthandler.dump_traceback_later(STOP_SECONDS + 0.5, exit=True)


def ended_in_time() -> None:
    faulthandler.cancel_dump_traceback_later()
    while _ends:
        _ends.pop().cancel()


def _end() -> None:
    """Where all threads are is written down, and none of them can go on meanwhile."""
    faulthandler.dump_traceback()
    os._exit(1)


def _say_what_is_left() -> None:
    left = [f"{task.get_name()}: {task.get_stack(limit=1)}" for task in asyncio.all_tasks()]
    log.error("stop_hangs", tasks=left)
