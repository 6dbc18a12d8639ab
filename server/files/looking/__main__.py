"""`python -m server.files.looking`: one file, handed over sealed, looked at, and handed back sealed and cleaned.

Standard input holds one JSON object (see _Order), standard output gets one: the facts, {"refused": reason}, or
{"unwritten": errno} when the disk would not take the result. Whatever else happens, a crash included, the caller takes for a
refusal.
"""

import ctypes
import importlib
import json
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from server.files.chunks import AesFileKey, open_all, seal_all
from server.files.looking.kinds import HEAD_BYTES, kind_of
from server.files.looking.looked import Limits, Looked, Refused
from services.attachment_ports import Part

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 20
FILE_BYTES = 512 * 1024 * 1024
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class _Order:
    source: str
    source_key: str
    whole: str
    thumbnail: str
    key: str
    token: str
    max_pixels: int


class _Unwritten(Exception):
    """The disk's trouble. Parsers raise OSError too, for what is wrong with a file."""

    def __init__(self, number: int | None) -> None:
        super().__init__(number)
        self.number = number


def main() -> None:
    _bind_hands()
    order = _Order(**json.loads(sys.stdin.readline()))
    try:
        answer = _look(order)
    except Refused as refusal:
        answer = {"refused": refusal.reason, "detail": refusal.detail}
    except _Unwritten as trouble:
        answer = {"unwritten": trouble.number}
    except (Exception, MemoryError, RecursionError) as error:  # noqa: BLE001  # a parser that gives up gives no permission
        # Never its text: that may quote the file.
        answer = {"refused": "file_damaged", "detail": type(error).__name__}
    sys.stdout.write(json.dumps(answer))


def _bind_hands() -> None:
    """What goes wrong in here ends in here: little memory, little time, no core file, and no life without the server."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def _look(order: _Order) -> dict[str, Any]:
    token, key = UUID(order.token), AesFileKey(bytes.fromhex(order.key))
    source_key = AesFileKey(bytes.fromhex(order.source_key))
    sealed = Path(order.source).read_bytes()
    data = b"".join(open_all(source_key, sealed, token=token, part=Part.WHOLE))
    del sealed
    kind = kind_of(data[:HEAD_BYTES])
    if kind is None:
        raise Refused("file_type", "no type that is taken")
    module, function = kind.looker
    look = getattr(importlib.import_module(f"server.files.looking.{module}"), function)
    looked = cast(Callable[[bytes, Limits], Looked], look)(data, Limits(order.max_pixels))
    _write(order.whole, key, looked.data, token, Part.WHOLE)
    if looked.thumbnail is not None:
        _write(order.thumbnail, key, looked.thumbnail, token, Part.THUMBNAIL)
    return {
        "media_type": kind.media_type,
        "size": len(looked.data),
        "thumbnail_size": None if looked.thumbnail is None else len(looked.thumbnail),
        "width": looked.width,
        "height": looked.height,
    }


def _write(path: str, key: AesFileKey, data: bytes, token: UUID, part: Part) -> None:
    try:
        with Path(path).open("wb") as file:
            file.writelines(seal_all(key, data, token=token, part=part))
    except OSError as error:
        raise _Unwritten(error.errno) from error


if __name__ == "__main__":
    main()
