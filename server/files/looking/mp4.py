"""MP4: a voice message, so there is sound in it and no picture."""

import struct
from collections.abc import Iterator

from server.files.looking.foreign import refuse_two_types
from server.files.looking.looked import Limits, Looked, Refused

KNOWN = frozenset(
    {
        b"ftyp",
        b"moov",
        b"mdat",
        b"free",
        b"skip",
        b"wide",
        b"moof",
        b"mfra",
        b"sidx",
        b"styp",
        b"uuid",
        b"meta",
        b"pdin",
    }
)
SOUND = b"soun"
MOST_BOXES = 100_000
Box = tuple[bytes, int, int]


def look_at_mp4(data: bytes, limits: Limits) -> Looked:
    refuse_two_types(data)
    boxes = list(_boxes(data, 0, len(data)))
    if boxes[0][0] != b"ftyp" or any(name not in KNOWN for name, _, _ in boxes):
        raise Refused("file_damaged", "a box that does not belong there")
    handlers = [
        data[start + 8 : start + 12]
        for movie in _inside(data, boxes, b"moov")
        for track in _inside(data, movie, b"trak")
        for media in _inside(data, track, b"mdia")
        for name, start, _ in media
        if name == b"hdlr"
    ]
    if not handlers or set(handlers) != {SOUND}:
        raise Refused("file_type", "not sound alone")
    return Looked(data)


def _inside(data: bytes, boxes: list[Box], wanted: bytes) -> Iterator[list[Box]]:
    for name, start, stop in boxes:
        if name == wanted:
            yield list(_boxes(data, start, stop))


def _boxes(data: bytes, at: int, end: int) -> Iterator[Box]:
    """(name, where its content begins, where it ends), one after the other to the end."""
    for _ in range(MOST_BOXES):
        if at == end:
            return
        if at + 8 > end:
            break
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1 and at + 16 <= end:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        stop = end if size == 0 else at + size
        if stop > end or stop < at + head:
            break
        yield name, at + head, stop
        at = stop
    raise Refused("file_damaged", "a box is not whole")
