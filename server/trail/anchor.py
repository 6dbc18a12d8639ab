"""The heads of the chains in a file that only grows: who rewrites the database cannot rewrite it too."""

import asyncio
import datetime
import errno
import json
import os
from collections.abc import Sequence
from pathlib import Path

from repositories.trail import Head


class FileAnchor:
    """services.trail_ports.Anchor. Several processes may write to the same file: a line is one write at its end."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def keep(self, heads: Sequence[Head]) -> None:
        line = {
            "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            "heads": {head.chain: [head.number, head.hash.hex()] for head in heads},
        }
        await asyncio.to_thread(self._append, json.dumps(line, separators=(",", ":")) + "\n")

    def _append(self, line: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            text = (_start(descriptor) + line).encode("ascii")
            if os.write(descriptor, text) < len(text):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _start(descriptor: int) -> str:
    """What a full disk or the end of a process tore stays a line of its own: the next one is not to be lost with it."""
    size = os.fstat(descriptor).st_size
    return "\n" if size and os.pread(descriptor, 1, size - 1) != b"\n" else ""


def anchor_path(configured: str, data_dir: Path) -> Path:
    return Path(configured) if configured else data_dir / "trail-anchor.jsonl"
