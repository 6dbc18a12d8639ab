"""DOCX: an archive of XML, whose parts are counted while they are unpacked, whatever it says of their sizes."""

import html
import io
import re
import zipfile
from pathlib import PurePosixPath

from server.files.looking.looked import Limits, Looked, Refused

MOST_PARTS = 2000
MOST_BYTES = 200_000_000
# XML shrinks to a hundredth at times; what shrinks more is made to.
MOST_RATIO = 200
WORTH_A_RATIO = 1_000_000
PIECE = 65_536
END_BYTES = 22
MAIN = "word/document.xml"
TYPES = "[Content_Types].xml"
MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
ACTIVE_PARTS = re.compile(
    r"vba(project|data)|activex|\.(bin|exe|dll|js|vbs|scr|zip|jar|docm|dotm|xlsm|lnk|hta)$", re.IGNORECASE
)
ACTIVE_TYPES = (b"macroenabled", b"vbaproject", b"activex")
# Links that people click on may lead out; what a program would fetch by itself may not.
RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.IGNORECASE)
EXTERNAL = re.compile(rb"""TargetMode\s*=\s*["']External["']""", re.IGNORECASE)
HYPERLINK = re.compile(rb"""Type\s*=\s*["'][^"']*/hyperlink["']""", re.IGNORECASE)
# Fields whose instruction starts a program when the document is opened, however it is cut into runs.
INSTRUCTION = re.compile(r"""<(?:\w+:)?instrText\b[^>]*>([^<]*)|\binstr\s*=\s*["']([^"']*)["']""")
STARTS_PROGRAM = re.compile(r"\bDDE(AUTO)?\b", re.IGNORECASE)
DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
ENCRYPTED = 0x1
SYMLINK = 0o120000


def look_at_docx(data: bytes, limits: Limits) -> Looked:
    if data[-END_BYTES:-18] != b"PK\x05\x06":
        raise Refused("file_hostile", "something after the end of the archive")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            _check_contents(archive, parts)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise Refused("file_damaged", type(error).__name__) from error
    return Looked(data)


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or len({name.lower() for name in names}) < len(names):
        raise Refused("file_hostile", "too many parts, or two of one name")
    if min((part.header_offset for part in parts), default=1) != 0:
        raise Refused("file_hostile", "something before the archive")
    if TYPES not in names or MAIN not in names:
        raise Refused("file_type", "an archive, but no document")
    for part in parts:
        _check_name(part)
        if ACTIVE_PARTS.search(part.filename):
            raise Refused("file_active", "macros or embedded objects")
        if part.flag_bits & ENCRYPTED:
            raise Refused("file_encrypted", "encrypted")


def _check_name(part: zipfile.ZipInfo) -> None:
    # zipfile cuts names off at a NUL and turns backslashes round: orig_filename is what the archive really says.
    name = part.orig_filename
    path = PurePosixPath(name)
    is_link = (part.external_attr >> 16) & 0o170000 == SYMLINK
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or ":" in name or is_link:
        raise Refused("file_hostile", "a part that leads out of the archive")


def _check_contents(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    left = MOST_BYTES
    for part in parts:
        is_text = part.filename.lower().endswith((".xml", ".rels"))
        size, text = _unpacked(archive, part, left, keep=is_text)
        left -= size
        if is_text:
            _check_text(part.filename, text)


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, *, keep: bool) -> tuple[int, bytes]:
    """Counts what really comes out. Raises Refused for a bomb."""
    size, pieces = 0, []
    with archive.open(part) as stream:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > left or (size > WORTH_A_RATIO and size > MOST_RATIO * max(part.compress_size, 1)):
                raise Refused("file_hostile", "unpacks to far more than it is")
            if keep:
                pieces.append(piece)
    return size, b"".join(pieces)


def _check_text(name: str, text: bytes) -> None:
    # XML may come in UTF-16, in which our words would not be found.
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = text.decode("utf-16", "replace").encode()
    if DOCTYPE.search(text):
        raise Refused("file_hostile", "entities")
    if name == TYPES:
        _check_types(text)
    if name.endswith(".rels"):
        _check_relations(text)
    if name.startswith("word/"):
        _check_fields(text)


def _check_types(text: bytes) -> None:
    low = text.lower()
    if any(word in low for word in ACTIVE_TYPES):
        raise Refused("file_active", "macros")
    if MAIN_TYPE not in text:
        raise Refused("file_type", "an archive, but no document")


def _check_relations(text: bytes) -> None:
    for relation in RELATION.findall(text):
        if EXTERNAL.search(relation) and not HYPERLINK.search(relation):
            raise Refused("file_active", "fetches something from elsewhere")


def _check_fields(text: bytes) -> None:
    told = "".join(run or simple for run, simple in INSTRUCTION.findall(text.decode("utf-8", "replace")))
    if STARTS_PROGRAM.search(html.unescape(told)):
        raise Refused("file_active", "a field that starts a program")
