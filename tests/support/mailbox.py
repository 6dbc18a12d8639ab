"""A real SMTP server as a process: aiosmtpd, which keeps what it gets in a maildir."""

import email
import email.policy
import mailbox
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from server.postgres.account import Account
from tests.support.ports import free_port

PATIENCE = 20.0


class Mailbox:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it answers."""
        where = f"127.0.0.1:{self.port}"
        command = [
            sys.executable,
            "-m",
            "aiosmtpd",
            "-n",
            "-l",
            where,
            "-c",
            "aiosmtpd.handlers.Mailbox",
            self._maildir,
        ]
        me = Account(os.geteuid(), os.getegid(), "")
        with (self._folder / "smtp.log").open("ab") as log:
            self._process = subprocess.Popen(command, preexec_fn=me.mortal(), stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"aiosmtpd did not start: {(self._folder / 'smtp.log').read_text('utf-8')[-500:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE)
            self._process = None

    def letters(self, address: str) -> list[EmailMessage]:
        """What came for this address."""
        found = []
        for kept in mailbox.Maildir(self._maildir):
            letter = email.message_from_bytes(kept.as_bytes(), EmailMessage, policy=email.policy.default)
            if letter["To"] == address:
                found.append(letter)
        return found

    @property
    def _maildir(self) -> str:
        return str(self._folder / "mail")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                return connection.recv(3) == b"220"
        except OSError:
            return False


@contextmanager
def running_mailbox(folder: Path) -> Iterator[Mailbox]:
    server = Mailbox(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
