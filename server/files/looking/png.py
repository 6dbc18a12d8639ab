"""A PNG without texts, times and what comes after it, the picture itself untouched."""

import struct
import zlib
from collections.abc import Iterator

from server.files.looking.foreign import refuse_loose
from server.files.looking.looked import Refused

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The picture, and how its colours and its size are meant.
KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYS"}
)


def without_metadata(data: bytes) -> bytes:
    """Raises Refused."""
    kept, dropped, end = [SIGNATURE], bytearray(), len(data)
    for name, start, stop in _chunks(data):
        if name in KEPT:
            kept.append(data[start:stop])
        else:
            dropped += data[start:stop]
        end = stop
    refuse_loose(bytes(dropped))
    refuse_loose(data[end:])
    return b"".join(kept)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(name, start, stop) of each up to the end of the picture."""
    at, name = len(SIGNATURE), b""
    while name != b"IEND":
        if at + 12 > len(data):
            raise Refused("file_damaged", "the end is missing")
        (length,) = struct.unpack_from(">I", data, at)
        stop = at + 12 + length
        name = data[at + 4 : at + 8]
        if stop > len(data) or zlib.crc32(data[at + 4 : stop - 4]) != struct.unpack_from(">I", data, stop - 4)[0]:
            raise Refused("file_damaged", "a chunk is not whole")
        yield name, at, stop
        at = stop
