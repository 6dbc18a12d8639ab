"""PostgreSQL's own programs for dump and restore. Each ends with us, however we end: a restore that went on alone would begin
no epoch.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from server.backup.contents import PIECE, BackupError
from server.postgres.account import Account
from server.postgres.binaries import find_program
from server.postgres.errors import EmbeddedPostgresError

# A pg_restore of version 17 begins with it for whatever server, and those before 17 do not know it.
FOREIGN = b"SET transaction_timeout = 0;\n"
# What ends the settings at the head of the script: no row of a table comes before.
HEAD_ENDS = b"SELECT pg_catalog.set_config('search_path'"
_PASSWORD = "password="  # noqa: S105  # of a query, before one
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Running:
    name: str
    process: "subprocess.Popen[bytes]"
    errors: IO[bytes]

    def check(self) -> None:
        """Wait for its end. Raises BackupError."""
        if code := self.process.wait():
            self.errors.seek(0)
            said = self.errors.read().decode("utf-8", "replace").strip()
            raise BackupError(f"{self.name} failed: {said or f'it ended with {code}'}")


def run(name: str, *arguments: str, environment: Mapping[str, str] = _NOTHING) -> bytes:
    """What it printed. Raises BackupError."""
    with _started(name, *arguments, environment=environment, stdout=subprocess.PIPE) as program:
        printed = program.process.communicate()[0]
        program.check()
        return bytes(printed)


def replay(file: Path, *arguments: str, environment: Mapping[str, str]) -> None:
    """What pg_restore makes of `file`, by psql in one transaction: without our COMMIT all is as it was. Raises BackupError."""
    script = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--file=-", str(file))
    strict = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-", *arguments)
    with (
        _started("pg_restore", *script, stdout=subprocess.PIPE) as source,
        _started("psql", *strict, environment=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as target,
    ):
        out, into = source.process.stdout, target.process.stdin
        if out is None or into is None:
            raise ValueError("both are pipes")
        try:
            pour(out, into)
            source.check()
            into.write(b"COMMIT;\n")
            into.close()
        except BrokenPipeError:
            # It ended before us: says why.
            target.check()
            raise
        target.check()


def pour(script: IO[bytes], into: IO[bytes]) -> None:
    """As a transaction that is not committed yet, without what the server may not know."""
    into.write(b"BEGIN;\n")
    for line in script:
        if line != FOREIGN:
            into.write(line)
        if line.startswith(HEAD_ENDS):
            break
    shutil.copyfileobj(script, into, PIECE)


@contextmanager
def _started(name: str, *arguments: str, environment: Mapping[str, str] = _NOTHING, **pipes: Any) -> Iterator[Running]:
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603  # our own arguments
            [_path(name), *arguments],
            env={**os.environ, **environment},
            preexec_fn=Account(os.geteuid(), os.getegid(), "").mortal(),  # noqa: PLW1509  # It takes no lock.
            stderr=errors,
            **pipes,
        )
        try:
            yield Running(name, process, errors)
        finally:
            # Before its pipe is closed, which would wait for it to read on.
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                _close(pipe)


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None and not pipe.closed:
        try:
            pipe.close()
        except BrokenPipeError:
            return  # What was written and nobody read any more.


def connection(url: str) -> tuple[str, Mapping[str, str]]:
    """An argument and the environment: the password goes by that, since arguments can be seen by every user of the machine."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    netloc = f"{parts.username}@{place}" if parts.username else place
    asked = parts.query.split("&")
    # libpq takes it there too, and before the one at the name.
    told = [item.removeprefix(_PASSWORD) for item in asked if item.startswith(_PASSWORD)]
    query = "&".join(item for item in asked if not item.startswith(_PASSWORD))
    password = told[-1] if told else parts.password
    # urlunsplit would take the slashes away where there is no host.
    shown = f"{parts.scheme}://{netloc}{parts.path}" + (f"?{query}" if query else "")
    return f"--dbname={shown}", {"PGPASSWORD": unquote(password)} if password else {}


def _path(name: str) -> str:
    try:
        return find_program(name)
    except EmbeddedPostgresError as error:
        raise BackupError(str(error)) from error
