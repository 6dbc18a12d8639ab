"""Ogg: a voice message in Opus, Vorbis, FLAC or Speex."""

from collections.abc import Iterator

from server.files.looking.foreign import refuse_two_types
from server.files.looking.looked import Limits, Looked, Refused

SOUND = (b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   ")
HEAD_BYTES, FIRST = 27, 0x02


def look_at_ogg(data: bytes, limits: Limits) -> Looked:
    refuse_two_types(data)
    beginnings = [body for flags, body in _pages(data) if flags & FIRST]
    if not beginnings or not all(body.startswith(SOUND) for body in beginnings):
        raise Refused("file_type", "not sound alone")
    return Looked(data)


def _pages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(flags, content) of each; they follow one another without a gap to the end."""
    at = 0
    while at < len(data):
        if data[at : at + 5] != b"OggS\0" or at + HEAD_BYTES > len(data):
            raise Refused("file_damaged", "no page where one must be")
        table = at + HEAD_BYTES
        body = table + data[table - 1]
        stop = body + sum(data[table:body])
        if stop > len(data):
            raise Refused("file_damaged", "a page is not whole")
        yield data[at + 5], data[body : min(stop, body + 64)]
        at = stop
