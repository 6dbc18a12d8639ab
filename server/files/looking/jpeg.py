"""A JPEG without what its camera, phone or editor told, the picture itself untouched."""

import struct
from collections.abc import Iterator

from server.files.looking.foreign import refuse_loose
from server.files.looking.looked import Refused

SOI, EOI, SOS, COM = 0xD8, 0xD9, 0xDA, 0xFE
APP0, APP1, APP2, APP14, APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
# Segments of applications that say how colours are meant.
KEPT = {APP0: b"JFIF\0", APP2: b"ICC_PROFILE\0", APP14: b"Adobe"}
ORIENTATIONS = range(2, 9)


def without_metadata(data: bytes, orientation: int) -> bytes:
    """`orientation` (of EXIF) is the one thing kept: without it the picture would lie on its side. Raises Refused."""
    kept, dropped = [data[:2]], bytearray()
    if orientation in ORIENTATIONS:
        kept.append(_orientation_segment(orientation))
    end = len(data)
    for marker, start, stop in _segments(data):
        if _is_kept(marker, data[start + 4 : start + 20]):
            kept.append(data[start:stop])
        else:
            dropped += data[start:stop]
        end = stop
    refuse_loose(bytes(dropped))
    refuse_loose(data[end:])
    return b"".join(kept)


def _is_kept(marker: int, head: bytes) -> bool:
    if APP0 <= marker <= APP15:
        return marker in KEPT and head.startswith(KEPT[marker])
    return marker != COM


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start, stop) of each after the first two bytes, scans with their data, to the end of the picture."""
    at = 2
    while True:
        start = data.find(b"\xff", at)
        if start != at:
            raise Refused("file_damaged", "no marker where one must be")
        while data[at + 1 : at + 2] == b"\xff":  # fill bytes
            at += 1
        marker = data[at + 1] if at + 1 < len(data) else EOI + 256
        if marker == EOI:
            yield marker, at, at + 2
            return
        if at + 4 > len(data):
            raise Refused("file_damaged", "the end is missing")
        stop = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if marker == SOS:
            stop = _end_of_scan(data, stop)
        yield marker, at, stop
        at = stop


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker is that is neither a restart nor a stuffed 0xFF."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise Refused("file_damaged", "the end is missing")
        following = data[at + 1]
        if following not in (0x00, 0xFF) and not 0xD0 <= following <= 0xD7:
            return at
        at += 1 if following == 0xFF else 2


def _orientation_segment(orientation: int) -> bytes:
    """EXIF with this one entry."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    body = b"Exif\0\0" + b"MM\0\x2a\0\0\0\x08" + struct.pack(">H", 1) + entry + b"\0\0\0\0"
    return struct.pack(">BBH", 0xFF, APP1, len(body) + 2) + body
