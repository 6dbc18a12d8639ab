"""The files of a conversation, as they lie in the archive of an export."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from repositories.attachments import AttachmentRow
from services.attachment_ports import Part, Span
from services.attachment_reader import AttachmentReader
from services.attachment_view import AttachmentOpener
from services.errors import NotFound
from services.ports import UnitOfWork
from services.security_ports import ContentCipher, ContentDamaged

FOLDER = "attachments"
PAGE = 100
# A name of 255 letters may be too many bytes for the disk on which the archive is unpacked.
LONGEST_NAME = 180


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """`chunks` is None for one that the store has lost or that does not open any more: the export says so."""

    path: str
    size: int
    chunks: AsyncIterator[bytes] | None


def archive_path(attachment_id: int, name: str | None) -> str:
    """Without the name when that does not open. Names were checked when they came in: none of them is a way out."""
    if not name:
        return f"{FOLDER}/{attachment_id}"
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    room = LONGEST_NAME - len(extension.encode())
    short = stem.encode()[: max(0, room)].decode(errors="ignore")
    return f"{FOLDER}/{attachment_id}-{short}{dot}{extension}"


class ExportFiles:
    def __init__(
        self, *, unit_of_work: UnitOfWork, cipher: ContentCipher, opener: AttachmentOpener, reader: AttachmentReader
    ) -> None:
        self._unit_of_work = unit_of_work
        self._cipher = cipher
        self._opener = opener
        self._reader = reader

    async def bytes_of(self, *, conversation_id: int, up_to_seq: int) -> int:
        async with self._unit_of_work.reading() as repositories:
            return await repositories.attachments.bytes_of_conversation(
                conversation_id=conversation_id, up_to_seq=up_to_seq
            )

    async def all(
        self, *, conversation_id: int, up_to_seq: int, only_of: int | None = None
    ) -> AsyncIterator[ExportedFile]:
        """Those of messages up to there that were not deleted; `only_of`: what this person sent.

        Raises NotFound once it is shredded, Unavailable.
        """
        after = 0
        while True:
            async with self._unit_of_work.reading() as repositories:
                page = await repositories.attachments.of_conversation(
                    conversation_id=conversation_id, after_id=after, up_to_seq=up_to_seq, limit=PAGE
                )
            for row in page:
                if only_of in (None, row.uploader_id):
                    yield await self._file(row)
            if len(page) < PAGE:
                return
            after = page[-1].id

    async def _file(self, row: AttachmentRow) -> ExportedFile:
        if not row.key_id:
            raise NotFound
        sound = await self._is_sound(row)
        chunks = self._reader.read(row, Part.WHOLE, Span(0, row.size)) if sound else None
        return ExportedFile(archive_path(row.id, self._name(row)), row.size, chunks)

    async def _is_sound(self, row: AttachmentRow) -> bool:
        """Looked at to its end before it is written: what began in an archive cannot be taken back."""
        try:
            async for _ in self._reader.read(row, Part.WHOLE, Span(0, row.size)):
                pass
        except (NotFound, ContentDamaged):
            return False
        return True

    def _name(self, row: AttachmentRow) -> str | None:
        try:
            return self._opener.name(
                self._cipher.unwrap(row.key_id, row.data_key),
                row.name,
                conversation_id=row.conversation_id,
                uploader_id=row.uploader_id,
                token=row.token,
            )
        except ContentDamaged:
            return None
