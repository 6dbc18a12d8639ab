"""Keeps the embedded PostgreSQL for as long as anybody uses it: `python -m server.postgres.supervisor DATA_DIR`.

A process of its own, so that it outlives whoever started it when others have joined. Users hold a shared lock; when the
kernel grants the supervisor the exclusive one, the last of them has gone, even by SIGKILL. It answers one line on its
standard output: `ready`, or a sentence on what is wrong. Signals that end a session or a service are not for it: it
ends when its users have; and when it is killed itself, the kernel tells PostgreSQL to stop.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from server.postgres.cluster import Cluster
from server.postgres.errors import EmbeddedPostgresError
from server.postgres.folders import Folders
from server.postgres.locks import FileLock

RESTARTS = 20
RESTART_PAUSE = 0.5
WATCHED = {signal.SIGCHLD, signal.SIGUSR1}
DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)
READY = "ready"


def main(arguments: list[str]) -> int:
    folders = Folders.under(Path(arguments[0]))
    for number in DEAF_TO:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    life = FileLock(folders.lock("supervisor"))
    try:
        life.take(patience=1.0)
        cluster = Cluster(folders, durable="--fast" not in arguments)
        cluster.prepare()
        cluster.start()
    except EmbeddedPostgresError as error:
        _answer(str(error))
        return 1
    except OSError as error:
        _answer(f"The embedded PostgreSQL could not be started: {error}. Correct that, and start again.")
        return 1
    _answer(READY)
    _watch(cluster, FileLock(folders.lock("users")))
    return 0


def _watch(cluster: Cluster, users: FileLock) -> None:
    """Returns when the last user has gone and PostgreSQL has stopped; one that died meanwhile is started again."""
    left = threading.Event()
    threading.Thread(target=_await_last_user, args=(users, left), daemon=True).start()
    for _ in range(RESTARTS):
        while not left.is_set() and not cluster.has_died():
            signal.sigwait(WATCHED)
        if left.is_set():
            break
        _start_again(cluster, left)
    cluster.stop()


def _await_last_user(users: FileLock, left: threading.Event) -> None:
    users.take_when_free()
    left.set()
    os.kill(os.getpid(), signal.SIGUSR1)


def _start_again(cluster: Cluster, left: threading.Event) -> None:
    """Orphaned backends need a moment to notice that their postmaster has gone. A failure is seen as one more death."""
    left.wait(RESTART_PAUSE)
    try:
        cluster.prepare()
        cluster.start()
    except EmbeddedPostgresError as error:
        print(error, file=sys.stderr)


def _answer(text: str) -> None:
    """Once: then the pipe is closed, so that the asker does not wait for more."""
    os.write(sys.stdout.fileno(), text.encode())
    os.dup2(os.open(os.devnull, os.O_RDWR), sys.stdout.fileno())


if __name__ == "__main__":
    if os.fork():  # The asker waits for this process only; the supervisor belongs to init and leaves no zombie behind.
        os._exit(0)
    sys.exit(main(sys.argv[1:]))
