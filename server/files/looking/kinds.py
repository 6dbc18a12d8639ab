"""The types that are taken: how each begins, and what its names end with. Parsers are not imported here."""

from dataclasses import dataclass

HEAD_BYTES = 16


@dataclass(frozen=True, slots=True)
class Kind:
    """`looker`: module and function of server.files.looking. `begins`: at `at`."""

    media_type: str
    extensions: tuple[str, ...]
    begins: bytes
    looker: tuple[str, str]
    at: int = 0


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = (
    Kind("application/pdf", ("pdf",), b"%PDF-", ("pdf", "look_at_pdf")),
    Kind("image/jpeg", ("jpg", "jpeg"), b"\xff\xd8\xff", ("images", "look_at_jpeg")),
    Kind("image/png", ("png",), b"\x89PNG\r\n\x1a\n", ("images", "look_at_png")),
    Kind("application/msword", ("doc",), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ("doc", "look_at_doc")),
    Kind(DOCX, ("docx",), b"PK\x03\x04", ("docx", "look_at_docx")),
    Kind("audio/webm", ("webm", "weba"), b"\x1aE\xdf\xa3", ("ebml", "look_at_webm")),
    Kind("audio/ogg", ("ogg", "oga", "opus"), b"OggS", ("ogg", "look_at_ogg")),
    Kind("audio/mp4", ("mp4", "m4a"), b"ftyp", ("mp4", "look_at_mp4"), at=4),
)


def kind_of(head: bytes) -> Kind | None:
    """By content alone; `head` are the first HEAD_BYTES, or all there are."""
    for kind in KINDS:
        if head[kind.at : kind.at + len(kind.begins)] == kind.begins:
            return kind
    return None
