"""Files that somebody sends to do harm, or that are not what they say: none of them may be taken."""

import io
import struct
import zipfile
from collections.abc import Callable

from tests.support.specimens import (
    box,
    doc,
    docx,
    ebml,
    mp4,
    ogg,
    pdf,
    photo,
    picture,
    png,
    png_of,
    relation,
    webm,
)

Hostile = tuple[str, Callable[[], bytes], str]
MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
BILLION = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w:document>&b;</w:document>'
FIELD = "<w:document><w:r><w:instrText>DDEA</w:instrText></w:r><w:r><w:instrText>UTO c:\\\\cmd</w:instrText></w:r></w:document>"


def bomb(*, honest: bool = True) -> bytes:
    """A document of two hundred kilobytes that unpacks to two hundred megabytes; or one that lies about it."""
    whole = docx({"word/media/image1.png": bytes(210_000_000)})
    if honest:
        return whole
    return whole.replace(struct.pack("<I", 210_000_000), struct.pack("<I", 1000))


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


def link() -> dict[str, bytes]:
    return {"word/link": b"/etc/passwd"}


def linked() -> bytes:
    """A symbolic link, marked as Unix archives mark them."""
    whole = bytearray(docx(link()))
    at = whole.rfind(b"word/link") - 46
    whole[at + 38 : at + 42] = struct.pack("<I", (0o120777 << 16))
    return bytes(whole)


def encrypted_flag() -> bytes:
    whole = bytearray(docx())
    at = whole.find(b"PK\x01\x02")
    whole[at + 8] |= 1
    return bytes(whole)


def with_comment(comment: bytes) -> bytes:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as made:
        made.comment = comment
    return out.getvalue()


