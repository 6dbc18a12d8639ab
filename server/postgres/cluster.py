"""One PostgreSQL cluster in a folder: where its files are, making it, starting and stopping its postmaster."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

from server.postgres.account import Account, account_for, can_reach
from server.postgres.binaries import Binaries, find_binaries
from server.postgres.errors import EmbeddedPostgresError
from server.postgres.folders import Folders

SUPERUSER = "postgres"
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432") - 1
START_PATIENCE = 60.0
STOP_PATIENCE = 60.0
LOG_KEPT = 5_000_000

# No client text in the log: neither statements, nor parameters, nor the DETAIL that quotes a row.
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # A process takes eleven, and one more to listen: enough for a big machine's workers and the commands beside them.
    "max_connections": "300",
    "shared_buffers": "256MB",
    # After each checkpoint every page that changes is logged whole, which costs more than the change: not too often then.
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # Compiling a query costs more than running any of ours.
    "jit": "off",
    # There is no disk with an arm below, and most pages are in memory.
    "random_page_cost": "1.1",
    "autovacuum_naptime": "20s",
    "fsync": "on",
    "synchronous_commit": "on",
    "client_connection_check_interval": "2s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_error_verbosity": "terse",
    "lc_messages": "C",
}
# Survives a killed PostgreSQL, but not a machine that loses power.
FAST_OPTIONS = {"fsync": "off", "full_page_writes": "off"}


class Cluster:
    """Raises EmbeddedPostgresError wherever PostgreSQL does not do as it is told."""

    def __init__(self, folders: Folders, *, durable: bool) -> None:
        self._folders = folders
        self._durable = durable
        self._account: Account = account_for(folders.root)
        self._binaries: Binaries = find_binaries(major=_major(folders.data))
        self._view: tuple[Path, ...] = ()
        self._postmaster: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make the cluster when there is none; the folder appears whole or not at all."""
        self._check_reach()
        self._outlive_predecessor()
        if not self._folders.data.exists():
            self._make()

    def start(self) -> None:
        """Returns when it takes connections."""
        folder = self._socket_folder()
        options = OPTIONS | ({} if self._durable else FAST_OPTIONS) | {"unix_socket_directories": str(folder)}
        command = [self._binaries.program("postgres"), "-D", str(self._folders.data)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self._log() as log:
            self._postmaster = subprocess.Popen(
                command,
                preexec_fn=self._account.mortal(self._view),
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._await_ready()
        self._folders.socket_note.write_text(str(folder), "utf-8")

    def has_died(self) -> bool:
        return self._postmaster is not None and self._postmaster.poll() is not None

    def stop(self) -> None:
        """Fast shutdown: clients are cut off, what is committed is flushed."""
        if self._postmaster is not None and self._postmaster.poll() is None:
            self._postmaster.send_signal(signal.SIGINT)
            try:
                self._postmaster.wait(STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                self._postmaster.send_signal(signal.SIGQUIT)  # Safe: the next start recovers from the log.
                self._postmaster.wait()
        self.forget_socket()

    def forget_socket(self) -> None:
        folder = self._folders.socket()
        self._folders.socket_note.unlink(missing_ok=True)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _check_reach(self) -> None:
        self._account.own(self._folders.root, 0o700)
        for path in self._folders.root.glob("*.lock"):
            self._account.own(path, 0o600)
        program, root = self._binaries.program("postgres"), self._folders.root
        if not can_reach(self._account, program=program, folder=root):
            self._view = (root, self._binaries.folder.parent)
            if os.geteuid() == 0 and can_reach(self._account, program=program, folder=root, view=self._view):
                return
            raise EmbeddedPostgresError(
                f"PostgreSQL does not run as root, and the user {self._account.name!r} that stands in cannot reach "
                f"{self._folders.root} or {self._binaries.folder}. Move the project to a folder that others may enter "
                "(such as /srv or /opt), or start it as an ordinary user, or set DATABASE_URL to a server that runs."
            )

    def _outlive_predecessor(self) -> None:
        """An old postmaster, whose supervisor was killed, may still be stopping.

        And a left-over pid file may by now name a stranger, for whose sake PostgreSQL would refuse to start.
        """
        note = self._folders.data / "postmaster.pid"
        deadline = time.monotonic() + STOP_PATIENCE
        while note.exists():
            pid = _noted_pid(note)
            if pid is None or not _is_postmaster(pid, self._folders.data):
                note.unlink(missing_ok=True)
            elif time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"An older PostgreSQL does not stop; end it with: kill -INT {pid}")
            else:
                time.sleep(0.02)
        self.forget_socket()

    def _make(self) -> None:
        unfinished = self._folders.root / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [
            self._binaries.program("initdb"),
            "-D",
            str(unfinished),
            "-U",
            SUPERUSER,
            "--auth=trust",
            "--encoding=UTF8",
        ]
        command += ["--locale=C.UTF-8", "--locale-provider=libc", "--data-checksums"]
        command += [] if self._durable else ["--no-sync"]
        with self._log() as log:
            code = subprocess.run(
                command,
                preexec_fn=self._account.mortal(self._view),
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            ).returncode
        if code != 0:
            raise EmbeddedPostgresError(f"PostgreSQL could not make its data folder.{self._last_words()}")
        unfinished.rename(self._folders.data)

    def _socket_folder(self) -> Path:
        """Beside the data where the path is short enough. Only owner and root may enter: that is the authentication."""
        folder = self._folders.root / "run"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            folder.mkdir(exist_ok=True)
        else:
            folder = Path(tempfile.mkdtemp(prefix="colloque-", dir="/tmp"))  # mkdtemp makes it ours alone
        self._account.own(folder, 0o700)
        return folder

    def _await_ready(self) -> None:
        note, deadline = self._folders.data / "postmaster.pid", time.monotonic() + START_PATIENCE
        while not self.has_died():
            lines = note.read_text("utf-8").splitlines() if note.exists() else []
            if (
                len(lines) > 7
                and lines[7].startswith("ready")
                and self._postmaster
                and lines[0] == str(self._postmaster.pid)
            ):
                return
            if time.monotonic() > deadline:
                self.stop()
                break
            time.sleep(0.01)
        raise EmbeddedPostgresError(f"PostgreSQL did not start.{self._last_words()}")

    def _log(self) -> BinaryIO:
        if self._folders.log.exists() and self._folders.log.stat().st_size > LOG_KEPT:
            self._folders.log.replace(self._folders.log.with_suffix(".log.old"))
        return self._folders.log.open("ab")

    def _last_words(self) -> str:
        lines = self._folders.log.read_text("utf-8", "replace").splitlines()[-5:] if self._folders.log.exists() else []
        return f" The end of {self._folders.log}:\n  " + "\n  ".join(lines)


def _environment() -> dict[str, str]:
    """Nothing of ours: PGDATA and its like would change what the programs do."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _major(data: Path) -> int | None:
    version = data / "PG_VERSION"
    return int(version.read_text("utf-8").strip().split(".")[0]) if version.exists() else None


def _noted_pid(note: Path) -> int | None:
    try:
        return int(note.read_text("utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _is_postmaster(pid: int, data: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return os.fsencode(data) in command
