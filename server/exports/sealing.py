"""services.export_ports.ArchiveSealer: the chunked seal of files, for streams whose length nobody knows beforehand."""

from collections.abc import AsyncIterator
from uuid import UUID

from server.files.chunks import FORMAT, SEALED_CHUNK, AesFileKey, ChunkSealer, check_format
from services.attachment_ports import Part

PIECE = 65_536


class ChunkedArchiveSealer:
    def new_key(self) -> str:
        return AesFileKey.new().secret.hex()

    async def seal(self, key: str, token: UUID, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        sealer = ChunkSealer(AesFileKey(bytes.fromhex(key)), token=token, part=Part.WHOLE)
        async for chunk in chunks:
            for start in range(0, len(chunk), PIECE):
                if sealed := sealer.feed(chunk[start : start + PIECE]):
                    yield sealed
        yield sealer.finish()

    async def open(self, key: str, token: UUID, sealed: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        opener, waiting, place, begun = AesFileKey(bytes.fromhex(key)), bytearray(), 0, False
        async for piece in sealed:
            waiting += piece
            if not begun and waiting:
                check_format(bytes(waiting[: len(FORMAT)]))
                del waiting[: len(FORMAT)]
                begun = True
            while len(waiting) > SEALED_CHUNK:  # what is left may be the last one
                chunk = bytes(waiting[:SEALED_CHUNK])
                del waiting[:SEALED_CHUNK]
                yield opener.open_chunk(chunk, token=token, part=Part.WHOLE, place=place, last=False)
                place += 1
        yield opener.open_chunk(bytes(waiting), token=token, part=Part.WHOLE, place=place, last=True)
