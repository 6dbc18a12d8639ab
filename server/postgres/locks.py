"""Locks on files between processes. The kernel drops them when their holder ends, even by SIGKILL: none gets stale."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.postgres.errors import EmbeddedPostgresError

PAUSE = 0.02


class FileLock:
    """One open file; `shared` for the users of a thing, exclusive for who changes it."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @property
    def closed(self) -> bool:
        return self._descriptor < 0

    def try_take(self, *, shared: bool = False) -> bool:
        """Also turns a lock that is held from one kind into the other."""
        try:
            fcntl.flock(self._descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take(self, *, shared: bool = False, patience: float) -> None:
        """Raises EmbeddedPostgresError when others keep it for longer than `patience` seconds."""
        deadline = time.monotonic() + patience
        while not self.try_take(shared=shared):
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"Another Colloque has been starting or stopping the embedded PostgreSQL for {patience:.0f} s. "
                    "Look at postgres.log in DATA_DIR/pg, and start again when the other one has ended."
                )
            time.sleep(PAUSE)

    def take_when_free(self) -> None:
        """Wait for as long as it takes."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


@contextmanager
def held(path: Path, *, patience: float) -> Iterator[None]:
    """Hold the file alone. Raises EmbeddedPostgresError."""
    lock = FileLock(path)
    try:
        lock.take(patience=patience)
        yield
    finally:
        lock.close()
