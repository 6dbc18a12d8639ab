"""What is small on its way and large where it is taken in, or has no end, and what it may be answered."""

import functools
import json
import zlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from tests.support.hostile import bomb
from tests.support.specimens import docx, pdf, png_of
from tests.support.throwing import (
    MEGABYTE,
    Bomb,
    Target,
    endless,
    file,
    form,
    frame,
    framed,
    headed,
    posted,
    said,
    thrown,
)
from tests.support.uploads import BOUNDARY, FORM, PATH

# Refused, or the connection ended in the middle; a websocket has no status.
REFUSED, CUT, HELD = frozenset({0, 400, 404, 413, 414, 415, 431}), frozenset({0}), frozenset({0, 1})
PART = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
TO_FILE = f'{PART}conversationId"\r\n\r\nHERE\r\n{PART}file"; filename="a.pdf"\r\n\r\n'.encode()


def _nested(depth: int) -> bytes:
    kind = f"multipart/mixed; boundary=b{depth + 1}"
    line = f"--{BOUNDARY}" if depth == 0 else f"--b{depth}"
    return f"{line}\r\nContent-Type: {kind}\r\n\r\n".encode()


@functools.cache
def deflated(size: int) -> bytes:
    """So many zeros."""
    packer, piece = zlib.compressobj(9), bytes(MEGABYTE)
    return b"".join(packer.compress(piece) for _ in range(size // MEGABYTE)) + packer.flush()


def pdf_of_streams(kind: bytes, data: bytes) -> bytes:
    """A stream that is read when the document is looked at, and unpacks to far more than it is."""
    stream = b"9 0 obj\n<< /Type /%b /N 1 /First 4 /W [1 2 1] /Size 10 /Filter /FlateDecode /Length %d >>\nstream\n" % (
        kind,
        len(data),
    )
    whole = b"%PDF-1.5\n" + stream + data + b"\nendstream\nendobj\n"
    return whole + b"startxref\n9\n%%EOF\n"


def nested_pdf(depth: int) -> bytes:
    return pdf().replace(b"/Type /Catalog", b"/X " + b"[" * depth + b"]" * depth + b" /Type /Catalog")


@functools.cache
def large_png(width: int, height: int) -> bytes:
    """Just within what may be looked at, and next to nothing on its way."""
    return png_of(width, height, bytes((3 * width + 1) * height))


async def polled(target: Target) -> int:
    """A poll that brings far more than a frame may be."""
    url = f"{target.url}/socket.io/?EIO=4&transport=polling"
    async with target.http.get(url) as opened:
        sid = json.loads((await opened.text())[1:])["sid"]

    def pieces() -> Iterator[bytes]:
        yield target.head("POST", f"/socket.io/?EIO=4&transport=polling&sid={sid}", "Transfer-Encoding: chunked")
        while True:
            yield b"10000\r\n" + b"4" * 65_536 + b"\r\n"

    return await thrown(target, pieces())


async def inflated_poll(target: Target) -> int:
    url = f"{target.url}/socket.io/?EIO=4&transport=polling"
    async with target.http.get(url) as opened:
        sid = json.loads((await opened.text())[1:])["sid"]
    data = deflated(100 * MEGABYTE)
    lines = ("Content-Encoding: deflate", f"Content-Length: {len(data)}")
    return await thrown(
        target, iter([target.head("POST", f"/socket.io/?EIO=4&transport=polling&sid={sid}", *lines), data])
    )


async def rubbish(target: Target) -> int:
    """What follows a request and is none."""

    def pieces() -> Iterator[bytes]:
        yield target.head("GET", "/api/auth/me")
        while True:
            yield b"x" * 65_536

    return await thrown(target, pieces(), whole=True)


async def promised(target: Target) -> int:
    """An upload that says it is a terabyte."""
    lines = (f"Content-Type: {FORM}", "Content-Length: 1000000000000")
    field = f'{PART}conversationId"\r\n\r\n{target.pair.conversation_id}\r\n{PART}file"; filename="a.pdf"\r\n\r\n'

    def pieces() -> Iterator[bytes]:
        yield target.head("POST", PATH, *lines) + field.encode() + pdf()
        while True:
            yield bytes(65_536)

    return await thrown(target, pieces())


BOMBS: dict[str, tuple[Bomb, AbstractSet[int]]] = {
    # JSON
    "lists in lists": (posted(lambda: b"[" * 900_000), REFUSED),
    "objects in objects": (posted(lambda: b'{"a":' * 180_000), REFUSED),
    "objects in objects, closed": (posted(lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000), REFUSED),
    "a number of many digits": (posted(lambda: b'{"content":' + b"9" * 900_000 + b"}"), REFUSED),
    "a number out of range": (posted(lambda: b'{"content":1e999999999}'), REFUSED),
    "a long text": (posted(lambda: b'{"content":"' + b"x" * 900_000 + b'"}'), REFUSED),
    "a text of escapes": (posted(lambda: b'{"content":"' + b"\\ud83d\\ude00" * 80_000 + b'"}'), REFUSED),
    "many keys": (posted(lambda: b"{" + b",".join(b'"k%d":1' % n for n in range(80_000)) + b"}"), REFUSED),
    "many ids": (posted(lambda: b'{"content":"x","attachmentIds":[' + b"1," * 400_000 + b"1]}"), REFUSED),
    "too long a body": (posted(lambda: b'{"content":"' + b"x" * 5 * MEGABYTE + b'"}'), REFUSED),
    "an endless body": (endless("", "application/json", b'{"content":"', b"x" * 65_536), REFUSED),
    "a deflated body": (posted(lambda: deflated(200 * MEGABYTE), "Content-Encoding: deflate"), REFUSED),
    "a body deflated twice": (
        posted(lambda: zlib.compress(deflated(200 * MEGABYTE)), "Content-Encoding: gzip"),
        REFUSED,
    ),
    # around the body
    "many headers": (headed(*(f"X-{n}: {n}" for n in range(200_000))), REFUSED | {200}),
    "a long header": (headed("X-Long: " + "x" * 5 * MEGABYTE), REFUSED),
    "many cookies": (headed("Cookie: " + ";".join(f"a{n}=1" for n in range(1000))), REFUSED | {200}),
    "a long address": (headed(path="/api/auth/me?" + "x" * 5 * MEGABYTE), REFUSED),
    "many questions": (headed(path="/api/messaging/conversations?" + "&".join(f"a{n}" for n in range(1000))), REFUSED),
    "rubbish behind a request": (rubbish, REFUSED | {200}),
    # forms
    "endless parts": (endless(PATH, FORM, b"", f'{PART}x"\r\n\r\n1\r\n'.encode() * 500), REFUSED),
    "endless names of parts": (endless(PATH, FORM, PART.encode(), b"x" * 65_536), REFUSED),
    "endless headers of a part": (endless(PATH, FORM, f'{PART}x"\r\n'.encode(), b"X-A: b\r\n" * 5000), REFUSED),
    "an endless field": (endless(PATH, FORM, f'{PART}conversationId"\r\n\r\n'.encode(), b"1" * 65_536), REFUSED),
    "an endless file": (endless(PATH, FORM, TO_FILE, pdf() + bytes(65_536)), REFUSED),
    "an endless beginning": (endless(PATH, FORM, b"", b"x" * 65_536), REFUSED),
    "forms in forms": (form(b"".join(_nested(n) for n in range(20_000))), REFUSED),
    "a terabyte, it says": (promised, REFUSED),
    # sockets
    "a frame of many terabytes, it says": (framed(frame(0x81, b"4" * 1000, declared=2**60)), CUT),
    "a frame without an end": (framed(frame(0x81, b"", declared=2**40), again=b"4" * 65_536), CUT),
    "fragments without an end": (framed(frame(0x01, b"42"), again=frame(0x00, b"4" * 60_000)), CUT),
    "a million empty fragments": (framed(frame(0x01, b"42"), again=frame(0x00, b"") * 10_000), HELD),
    "a frame that says it is deflated": (framed(frame(0xC1, deflated(200 * MEGABYTE)[:60_000])), CUT),
    "pings whose answers nobody reads": (framed(again=frame(0x89, b"x" * 125) * 500, deaf=True), CUT),
    "many keys in an event": (
        said('420["send_message",{' + ",".join(f'"k{n}":1' for n in range(5000)) + "}]"),
        HELD,
    ),
    "binary attachments": (said('4299999-["send_message",{"_placeholder":true,"num":0}]'), CUT),
    "deep JSON": (said('42["sync",' + "[" * 30_000), HELD),
    "many digits": (said('420["join_room",{"conversationId":' + "9" * 60_000 + "}]"), HELD),
    "a long poll": (polled, REFUSED),
    "an inflated poll": (inflated_poll, REFUSED),
}

# Looked at by processes of their own, two at a time.
FILES: dict[str, tuple[Bomb, AbstractSet[int]]] = {
    "a document of two hundred megabytes": (file("bomb.docx", bomb), {415}),
    "a document in a document": (file("inner.docx", lambda: docx({"word/inner.docx": bomb()})), {415, 201}),
    "XML of many megabytes": (file("xml.docx", lambda: docx({"word/document.xml": "<w:p/>" * 20_000_000})), {415}),
    "a picture of two thousand megapixels": (file("flood.png", lambda: png_of(50_000, 50_000)), {415}),
    "a picture of 36 megapixels": (file("large.png", lambda: large_png(6000, 6000)), {201}),
    "an index that unpacks": (file("xref.pdf", lambda: pdf_of_streams(b"XRef", deflated(400 * MEGABYTE))), {415}),
    "objects that unpack": (file("objects.pdf", lambda: pdf_of_streams(b"ObjStm", deflated(400 * MEGABYTE))), {415}),
    "lists in lists in a document": (file("deep.pdf", lambda: nested_pdf(200_000)), {415}),
}
