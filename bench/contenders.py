"""The servers that are compared: how each is filled, started and stopped."""

import base64
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.database import BenchDatabase
from server.postgres.account import Account
from server.settings import documented

ROOT = Path(__file__).parent.parent
PEER = Path(__file__).parent / "peer"
START_PATIENCE = 60.0
STOP_PATIENCE = 20.0
# In the way of every event, but so high that they refuse nothing.
HIGH_LIMITS = {
    "MESSAGE_RATE": "1000000",
    "MESSAGE_BURST": "1000000",
    "EVENT_RATE": "1000000",
    "MAX_SOCKETS_PER_USER": "5000",
}


class ContenderError(RuntimeError):
    """A server could not be filled or started; the text says why."""


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    about: str
    folder: Path
    serve: tuple[str, ...]
    fill: tuple[str, ...]
    environment: Mapping[str, str]

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def pairs(self) -> Path:
        return self.folder / f"{self.name}.jsonl"

    def seed(self) -> None:
        """Its tables, and the pairs that the load takes. Raises ContenderError."""
        with self.pairs.open("wb") as pairs, self.log.open("ab") as log:
            done = subprocess.run(self.fill, cwd=ROOT, env=self.environment, stdout=pairs, stderr=log, check=False)
        if done.returncode:
            raise ContenderError(f"{self.name} could not be seeded:\n{self.tail()}")

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Fresh, until the block ends. Raises ContenderError."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.serve,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # It ends when this process does, however it ends. Nothing else runs here that a fork could hold up.
                preexec_fn=Account(os.geteuid(), os.getegid(), "").mortal(),  # noqa: PLW1509  # what is measured must not outlive a bench that is killed
            )
        try:
            self._await_answer(process)
            yield process
        finally:
            _stop(process)

    @property
    def port(self) -> int:
        return int(self.environment["PORT"])

    def tail(self, lines: int = 20) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])

    def _await_answer(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + START_PATIENCE
        while not _answers(f"http://127.0.0.1:{self.port}/health/ready"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ContenderError(f"{self.name} did not start:\n{self.tail()}")
            time.sleep(0.05)


def peer(database: BenchDatabase, *, folder: Path, pairs: int) -> Contender:
    """The yardstick. Its database `peer` is there. Raises ContenderError when Node.js or npm is missing."""
    node = _output("node", "-p", "process.execPath")  # `node` may be a script whose CPU is not the server's
    if not (PEER / "node_modules/.package-lock.json").exists():
        _output("npm", "ci", "--silent", "--prefix", str(PEER))
    version = _output(node, "-p", "process.version + ', Socket.IO ' + require('socket.io/package.json').version")
    return Contender(
        name="peer",
        about=f"Node.js {version}",
        folder=folder,
        serve=(node, str(PEER / "server.js")),
        fill=(node, str(PEER / "server.js"), "seed", str(pairs)),
        environment=_environment(DATABASE_URL=database.peer_url, PORT=_free_port()),
    )


def ours(database: BenchDatabase, *, folder: Path, pairs: int) -> Contender:
    """Colloque as this folder has it."""
    python = (sys.executable, "-m", "server")
    return Contender(
        name="ours",
        about=f"Colloque on Python {sys.version.split()[0]}",
        folder=folder,
        serve=(*python, "serve"),
        fill=(*python, "seed", "--pairs", str(pairs), "--json"),
        environment=_environment(
            **HIGH_LIMITS,
            DATABASE_URL=database.server_url,
            MIGRATE_DATABASE_URL=database.owner_url,
            DATA_DIR=str(folder / "data"),
            JWT_SECRET=secrets.token_urlsafe(48),
            ENCRYPTION_KEYS=f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            LOG_FORMAT="json",
            PORT=_free_port(),
        ),
    )


def _environment(**values: str) -> dict[str, str]:
    """What a developer has set for Colloque must not change what is measured."""
    settings = {name for name, _, _ in documented()}
    return {name: value for name, value in os.environ.items() if name not in settings} | values


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, cwd=PEER, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise ContenderError(f"{command[0]} is not there; `make bench` brings it.") from error
    if done.returncode:
        raise ContenderError(f"{' '.join(command)} failed:\n{done.stderr.strip()}")
    return done.stdout.strip()


def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 -- the address is made above
            return True
    except OSError:
        return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
