"""How a file comes in: sealed as it comes, scanned, looked at. Its plain bytes are never on the disk, nor all in our memory."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from server.files.chunks import FORMAT, SEALED_CHUNK, AesFileKey, ChunkSealer, check_format
from server.files.clamav import Scanner
from server.files.disk import written
from server.files.inspection import Inspection, Order
from server.files.looking.kinds import HEAD_BYTES, kind_of
from services.attachment_ports import FileFacts, Part
from services.errors import PayloadTooLarge, UnsupportedFile, ValidationFailed

INFECTED_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """services.attachment_ports.Received."""

    key: AesFileKey
    facts: FileFacts
    places: dict[Part, Path]
    infected_with: str | None = None

    async def sealed(self, part: Part) -> AsyncIterator[bytes]:
        async for piece in _pieces(self.places[part]):
            yield piece


class SpooledIntake:
    """services.attachment_ports.Intake. What a crash leaves in `folder` is sealed under keys that are gone."""

    def __init__(
        self, *, folder: Path, scanner: Scanner, inspection: Inspection, max_bytes: int, max_pixels: int
    ) -> None:
        self._folder = folder
        self._scanner = scanner
        self._inspection = inspection
        self._max_bytes = max_bytes
        self._max_pixels = max_pixels

    @asynccontextmanager
    async def receive(
        self, chunks: AsyncIterator[bytes], *, token: UUID, extension: str
    ) -> AsyncIterator[ReceivedFile]:
        with written():
            folder = await asyncio.to_thread(self._new_folder)
        try:
            yield await self._received(folder, chunks, token, extension)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _new_folder(self) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=self._folder))

    async def _received(self, folder: Path, chunks: AsyncIterator[bytes], token: UUID, extension: str) -> ReceivedFile:
        source, source_key = folder / "as-it-came", AesFileKey.new()
        with written():
            size = await self._spool(source, source_key, chunks, token, extension)
        infected_with = await self._scanner.scan(_opened(source, source_key, token))
        if infected_with is not None:
            facts = FileFacts(media_type=INFECTED_TYPE, size=size)
            return ReceivedFile(source_key, facts, {Part.WHOLE: source}, infected_with)
        key, places = AesFileKey.new(), {Part.WHOLE: folder / "whole", Part.THUMBNAIL: folder / "thumbnail"}
        order = Order(
            source=str(source.absolute()),
            source_key=source_key.secret.hex(),
            whole=str(places[Part.WHOLE].absolute()),
            thumbnail=str(places[Part.THUMBNAIL].absolute()),
            key=key.secret.hex(),
            token=token.hex,
            max_pixels=self._max_pixels,
        )
        return ReceivedFile(key, await self._inspection.look(order), places)

    async def _spool(
        self, source: Path, key: AesFileKey, chunks: AsyncIterator[bytes], token: UUID, extension: str
    ) -> int:
        """What is not even of a type that is taken is refused before the rest of it has come."""
        sealer, head, size = ChunkSealer(key, token=token, part=Part.WHOLE), b"", 0
        with await asyncio.to_thread(source.open, "wb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if self._max_bytes and size > self._max_bytes:
                    raise PayloadTooLarge(reason="file_too_large")
                if len(head) < HEAD_BYTES:
                    head += chunk[:HEAD_BYTES]
                    if len(head) >= HEAD_BYTES:
                        _check_type(head, extension)
                await asyncio.to_thread(_seal_into, file, sealer, chunk)
            if not size:
                raise ValidationFailed(fields={"file": "empty"})
            if len(head) < HEAD_BYTES:
                _check_type(head, extension)
            await asyncio.to_thread(_finish, file, sealer)
        return size


def _seal_into(file: IO[bytes], sealer: ChunkSealer, data: bytes) -> None:
    file.write(sealer.feed(data))


def _finish(file: IO[bytes], sealer: ChunkSealer) -> None:
    file.write(sealer.finish())


def _check_type(head: bytes, extension: str) -> None:
    """Raises UnsupportedFile. A name without an extension claims nothing."""
    kind = kind_of(head)
    if kind is None:
        raise UnsupportedFile(reason="file_type")
    if extension and extension not in kind.extensions:
        raise UnsupportedFile(reason="file_not_its_name")


async def _pieces(place: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(place.open, "rb", buffering=0) as file:
        while piece := await asyncio.to_thread(file.read, SEALED_CHUNK * 2):
            yield piece


async def _opened(place: Path, key: AesFileKey, token: UUID) -> AsyncIterator[bytes]:
    """For the scanner: plain bytes in memory, a chunk at a time."""
    with await asyncio.to_thread(place.open, "rb") as file:
        check_format(await asyncio.to_thread(file.read, len(FORMAT)))
        chunk, number = await asyncio.to_thread(file.read, SEALED_CHUNK), 0
        while chunk:
            following = await asyncio.to_thread(file.read, SEALED_CHUNK)
            yield key.open_chunk(chunk, token=token, part=Part.WHOLE, place=number, last=not following)
            chunk, number = following, number + 1
