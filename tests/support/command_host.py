"""`python -m server …`, without its imports: a process that has made them once, and forks for each command and each server.

They are most of a second of CPU each time, and a run of the tests has hundreds of servers and more commands, most of these
to make people for a test. Each still is a process with an environment of its own. What a start is like is seen by those who
take `ServerProcess` and `run_command`, as tests/e2e/test_serve.py does.

    python -m tests.support.command_host SOCKET      serves until its standard input ends
"""

import atexit
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from server import compiled
from server.postgres.account import Account
from tests.support.processes import ROOT, START_PATIENCE, ServerProcess, clean_environment

READY = b"ready\n"
_starting = threading.Lock()


class HostedProcess:
    """As subprocess.Popen has it. It is killed when nobody holds this any more."""

    def __init__(self, *arguments: str, environment: Mapping[str, str], out: BinaryIO, err: BinaryIO) -> None:
        with _starting:
            host = _host()
        self._name = " ".join(("server", *arguments))
        self._said = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._said.connect(host.address)
        self._lines = b""
        socket.send_fds(self._said, [b"!"], [out.fileno(), err.fileno()])
        self._said.sendall(json.dumps({"arguments": arguments, "environment": dict(environment)}).encode() + b"\n")
        self.returncode: int | None = None
        self.pid = self._next(START_PATIENCE)

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            self.returncode = self._next(timeout)
            self._said.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _next(self, timeout: float | None) -> int:
        if not select.select([self._said], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self._name, timeout or 0)
        with self._said.makefile("rb", buffering=0) as lines:
            line = lines.readline()
        assert line, f"{self._name}: the process that runs commands has gone"
        return int(line)


def hosted_command(
    *arguments: str, environment: Mapping[str, str], patience: float = START_PATIENCE
) -> "subprocess.CompletedProcess[str]":
    """As `run_command`. Raises subprocess.TimeoutExpired."""
    surroundings = clean_environment() | dict(environment)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = HostedProcess(*arguments, environment=surroundings, out=out, err=err)
        code = process.wait(patience)
        return subprocess.CompletedProcess(["server", *arguments], code, _text(out), _text(err))


class HostedServer(ServerProcess):
    def _launched(self, log: BinaryIO) -> HostedProcess:
        return HostedProcess(*self._arguments, environment=self._environment, out=log, err=log)


class _Host:
    def __init__(self, folder: str) -> None:
        self.address = str(Path(folder, "socket"))
        # Held as long as this process lives: with its standard input it ends.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.command_host", self.address],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == READY, "it did not start"


@cache
def _host() -> _Host:
    """Ours."""
    folder = tempfile.mkdtemp(prefix="colloque-commands-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return _Host(folder)


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode())


def serve(address: str) -> None:
    compiled.use()
    from repositories.statements import load_queries
    from server.__main__ import main
    from server.cli.commands import PLACES, imported

    for name in PLACES:
        imported(name)
    load_queries()
    assert threading.active_count() == 1, "a fork would leave the others behind"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who attend
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(address)
        listener.listen(64)
        sys.stdout.buffer.write(READY)
        sys.stdout.flush()
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            asked, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _attend(asked, main)
                os._exit(0)
            asked.close()


def _attend(asked: socket.socket, main: Any) -> None:
    """One command: says its number, and at its end how it ended; kills it when whoever asked has gone."""
    _, descriptors, _, _ = socket.recv_fds(asked, 1, 2)
    with asked.makefile("rb") as lines:
        order = json.loads(lines.readline())
    mortal = Account(os.geteuid(), os.getegid(), "").mortal()
    command = os.fork()
    if command == 0:
        asked.close()
        os.setsid()
        mortal()
        for number, descriptor in enumerate(descriptors, start=1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.exit(main(order["arguments"], prog_name="python -m server"))
    asked.sendall(b"%d\n" % command)
    ended = os.pidfd_open(command)
    if ended not in select.select([ended, asked.fileno()], [], [])[0]:
        os.kill(command, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
    with suppress(BrokenPipeError):  # whoever asked has gone
        asked.sendall(b"%d\n" % code)


if __name__ == "__main__":
    serve(sys.argv[1])
