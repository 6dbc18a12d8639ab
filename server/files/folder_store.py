"""The file store that needs nothing: a folder. Several nodes can share one over a network file system."""

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from server.files.disk import written
from services.file_ports import FileMissing

KEY = re.compile(r"[0-9a-f]{8,128}", re.ASCII)
FOLDER = re.compile(r"[0-9a-f]{2}", re.ASCII)
PIECE = 131_072
UNFINISHED = "unfinished"


class FolderStore:
    """services.file_ports.FileStore. Waiting for the disk is done in threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        """Under another name until all of it is on the disk. Raises Unavailable where there is no room, or no disk."""
        place = self._place(key)
        with written():
            return await self._write(place, chunks)

    async def _write(self, place: Path, chunks: AsyncIterator[bytes]) -> int:
        file = await asyncio.to_thread(self._begin)
        size = 0
        try:
            with file:
                async for chunk in chunks:
                    size += await asyncio.to_thread(file.write, chunk)
                await asyncio.to_thread(_finish, file, place)
        except BaseException:
            await asyncio.to_thread(Path(file.name).unlink, missing_ok=True)
            raise
        return size

    async def read(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        left = length
        with await asyncio.to_thread(_opened, self._place(key), start) as file:
            while left is None or left > 0:
                piece = await asyncio.to_thread(file.read, PIECE if left is None else min(PIECE, left))
                if not piece:
                    return
                left = None if left is None else left - len(piece)
                yield piece

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._place(key).unlink, missing_ok=True)

    async def keys(self) -> AsyncIterator[str]:
        for folder in await asyncio.to_thread(_listed, self._folder, FOLDER):
            # A network file system has names of its own there, of what was deleted while it was read.
            for name in await asyncio.to_thread(_listed, self._folder / folder, KEY):
                yield name

    def _place(self, key: str) -> Path:
        """Raises ValueError for what is no key: no name that somebody chose reaches the disk."""
        if not KEY.fullmatch(key):
            raise ValueError("a key of the file store is hexadecimal")
        return self._folder / key[:2] / key

    def _begin(self) -> IO[bytes]:
        unfinished = self._folder / UNFINISHED
        unfinished.mkdir(mode=0o700, parents=True, exist_ok=True)
        return tempfile.NamedTemporaryFile(dir=unfinished, delete=False)  # closed by `write`


def _listed(folder: Path, names: re.Pattern[str]) -> list[str]:
    """None while nothing was ever stored. What cannot be read is not empty: glob() would say so."""
    try:
        return sorted(path.name for path in folder.iterdir() if names.fullmatch(path.name))
    except FileNotFoundError:
        return []


def _finish(file: IO[bytes], place: Path) -> None:
    """An answer means that it is on the disk, its name too."""
    file.flush()
    os.fsync(file.fileno())
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    Path(file.name).replace(place)
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _opened(place: Path, start: int) -> IO[bytes]:
    try:
        file = place.open("rb", buffering=0)
    except FileNotFoundError as error:
        raise FileMissing(place.name) from error
    file.seek(start)
    return file
