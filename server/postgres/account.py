"""The user that the embedded PostgreSQL runs as. It refuses root, so root hands it to somebody who can do less."""

import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.postgres import private_view
from server.postgres.errors import EmbeddedPostgresError

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
STAND_INS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int
    name: str

    @property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()

    def become(self, view: Sequence[Path] = ()) -> None:
        """In a child between fork and exec: give up root for good, but still reach the folders of `view`."""
        if view:
            private_view.enter(view)
        if not self.is_me:
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)

    def own(self, path: Path, mode: int) -> None:
        """Make a file or folder this account's."""
        if not self.is_me:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def mortal(self, view: Sequence[Path] = ()) -> Callable[[], None]:
        """For `preexec_fn`: as this account, ended cleanly by the kernel when the parent dies, however it dies.

        The wish is forgotten when the user changes, hence the order; a parent that died before it is not noticed later.
        """
        parent = os.getpid()

        def prepare() -> None:
            self.become(view)
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() != parent:
                os._exit(1)

        return prepare


def account_for(folder: Path) -> Account:
    """Whoever owns the data already; else ourselves; else, when we are root, an unprivileged user that exists.

    Raises EmbeddedPostgresError.
    """
    if os.geteuid() != 0:
        return _known(os.geteuid()) or Account(os.geteuid(), os.getegid(), str(os.geteuid()))
    for path in (folder, folder.parent):
        if path.exists() and path.stat().st_uid != 0 and (owner := _known(path.stat().st_uid)):
            return owner
    for name in STAND_INS:
        try:
            return _known(pwd.getpwnam(name).pw_uid) or _none()
        except KeyError:
            continue
    return _none()


def can_reach(account: Account, *, program: str, folder: Path, view: Sequence[Path] = ()) -> bool:
    """Whether the account can run that program and enter that folder; no parent of them may be closed to it."""
    script = 'cd "$1" && exec "$2" --version'
    command = ["/bin/sh", "-c", script, "sh", str(folder), program]
    try:
        done = subprocess.run(
            command, preexec_fn=lambda: account.become(view), cwd="/", capture_output=True, check=False, timeout=10
        )
    except subprocess.SubprocessError:  # What `preexec_fn` raised: the system allows no view of its own.
        return False
    return done.returncode == 0


def _known(uid: int) -> Account | None:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _none() -> Account:
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root and this system has neither a user `postgres` nor `nobody`. "
        "Start Colloque as an ordinary user, or set DATABASE_URL to a server that runs."
    )
