"""WebM: a voice message, so there is sound in it and no picture."""

from collections.abc import Iterator

from server.files.looking.foreign import refuse_two_types
from server.files.looking.looked import Limits, Looked, Refused

HEADER, DOC_TYPE, SEGMENT, TRACKS, TRACK, TRACK_TYPE = 0x1A45DFA3, 0x4282, 0x18538067, 0x1654AE6B, 0xAE, 0x83
ATTACHMENTS = 0x1941A469
SOUND = 2
MOST_ELEMENTS = 100_000


def look_at_webm(data: bytes, limits: Limits) -> Looked:
    refuse_two_types(data)
    top = list(_elements(data, 0, len(data)))
    if [identity for identity, _, _ in top] != [HEADER, SEGMENT]:
        raise Refused("file_damaged", "not one head and one segment")
    (_, head, head_end), (_, segment, segment_end) = top
    kinds = [data[start:stop] for identity, start, stop in _elements(data, head, head_end) if identity == DOC_TYPE]
    if [kind.rstrip(b"\0") for kind in kinds] != [b"webm"]:
        raise Refused("file_type", "another Matroska")
    tracks: list[int] = []
    for identity, start, stop in _elements(data, segment, segment_end):
        if identity == ATTACHMENTS:
            raise Refused("file_hostile", "files inside")
        if identity == TRACKS:
            tracks += _track_types(data, start, stop)
    if not tracks or set(tracks) != {SOUND}:
        raise Refused("file_type", "not sound alone")
    return Looked(data)


def _track_types(data: bytes, start: int, stop: int) -> Iterator[int]:
    for identity, track, track_end in _elements(data, start, stop):
        if identity == TRACK:
            kinds = [data[a:b] for inner, a, b in _elements(data, track, track_end) if inner == TRACK_TYPE]
            yield int.from_bytes(kinds[0], "big") if len(kinds) == 1 else 0


def _elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(id, where its content begins, where it ends). A size that a recorder left open goes to the end."""
    for _ in range(MOST_ELEMENTS):
        if at >= end:
            return
        identity, at = _number(data, at, end, keep_marker=True)
        size, at = _number(data, at, end, keep_marker=False)
        stop = end if size < 0 else at + size
        if stop > end:
            raise Refused("file_damaged", "an element is not whole")
        yield identity, at, stop
        at = stop
    raise Refused("file_hostile", "too many elements")


def _number(data: bytes, at: int, end: int, *, keep_marker: bool) -> tuple[int, int]:
    """A variable-length number; -1 for a size that is not known."""
    first = data[at] if at < end else 0
    width = 9 - first.bit_length()
    if width > 8 or at + width > end:
        raise Refused("file_damaged", "no number")
    value = int.from_bytes(data[at : at + width], "big")
    if not keep_marker:
        value -= 1 << (7 * width)
        if value == (1 << (7 * width)) - 1:
            value = -1
    return value, at + width
