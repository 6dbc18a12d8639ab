"""The modules that every message passes, as machine code, where `make compile` has made it of exactly these sources.

mypyc compiles the same typed Python that runs without it: nothing is written twice, and a server without a compiler does
the same at more cost (ADR 0049). Everything else stays as it is, and so does everything in a process of the tests: only
`python -m server` and its workers call `use`.
"""

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Literal

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "compiled"
# In FOLDER: the fingerprint of what it was made of.
MADE_OF = "made-of"
# Set to "no", it leaves what is compiled aside.
SWITCH = "COLLOQUE_COMPILED"
PACKAGES = ("controllers", "repositories", "server", "services")
SUFFIX = EXTENSION_SUFFIXES[0]

# What a message passes on its way. They have no dataclass with slots, which mypyc does not know: the data that others
# share stand in modules of their own, or are classes with `__slots__` and NamedTuples.
MODULES = (
    "controllers.compiled_dump",
    "controllers.compiled_load",
    "controllers.said_values",
    "controllers.socket.boundary",
    "controllers.socket.contract",
    "controllers.socket.messages",
    "controllers.socket.witness",
    "repositories.array_literals",
    "repositories.binary_arrays",
    "repositories.link",
    "repositories.send_lane",
    "server.announcer",
    "server.broadcaster.broadcaster",
    "server.broadcaster.digest",
    "server.broadcaster.tracks",
    "server.indexing",
    "server.observability.cells",
    "server.observability.metrics",
    "server.rate_limits",
    "server.realtime.audience",
    "server.realtime.backlog",
    "server.realtime.connections",
    "server.realtime.deadlines",
    "server.realtime.dispatch",
    "server.realtime.engine_socket",
    "server.realtime.facade",
    "server.realtime.frames",
    "server.realtime.outbox",
    "server.realtime.plain_events",
    "server.realtime.postman",
    "server.realtime.rate",
    "server.realtime.reading",
    "server.realtime.rooms",
    "server.realtime.sockets",
    "server.security.cipher",
    "services.access",
    "services.data_keys",
    "services.message_view",
    "services.message_writer",
    "services.messages",
    "services.outcome",
    "services.quotes",
    "services.room_names",
    "services.together",
    "services.trail",
)

# "stale": there is something, but the sources have changed since.
State = Literal["fresh", "stale", "none"]


def use(folder: Path = FOLDER) -> None:
    """To be called before any of MODULES is imported. Does nothing unless what is compiled is fresh and wanted."""
    if _is_off() or state(folder) != "fresh":
        return
    if early := sorted(sys.modules.keys() & set(MODULES)):
        raise RuntimeError(f"imported before what is compiled could stand in for it: {early}")
    sys.meta_path.insert(0, _Finder(_files(folder)))


def in_use() -> bool:
    """In this process."""
    return any(isinstance(finder, _Finder) for finder in sys.meta_path)


def is_forgotten(folder: Path = FOLDER) -> bool:
    """Somebody had it compiled, wants it, and does not have it, since the sources are others now."""
    return not _is_off() and state(folder) == "stale"


def state(folder: Path = FOLDER) -> State:
    try:
        made_of = (folder / MADE_OF).read_text("ascii")
    except OSError:
        return "none"
    return "fresh" if made_of == fingerprint() else "stale"


def _is_off() -> bool:
    return os.environ.get(SWITCH, "").strip().lower() in {"no", "off", "false", "0"}


def fingerprint() -> str:
    """Of all our sources, since a module knows the types of those that it imports, of what compiles them, and of the Python
    that runs.
    """
    seen = hashlib.sha256(str(sysconfig.get_config_var("SOABI")).encode())
    sources = [source for package in PACKAGES for source in (ROOT / package).rglob("*.py")]
    for source in sorted([*sources, *(ROOT / "requirements").glob("compile*")]):
        seen.update(f"{source.relative_to(ROOT)}\0".encode())
        seen.update(source.read_bytes())
    return seen.hexdigest()


def source_of(module: str) -> Path:
    return ROOT / f"{module.replace('.', '/')}.py"


def _files(folder: Path) -> Iterable[tuple[str, Path]]:
    """Beside each module stands what mypyc made of it, as a module of its own."""
    for file in folder.rglob(f"*{SUFFIX}"):
        yield str(file.relative_to(folder)).removesuffix(SUFFIX).replace(os.sep, "."), file


class _Finder(MetaPathFinder):
    def __init__(self, files: Iterable[tuple[str, Path]]) -> None:
        self._files: Mapping[str, Path] = dict(files)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        file = self._files.get(fullname)
        return None if file is None else spec_from_file_location(fullname, file)
