"""DOC, the Word of before 2007: a file system of streams, of which none may be a program."""

import io

import olefile

from server.files.looking.foreign import refuse_two_types
from server.files.looking.looked import Limits, Looked, Refused

TEXT = "WordDocument"
# Macros; programs and files put into the document; the equation editor, whose holes nobody mends any more.
ACTIVE = (
    "macros",
    "vba",
    "_vba_project",
    "_vba_project_cur",
    "\x01ole10native",
    "objectpool",
    "equation native",
    "package",
)
ENCRYPTED = ("encryptedpackage", "encryptioninfo")
# Of the file information block: where its flags are, and the one that says encrypted or obfuscated.
FLAGS_AT, FLAG_ENCRYPTED = 11, 0x01
MOST_ENTRIES = 5000


def look_at_doc(data: bytes, limits: Limits) -> Looked:
    refuse_two_types(data)
    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_INCORRECT) as document:
        entries = document.listdir(streams=True, storages=True)
        if len(entries) > MOST_ENTRIES:
            raise Refused("file_hostile", "too many entries")
        names = {part.lower() for entry in entries for part in entry}
        if names & set(ENCRYPTED):
            raise Refused("file_encrypted", "encrypted")
        if names & set(ACTIVE):
            raise Refused("file_active", "macros or embedded objects")
        if not document.exists(TEXT):
            raise Refused("file_type", "no Word document")
        head = document.openstream(TEXT).read(FLAGS_AT + 1)
    if len(head) <= FLAGS_AT or not head.startswith(b"\xec\xa5"):
        raise Refused("file_damaged", "no head")
    if head[FLAGS_AT] & FLAG_ENCRYPTED:
        raise Refused("file_encrypted", "encrypted")
    return Looked(data)
