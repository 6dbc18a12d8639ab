"""PDF: a document that shows itself, and does nothing."""

import io
import re
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from server.files.looking.foreign import refuse_two_types
from server.files.looking.looked import Limits, Looked, Refused

# What runs something, opens something, sends something off, or carries another file.
ACTIVE = frozenset(
    {
        "/JavaScript",
        "/JS",
        "/Launch",
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/RichMedia",
        "/XFA",
        "/SubmitForm",
        "/ImportData",
        "/GoToE",
        "/GoToR",
        "/Movie",
        "/Sound",
    }
)
# For objects that no table lists, and that a reader which repairs the file would find; `/JS` is too short to look for.
RAW = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)(?![A-Za-z])")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
END = b"%%EOF"
MOST_OBJECTS = 200_000
DEEPEST = 50


def look_at_pdf(data: bytes, limits: Limits) -> Looked:
    refuse_two_types(data)
    end = data.rfind(END)
    if end < 0:
        raise Refused("file_damaged", "the end is missing")
    if data[end + len(END) :].strip(b"\0\t\n\f\r "):
        raise Refused("file_hostile", "something after the end")
    if RAW.search(ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), data)):
        raise Refused("file_active", "active content")
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise Refused("file_encrypted", "encrypted")
    if len(reader.pages) < 1:
        raise Refused("file_damaged", "no page")
    _walk_all(reader)
    return Looked(data)


def _walk_all(reader: PdfReader) -> None:
    places = [(number, generation) for generation, table in reader.xref.items() for number in table]
    places += [(number, 0) for number in reader.xref_objStm]
    if len(places) > MOST_OBJECTS:
        raise Refused("file_hostile", "too many objects")
    for number, generation in places:
        _walk(reader.get_object(IndirectObject(number, generation, reader)), 0)
    _walk(reader.trailer, 0)


def _walk(found: Any, depth: int) -> None:
    """Objects that are referred to come by themselves."""
    if depth > DEEPEST:
        raise Refused("file_hostile", "nested too deeply")
    if isinstance(found, DictionaryObject):
        for name, value in found.items():
            _judge(name)
            _walk_value(value, depth)
    elif isinstance(found, ArrayObject):
        for value in found:
            _walk_value(value, depth)


def _walk_value(value: Any, depth: int) -> None:
    if isinstance(value, NameObject):
        _judge(value)
    elif isinstance(value, (DictionaryObject, ArrayObject)):
        _walk(value, depth + 1)


def _judge(name: str) -> None:
    if name in ACTIVE:
        raise Refused("file_active", f"active content: {name}")
