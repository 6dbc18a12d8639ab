"""Trouble of our own disk is no fault of the file that was to be written, nor of who sent it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from services.errors import Unavailable

log = structlog.get_logger(__name__)


@contextmanager
def written() -> Iterator[None]:
    """Raises Unavailable for what the disk refuses: it is full, read-only or gone. Whoever asked may try again later.

    An end of the connection that the bytes come over, and of its time, are no trouble of the disk.
    """
    try:
        yield
    except (ConnectionError, TimeoutError):
        raise
    except OSError as error:
        log_refusal(error.errno)
        raise Unavailable from error


def log_refusal(number: int | None) -> None:
    """For the operator; names of files stay out of it."""
    log.error("disk_refused", why=os.strerror(number) if number else "unknown")
