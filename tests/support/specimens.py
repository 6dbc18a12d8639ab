"""Files of each type that is taken, made small and whole by the libraries that people use or byte by byte."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter

MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SECTOR = 512


def picture(form: str = "JPEG", size: tuple[int, int] = (640, 480), **options: object) -> bytes:
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.save(out, form, **options)
    return out.getvalue()


def photo(*, orientation: int = 1, secret: str = "GPS 48.85 2.35") -> bytes:
    """As a phone makes it: where it was taken is told in EXIF, XMP and a comment."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = secret
    exif.get_ifd(0x8825)[1] = secret
    return picture(exif=exif.tobytes(), xmp=f"<x:xmpmeta>{secret}</x:xmpmeta>".encode(), comment=secret.encode())


def png(*, secret: str = "") -> bytes:
    info = PngInfo()
    if secret:
        info.add_text("Comment", secret)
        info.add_itxt("XML:com.adobe.xmp", secret, zip=True)
    return picture("PNG", pnginfo=info)


def pdf(*, action: bytes = b"", title: str = "", attachment: bytes = b"", password: str = "") -> bytes:
    """`action`: what it does when it is opened."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    if title:
        writer.add_metadata({"/Title": title})
    if attachment:
        writer.add_attachment("inner.bin", attachment)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    made = out.getvalue()
    return made.replace(b"/Type /Catalog", b"/OpenAction << " + action + b" >> /Type /Catalog") if action else made


def docx(parts: Mapping[str, bytes | str] | None = None, *, main_type: str = MAIN_TYPE, text: str = "Bonjour") -> bytes:
    """`parts` are added, or take the place of what is there."""
    ct, rel = "http://schemas.openxmlformats.org/package/2006", "http://schemas.openxmlformats.org/officeDocument/2006"
    whole: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{ct}/content-types"><Default Extension="xml" ContentType="text/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main_type}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{ct}/relationships"><Relationship Id="r1" '
        f'Type="{rel}/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>",
        **(parts or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in whole.items():
            archive.writestr(name, content)
    return out.getvalue()


def relation(kind: str, target: str) -> str:
    """A part of a docx that leads outside."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    one = f'<Relationship Id="r9" Type="{base}/{kind}" Target="{target}" TargetMode="External"/>'
    return f"<Relationships>{one}</Relationships>"


def doc(*, streams: Mapping[str, bytes] | None = None, flags: int = 0, main: str = "WordDocument") -> bytes:
    """A compound file with these streams beside the document's own; each takes eight sectors: smaller ones lie elsewhere."""
    head = b"\xec\xa5" + bytes(9) + bytes([flags])
    contents = {main: head, **(streams or {})}
    names, size = list(contents), SECTOR * 8
    fat, data = [0xFFFFFFFD, 0xFFFFFFFE], b""  # the FAT itself, then the directory
    directory = _entry("Root Entry", 5, child=1 if names else 0xFFFFFFFF, start=0xFFFFFFFE, size=0)
    directory_sectors = -(-(1 + len(names)) * 128 // SECTOR)
    fat = [0xFFFFFFFD, *range(2, 1 + directory_sectors), 0xFFFFFFFE]
    for n, (name, content) in enumerate(contents.items(), 1):
        start = len(fat)
        following = n + 1 if n < len(names) else 0xFFFFFFFF
        directory += _entry(name, 2, right=following, start=start, size=size)
        fat += [*range(start + 1, start + 8), 0xFFFFFFFE]
        data += content.ljust(size, b"\0")
    directory = directory.ljust(directory_sectors * SECTOR, b"\0")
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0
    )
    return header.ljust(SECTOR, b"\xff") + table + directory + data


def _entry(name: str, kind: int, *, start: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBIII36xIQ", text, len(text), kind, 1, 0xFFFFFFFF, right, child, start, size)


def ebml(identity: bytes, content: bytes) -> bytes:
    return identity + (len(content) | 1 << 56).to_bytes(8, "big") + content


def webm(*, doc_type: bytes = b"webm", track_types: tuple[int, ...] = (2,), extra: bytes = b"") -> bytes:
    tracks = b"".join(ebml(b"\xae", ebml(b"\x83", bytes([kind]))) for kind in track_types)
    head = ebml(b"\x1aE\xdf\xa3", ebml(b"\x42\x82", doc_type))
    return head + ebml(b"\x18S\x80g", ebml(b"\x16T\xaek", tracks) + extra + ebml(b"\x1fC\xb6u", bytes(2000)))


def ogg(*codecs: bytes, filler: int = 2000) -> bytes:
    """One stream for each, and then a page of sound."""
    heads = [_page(codec + bytes(11), serial, flags=2) for serial, codec in enumerate(codecs or (b"OpusHead",))]
    return b"".join(heads) + _page(bytes(filler), 0, flags=4)


def _page(body: bytes, serial: int, *, flags: int) -> bytes:
    lacing = bytes([255] * (len(body) // 255) + [len(body) % 255])
    return b"OggS\0" + struct.pack("<BqIII B", flags, 0, serial, 0, 0, len(lacing)) + lacing + body


def box(name: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I4s", 8 + len(content), name) + content


def mp4(*handlers: bytes) -> bytes:
    tracks = [
        box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(13)))) for handler in handlers or (b"soun",)
    ]
    return box(b"ftyp", b"M4A \0\0\0\0isomM4A ") + box(b"moov", *tracks) + box(b"mdat", bytes(2000))


def png_of(width: int, height: int, rows: bytes = b"") -> bytes:
    """Whatever it says of its size, there is next to nothing in it."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


GOOD: dict[str, tuple[Callable[[], bytes], str]] = {
    "letter.pdf": (pdf, "application/pdf"),
    "photo.jpg": (photo, "image/jpeg"),
    "scan.JPEG": (picture, "image/jpeg"),
    "drawing.png": (png, "image/png"),
    "old letter.doc": (doc, "application/msword"),
    "lettre d’été.docx": (docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "voice.webm": (webm, "audio/webm"),
    "voice.ogg": (ogg, "audio/ogg"),
    "voice.m4a": (mp4, "audio/mp4"),
    "no extension": (pdf, "application/pdf"),
}
