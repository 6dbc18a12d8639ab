"""`python -m server COMMAND`, without its start: a process that has imported every command once, and forks for each.

Half a second of CPU of a command is imports, and a run of the tests has hundreds of them, most to make people for a test.
Each still has a process and an environment of its own. Who wants to see the start too takes `run_command`.

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
from functools import cache
from pathlib import Path
from typing import Any

from server import compiled
from tests.support.processes import ROOT, START_PATIENCE, clean_environment

READY = b"ready\n"
_starting = threading.Lock()


def hosted_command(
    *arguments: str, environment: Mapping[str, str], patience: float = START_PATIENCE
) -> "subprocess.CompletedProcess[str]":
    """To its end, with what it printed. Raises TimeoutError, and then it is killed."""
    with _starting:
        host = _host()
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked,
    ):
        asked.settimeout(patience)
        asked.connect(host.address)
        order = {"arguments": arguments, "environment": clean_environment() | dict(environment)}
        socket.send_fds(asked, [b"!"], [out.fileno(), err.fileno()])
        asked.sendall(json.dumps(order).encode() + b"\n")
        code = asked.makefile("rb").readline()
        assert code, f"{arguments}: the process that runs commands has gone"
        return subprocess.CompletedProcess(["server", *arguments], int(code), _text(out), _text(err))


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
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who do
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
    """One command, and nobody else's; it is killed when whoever asked has gone."""
    _, descriptors, _, _ = socket.recv_fds(asked, 1, 2)
    order = json.loads(asked.makefile("rb").readline())
    command = os.fork()
    if command == 0:
        asked.close()
        for number, descriptor in enumerate(descriptors, start=1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.exit(main(order["arguments"], prog_name="python -m server"))
    ended = os.pidfd_open(command)
    if ended not in select.select([ended, asked.fileno()], [], [])[0]:
        os.kill(command, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
    asked.sendall(b"%d\n" % code)


if __name__ == "__main__":
    serve(sys.argv[1])
