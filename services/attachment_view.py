"""Files as messages show them, and the way there from sealed rows."""

import base64
import logging
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from repositories.attachments import FileOfMessage
from services.security_ports import ContentCipher, ContentDamaged, DataKey

log = logging.getLogger(__name__)
# Texts of messages begin with version 1: no text opens as a name, and no name as a text.
NAME_VERSION = 0


class Attachment(NamedTuple):
    """`name` is None when it does not open: the message is shown all the same."""

    id: int
    name: str | None
    media_type: str
    size: int
    width: int | None
    height: int | None
    has_thumbnail: bool


class AttachmentOpener:
    def __init__(self, *, cipher: ContentCipher) -> None:
        self._cipher = cipher

    def seal_name(self, data_key: DataKey, name: str, *, conversation_id: int, uploader_id: int, token: UUID) -> bytes:
        return self._cipher.encrypt(
            data_key,
            conversation_id=conversation_id,
            sender_id=uploader_id,
            message_key=token,
            version=NAME_VERSION,
            text=name,
        )

    def name(
        self, data_key: DataKey, sealed: bytes, *, conversation_id: int, uploader_id: int | None, token: UUID
    ) -> str:
        """Raises ContentDamaged."""
        return self._cipher.decrypt(
            data_key,
            sealed,
            conversation_id=conversation_id,
            sender_id=uploader_id,
            message_key=token,
            version=NAME_VERSION,
        )

    def open_all(
        self, data_key: DataKey, files: Iterable[FileOfMessage], *, conversation_id: int, uploader_id: int | None
    ) -> tuple[Attachment, ...]:
        """A file that is damaged takes nothing else with it."""
        return tuple(
            Attachment(
                file.id,
                self._name_or_none(data_key, file, conversation_id, uploader_id),
                file.media_type,
                file.size,
                file.width,
                file.height,
                file.has_thumbnail,
            )
            for file in files
        )

    def _name_or_none(
        self, data_key: DataKey, file: FileOfMessage, conversation_id: int, uploader_id: int | None
    ) -> str | None:
        try:
            return self.name(
                data_key, file.name, conversation_id=conversation_id, uploader_id=uploader_id, token=file.token
            )
        except ContentDamaged:
            log.exception("the name of attachment %d does not open", file.id)
            return None


def files_of(attachments: Sequence[Sequence[Any]]) -> list[FileOfMessage]:
    """As the view message_rows tells them."""
    return [
        FileOfMessage(file_id, UUID(token), base64.b64decode(name), media_type, size, width, height, has_thumbnail)
        for file_id, token, name, media_type, size, width, height, has_thumbnail in attachments
    ]
