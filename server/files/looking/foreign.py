"""Signs of a second type in a file of another: what one program shows as a picture another may run."""

from server.files.looking.looked import Refused

# Readers of PDF look for its head within the first kilobyte, browsers that guess look for markup there.
HEAD_BYTES = 1024
HEAD_MARKS = (b"%PDF-", b"<script", b"<html", b"<svg", b"<!doctype", b"<?php", b"<iframe")
# In what a picture does not need, such as comments and what comes after its end.
LOOSE_MARKS = (*HEAD_MARKS, b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"\xd0\xcf\x11\xe0")
# The end of a ZIP and the longest comment that may follow it.
ZIP_END = 22 + 65_535


def refuse_two_types(data: bytes) -> None:
    """Raises Refused for another type at the head, or a ZIP at the end, of a file that is neither."""
    head = data[:HEAD_BYTES].lower()
    own_head = b"%pdf-" if head.startswith(b"%pdf-") else b""
    for mark in HEAD_MARKS:
        if mark.lower() in head[len(own_head) :]:
            raise Refused("file_hostile", "a second type at the head")
    if b"PK\x05\x06" in data[-ZIP_END:] and b"PK\x01\x02" in data:
        raise Refused("file_hostile", "an archive at the end")


def refuse_loose(data: bytes) -> None:
    """Raises Refused when something that is being dropped looks like a file in itself."""
    low = data.lower()
    if data.startswith(b"MZ") or any(mark.lower() in low for mark in LOOSE_MARKS):
        raise Refused("file_hostile", "another file in what is no part of the picture")
