"""The servers there are to compare, by the names that --contenders takes."""

import base64
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from bench.contenders import Contender, ContenderError
from bench.database import BenchDatabase
from server.settings import documented

BENCH = Path(__file__).parent
PEER = BENCH / "peer"
WORKERS = ":"
# In the way of every event, but so high that they refuse nothing.
HIGH_LIMITS = {
    "MESSAGE_RATE": "1000000",
    "MESSAGE_BURST": "1000000",
    "EVENT_RATE": "1000000",
    "MAX_SOCKETS_PER_USER": "5000",
}
Entrant = Callable[..., Contender]


def known(name: str) -> bool:
    """peer, plain, ours, or ours:N for N processes."""
    base, _, workers = name.partition(WORKERS)
    return name in ENTRANTS or (base == "ours" and workers.isdigit() and int(workers) > 0)


def enter(name: str, database: BenchDatabase, *, folder: Path, pairs: int) -> Contender:
    """With a database of its own, which is empty yet. Raises ContenderError when something that it needs is missing."""
    base, _, workers = name.partition(WORKERS)
    own = f"{base}_{workers}" if workers else base
    place = folder / own
    place.mkdir()
    database.make(own)
    options = {"workers": int(workers)} if workers else {}
    return ENTRANTS[base](name, database, own=own, folder=place, pairs=pairs, **options)


def peer(name: str, database: BenchDatabase, *, own: str, folder: Path, pairs: int) -> Contender:
    """The yardstick."""
    node = _output("node", "-p", "process.execPath")  # `node` may be a script whose CPU is not the server's
    if not (PEER / "node_modules/.package-lock.json").exists():
        _output("npm", "ci", "--silent", "--prefix", str(PEER))
    versions = _output(node, "-p", "process.version + ', Socket.IO ' + require('socket.io/package.json').version")
    return Contender(
        name=name,
        about=f"Node.js {versions}",
        folder=folder,
        serve=(node, str(PEER / "server.js")),
        fill=(node, str(PEER / "server.js"), "seed", str(pairs)),
        environment=_environment(DATABASE_URL=database.owner_url(own), PORT=free_port()),
    )


def plain(name: str, database: BenchDatabase, *, own: str, folder: Path, pairs: int) -> Contender:
    """For scale."""
    server = (sys.executable, str(BENCH / "plain" / "server.py"))
    return Contender(
        name=name,
        about=f"python-socketio {version('python-socketio')} with aiohttp, aiopg and uvloop",
        folder=folder,
        serve=server,
        fill=(*server, "seed", str(pairs)),
        environment=_environment(DATABASE_URL=database.owner_url(own), PORT=free_port()),
    )


def ours(
    name: str, database: BenchDatabase, *, own: str, folder: Path, pairs: int, workers: int | None = None
) -> Contender:
    """Colloque as this folder has it."""
    python = (sys.executable, "-m", "server")
    processes = () if workers is None else ("--workers", str(workers))
    return Contender(
        name=name,
        about=f"Colloque on Python {sys.version.split()[0]}" + (f", {workers} processes" if workers else ""),
        folder=folder,
        serve=(*python, "serve", *processes),
        fill=(*python, "seed", "--pairs", str(pairs), "--json"),
        environment=_environment(
            **HIGH_LIMITS,
            DATABASE_URL=database.server_url(own),
            MIGRATE_DATABASE_URL=database.owner_url(own),
            DATA_DIR=str(folder / "data"),
            JWT_SECRET=secrets.token_urlsafe(48),
            ENCRYPTION_KEYS=f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            LOG_FORMAT="json",
            PORT=free_port(),
        ),
    )


ENTRANTS: dict[str, Entrant] = {"peer": peer, "plain": plain, "ours": ours}


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


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])