# Each with its name, its content, and why it is refused.
HOSTILE: tuple[Hostile, ...] = (
    # of a type that is not taken
    ("page.html", lambda: HTML, "file_type"),
    ("drawing.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "file_type"),
    ("tool.exe", lambda: b"MZ" + bytes(500), "file_type"),
    ("tool", lambda: b"\x7fELF" + bytes(500), "file_type"),
    ("moving.gif", lambda: b"GIF89a" + bytes(500), "file_type"),
    ("script.sh", lambda: b"#!/bin/sh\nrm -rf /\n", "file_type"),
    ("letter.rtf", lambda: b"{\\rtf1\\ansi hello}", "file_type"),
    ("old.wav", lambda: b"RIFF\0\0\0\0WAVEfmt ", "file_type"),
    ("nothing.txt", lambda: b"hello, this is a text", "file_type"),
    ("page.pdf", lambda: b"   " + pdf(), "file_type"),
    # named as what they are not
    ("photo.jpg", pdf, "file_not_its_name"),
    ("letter.pdf", picture, "file_not_its_name"),
    ("letter.pdf.exe", pdf, "file_not_its_name"),
    ("letter.docm", docx, "file_not_its_name"),
    ("archive.zip", docx, "file_not_its_name"),
    ("page.html", png, "file_not_its_name"),
    ("film.avi", mp4, "file_not_its_name"),
    # archives that are no documents
    ("letter.docx", lambda: archive("hello.txt"), "file_type"),
    ("letter.docx", lambda: archive("[Content_Types].xml", "xl/workbook.xml"), "file_type"),
    ("letter.docx", lambda: docx(main_type="application/xml"), "file_type"),
    # bombs
    ("bomb.docx", bomb, "file_hostile"),
    ("bomb.docx", lambda: bomb(honest=False), "file_damaged"),
    ("entities.docx", lambda: docx({"word/document.xml": BILLION}), "file_hostile"),
    ("many.docx", lambda: docx({f"word/{n}.xml": "" for n in range(3000)}), "file_hostile"),
    ("flood.png", lambda: png_of(50_000, 50_000), "image_too_large"),
    ("flood.png", lambda: png_of(2**31 - 1, 2**31 - 1), "image_too_large"),
    ("long.png", lambda: png_of(100_000_000, 1), "image_too_large"),
    (
        "flood.jpg",
        lambda: picture().replace(struct.pack(">HH", 480, 640), struct.pack(">HH", 60_000, 60_000)),
        "image_too_large",
    ),
    # two types in one
    ("both.jpg", lambda: picture() + archive("run.class"), "file_hostile"),
    ("both.png", lambda: png() + archive("run.class"), "file_hostile"),
    ("both.pdf", lambda: pdf() + archive("run.class"), "file_hostile"),
    ("both.jpg", lambda: picture() + HTML, "file_hostile"),
    ("both.png", lambda: png() + b"\n" + HTML, "file_hostile"),
    ("both.jpg", lambda: picture() + pdf(), "file_hostile"),
    ("both.jpg", lambda: picture(comment=HTML), "file_hostile"),
    ("both.png", lambda: png(secret=HTML.decode()), "file_hostile"),
    ("both.pdf", lambda: pdf() + HTML, "file_hostile"),
    ("both.pdf", lambda: pdf().replace(b"\n", b"\n" + HTML + b"\n", 1), "file_hostile"),
    ("both.doc", lambda: doc() + archive("run.class"), "file_hostile"),
    ("both.docx", lambda: docx() + HTML, "file_hostile"),
    ("both.docx", lambda: with_comment(HTML), "file_hostile"),
    ("both.ogg", lambda: ogg() + HTML, "file_damaged"),
    ("both.webm", lambda: webm(extra=ebml(b"\x19A\xa4\x69", HTML)), "file_hostile"),
    ("both.m4a", lambda: mp4() + box(b"evil", HTML), "file_damaged"),
    # what runs by itself
    ("macro.docx", lambda: docx(main_type=MACRO_TYPE), "file_active"),
    ("macro.docx", lambda: docx({"word/vbaProject.bin": b"x"}), "file_active"),
    ("activex.docx", lambda: docx({"word/activeX/activeX1.xml": "<x/>"}), "file_active"),
    ("object.docx", lambda: docx({"word/embeddings/oleObject1.bin": b"x"}), "file_active"),
    (
        "template.docx",
        lambda: docx({"word/_rels/settings.xml.rels": relation("attachedTemplate", "http://a.example/t.dotm")}),
        "file_active",
    ),
    (
        "pixel.docx",
        lambda: docx({"word/_rels/document.xml.rels": relation("image", "http://a.example/p.png")}),
        "file_active",
    ),
    ("field.docx", lambda: docx({"word/document.xml": FIELD}), "file_active"),
    ("macro.doc", lambda: doc(streams={"_VBA_PROJECT": b"x"}), "file_active"),
    ("object.doc", lambda: doc(streams={"\x01Ole10Native": b"x"}), "file_active"),
    ("equation.doc", lambda: doc(streams={"Equation Native": b"x"}), "file_active"),
    ("script.pdf", lambda: pdf(action=b"/S /JavaScript /JS (app.alert(1))"), "file_active"),
    ("launch.pdf", lambda: pdf(action=b"/S /Launch /F (calc.exe)"), "file_active"),
    ("quiet.pdf", lambda: pdf(action=b"/JS (app.alert(1))"), "file_active"),
    ("hidden.pdf", lambda: pdf(action=b"/S /L#61unch /F (calc.exe)"), "file_active"),
    ("inner.pdf", lambda: pdf(attachment=b"MZ"), "file_active"),
    # out of the archive, or closed to the look
    ("up.docx", lambda: docx({"../../../etc/cron.d/x": "x"}), "file_hostile"),
    ("root.docx", lambda: docx({"/etc/passwd": "x"}), "file_hostile"),
    ("drive.docx", lambda: docx({"C:\\windows\\x.xml": "x"}), "file_hostile"),
    ("link.docx", linked, "file_hostile"),
    ("locked.pdf", lambda: pdf(password="secret"), "file_encrypted"),
    ("locked.doc", lambda: doc(flags=1), "file_encrypted"),
    ("locked.doc", lambda: doc(streams={"EncryptedPackage": b"x"}), "file_encrypted"),
    ("locked.docx", encrypted_flag, "file_encrypted"),
    # not whole, or not sound alone
    ("half.jpg", lambda: photo()[:4000], "file_damaged"),
    ("half.png", lambda: png()[:1000], "file_damaged"),
    ("half.pdf", lambda: pdf()[:200], "file_damaged"),
    ("half.docx", lambda: docx()[:300], "file_hostile"),
    ("half.ogg", lambda: ogg()[:500], "file_damaged"),
    ("film.webm", lambda: webm(track_types=(1, 2)), "file_type"),
    ("film.mkv.webm", lambda: webm(doc_type=b"matroska"), "file_type"),
    ("film.ogg", lambda: ogg(b"\x80theora", b"OpusHead"), "file_type"),
    ("film.mp4", lambda: mp4(b"vide", b"soun"), "file_type"),
    ("table.doc", lambda: doc(main="Workbook"), "file_type"),
)

# Names that are more than a name.
HOSTILE_NAMES = (
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "/etc/passwd.pdf",
    "C:\\letter.pdf",
    "a/b.pdf",
    "..",
    "letter\0.pdf",
    "letter.pdf\n",
    "let\rter.pdf",
    "letter\u202efdp.exe",
    " letter.pdf",
    "con.pdf",
    "letter.pdf.",
    "<b>.pdf",
    "x" * 300 + ".pdf",
    "",
)
