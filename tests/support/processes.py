"""The real program as a process: started, waited for until it is ready, and ended or frozen as a test needs it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from server.postgres.account import Account
from tests.support.ports import free_port

ROOT = Path(__file__).parent.parent.parent
START_PATIENCE = 60.0
STOP_PATIENCE = 20.0
# What a developer has set must not change what a test starts.
FOREIGN = (
    "DATABASE_URL",
    "MIGRATE_DATABASE_URL",
    "FANOUT",
    "REDIS_URL",
    "WORKERS",
    "JWT_SECRET",
    "ENCRYPTION_KEYS",
    "DATA_DIR",
    "HOST",
    "PORT",
)


class Launched(Protocol):
    """What subprocess.Popen has and is used here."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, number: int, /) -> None: ...

    def kill(self) -> None: ...


class ServerProcess:
    """`python -m server` on a port of its own, with what it prints in a file."""

    def __init__(self, environment: Mapping[str, str], *, folder: Path, arguments: tuple[str, ...] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = int(environment.get("PORT", "0")) or free_port()
        self.log = folder / f"server-{self.port}.log"
        self._environment = clean_environment() | dict(environment) | {"PORT": str(self.port)}
        self._arguments = arguments
        self._process: Launched | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def workers(self) -> list[int]:
        """The processes that it has started and that live."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii")
        return [int(child) for child in children.split()]

    def start(self, *, ready: bool = True) -> "ServerProcess":
        """`ready` waits until /health/ready says so. Raises RuntimeError with the end of the log."""
        with self.log.open("ab") as log:
            self._process = self._launched(log)
        if ready:
            self.await_ready()
        return self

    def _launched(self, log: BinaryIO) -> Launched:
        return subprocess.Popen(
            [sys.executable, "-m", "server", *self._arguments],
            env=self._environment,
            cwd=ROOT,
            preexec_fn=Account(os.geteuid(), os.getegid(), "").mortal(),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )

    def await_ready(self, *, patience: float = START_PATIENCE) -> None:
        self.await_health("/health/ready", patience=patience)

    def await_health(self, path: str, *, status: int = 200, patience: float = START_PATIENCE) -> None:
        """Until that path answers with that status."""
        deadline = time.monotonic() + patience
        while (seen := self._status(path)) != status:
            if self._running().poll() is not None:
                raise RuntimeError(f"the server ended with {self._running().returncode}:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{path} answered {seen} instead of {status} for {patience} s:\n{self.tail()}")
            time.sleep(0.02)

    @property
    def is_running(self) -> bool:
        return self._running().poll() is None

    def terminate(self) -> None:
        """SIGTERM; wait for the end with `exit_code`."""
        self._running().send_signal(signal.SIGTERM)

    def interrupt(self) -> None:
        """Ctrl-C."""
        self._running().send_signal(signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL, and it is gone when this returns."""
        self._running().kill()
        self._running().wait(STOP_PATIENCE)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Its sockets stay open and it does nothing."""
        self._running().send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                self._running().send_signal(signal.SIGCONT)

    def exit_code(self, *, patience: float = STOP_PATIENCE) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        return self._running().wait(patience)

    def ask_to_stop(self) -> None:
        """Also one that is frozen; one that has ended is left alone."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """At the end of a test, unless the test has ended it. Raises RuntimeError when it does not end in good order."""
        if self._process is None or self._process.poll() is not None:
            return
        self.ask_to_stop()
        try:
            code = self._process.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"the server did not end within {STOP_PATIENCE:.0f} s:\n{self.tail()}") from None
        if code != 0:
            raise RuntimeError(f"the server was told to end, and did with {code}:\n{self.tail()}")

    def tail(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])

    def _running(self) -> Launched:
        if self._process is None:
            raise RuntimeError("the server was not started")
        return self._process

    def _status(self, path: str) -> int:
        """0: nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0


@contextmanager
def server_process(
    environment: Mapping[str, str], *, folder: Path, arguments: tuple[str, ...] = (), ready: bool = True
) -> Iterator[ServerProcess]:
    """A server until the block ends, however it ends."""
    server = ServerProcess(environment, folder=folder, arguments=arguments)
    try:
        yield server.start(ready=ready)
    finally:
        server.stop()


def run_command(
    *arguments: str, environment: Mapping[str, str], patience: float = START_PATIENCE
) -> "subprocess.CompletedProcess[str]":
    """`python -m server ARGUMENTS` to its end, with what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        env=clean_environment() | dict(environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )


def json_lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def clean_environment() -> dict[str, str]:
    """Nobody outside of this machine is called, so whom the machine trusts need not be read: at a twentieth of a start."""
    inherited = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**inherited, "SSL_CERT_FILE": os.devnull}
