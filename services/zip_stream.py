"""A ZIP that is written as it is read: no file of it is ever whole in memory or on a disk."""

import zipfile
from collections.abc import AsyncIterator

TIME = (1980, 1, 1, 0, 0, 0)


class _Outlet:
    """What zipfile takes for a file that cannot seek."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        data = b"".join(self._written)
        self._written.clear()
        return data


class ZipStream:
    def __init__(self) -> None:
        self._outlet = _Outlet()
        self._zip = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED)

    async def file(self, name: str, chunks: AsyncIterator[bytes], *, compressed: bool = True) -> AsyncIterator[bytes]:
        """One after the other. Pictures and PDFs do not get smaller: not `compressed` spares the loop the work."""
        entry = zipfile.ZipInfo(name, TIME)
        entry.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        with self._zip.open(entry, "w", force_zip64=True) as member:
            async for chunk in chunks:
                member.write(chunk)
                if written := self._outlet.take():
                    yield written
        yield self._outlet.take()

    def end(self) -> bytes:
        self._zip.close()
        return self._outlet.take()


async def whole(data: bytes) -> AsyncIterator[bytes]:
    """Bytes that are there already, as a stream."""
    yield data
