"""A server that is compared: how it is filled, started and stopped. Which ones there are stands in entrants.py."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.postgres.account import Account

ROOT = Path(__file__).parent.parent
START_PATIENCE = 60.0
STOP_PATIENCE = 20.0


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
