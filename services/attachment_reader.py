"""The bytes of a stored file, for whoever has asked for the right to them."""

from collections.abc import AsyncIterator
from uuid import UUID

from repositories.attachments import AttachmentRow
from services.attachment_ports import Bound, FileCipher, FileFacts, Part, Span
from services.errors import NotFound
from services.file_ports import FileMissing, FileStore
from services.security_ports import ContentCipher


def store_key(token: UUID, part: Part) -> str:
    """Where a file lies in the store."""
    return f"{token.hex}{part:02x}"


class AttachmentReader:
    def __init__(self, *, content_cipher: ContentCipher, file_cipher: FileCipher, store: FileStore) -> None:
        self._content_cipher = content_cipher
        self._file_cipher = file_cipher
        self._store = store

    async def read(self, row: AttachmentRow, part: Part, span: Span) -> AsyncIterator[bytes]:
        """Raises NotFound when the store has lost it, ContentDamaged, Unavailable."""
        size = row.size if part is Part.WHOLE else row.thumbnail_size or 0
        key = self._file_cipher.unwrap(
            self._content_cipher.unwrap(row.key_id, row.data_key), row.file_key, _bound_of(row)
        )
        place = self._file_cipher.sealed_range(span, size)
        sealed = self._store.read(store_key(row.token, part), start=place.start, length=place.length)
        try:
            async for chunk in self._file_cipher.open(key, sealed, token=row.token, part=part, span=span, size=size):
                yield chunk
        except FileMissing as error:
            raise NotFound from error


def _bound_of(row: AttachmentRow) -> Bound:
    return Bound(
        conversation_id=row.conversation_id,
        uploader_id=row.uploader_id,
        token=row.token,
        facts=FileFacts(media_type=row.media_type, size=row.size, thumbnail_size=row.thumbnail_size),
    )
