"""When Python looks for garbage: never while a process starts, and then not among what it started with."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """Imports make much and let go of little: the collector would look through all of it again and again, and once more at its
    end. So all of it stays, with the little garbage in it.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def calm_collector() -> None:
    """What is there now stays: the collector need not look at it again. Requests make little garbage that has cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
