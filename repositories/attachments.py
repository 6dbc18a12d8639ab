"""Files of messages as rows: sealed names and keys in, sealed names and keys out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """`infected_with`: what the scanner called it, when it is kept as evidence only."""

    conversation_id: int
    uploader_id: int
    token: UUID
    name: bytes
    file_key: bytes
    media_type: str
    size: int
    thumbnail_size: int | None
    width: int | None
    height: int | None
    infected_with: str | None


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A file with what opens it."""

    id: int
    conversation_id: int
    uploader_id: int
    token: UUID
    name: bytes
    file_key: bytes
    media_type: str
    size: int
    thumbnail_size: int | None
    kind: str
    key_id: str
    data_key: bytes


class FileOfMessage(NamedTuple):
    """What a message shows of a file, its name sealed."""

    id: int
    token: UUID
    name: bytes
    media_type: str
    size: int
    width: int | None
    height: int | None
    has_thumbnail: bool


@dataclass(frozen=True, slots=True)
class Doomed:
    id: int
    token: UUID


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


@dataclass(frozen=True, slots=True)
class _Place:
    n: int


class AttachmentRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def add(self, new: NewAttachment) -> int | None:
        """Before the bytes are stored. None: the uploader has no part in the conversation."""
        fields: dict[str, Any] = {name: getattr(new, name) for name in NewAttachment.__slots__}
        attachment_id: int | None = await self._statements.value("add_attachment", **fields)
        return attachment_id

    async def stored(self, *, attachment_id: int) -> bool:
        """False: it took so long that the file was collected."""
        return await self._statements.run("attachment_stored", attachment_id=attachment_id) == 1

    async def find(self, *, attachment_id: int, viewer_id: int) -> AttachmentRow | None:
        """None when there is none that this person may have."""
        return await self._statements.one(
            "find_attachment", AttachmentRow, attachment_id=attachment_id, viewer_id=viewer_id
        )

    async def of_conversation(
        self, *, conversation_id: int, after_id: int, up_to_seq: int, limit: int
    ) -> list[AttachmentRow]:
        """Those that were sent, page by page. Asks nobody's rights."""
        return await self._statements.many(
            "attachments_of_conversation",
            AttachmentRow,
            conversation_id=conversation_id,
            after_id=after_id,
            up_to_seq=up_to_seq,
            limit=limit,
        )

    async def bytes_of_conversation(self, *, conversation_id: int, up_to_seq: int) -> int:
        return int(
            await self._statements.value("attachment_bytes", conversation_id=conversation_id, up_to_seq=up_to_seq)
        )

    async def tokens_of(self, *, conversation_id: int, after_id: int, limit: int) -> list[Doomed]:
        """Of all that has bytes in the store."""
        return await self._statements.many(
            "attachment_tokens", Doomed, conversation_id=conversation_id, after_id=after_id, limit=limit
        )

    async def attachable(
        self, *, attachment_ids: Sequence[int], conversation_id: int, uploader_id: int
    ) -> list[FileOfMessage]:
        return await self._statements.many(
            "attachable",
            FileOfMessage,
            attachment_ids=list(attachment_ids),
            conversation_id=conversation_id,
            uploader_id=uploader_id,
        )

    async def lock_free(self, attachment_ids: Sequence[int]) -> set[int]:
        """Those that no message has. Inside a transaction only."""
        rows = await self._statements.many("lock_attachments", _Id, attachment_ids=list(attachment_ids))
        return {row.id for row in rows}

    async def known_sends(self, sends: Sequence[tuple[int, int, UUID]]) -> set[int]:
        """Which of these (conversation, sender, key of the send) were stored before, by their place from 0."""
        rows = await self._statements.many(
            "known_sends",
            _Place,
            conversation_ids=[conversation_id for conversation_id, _, _ in sends],
            sender_ids=[sender_id for _, sender_id, _ in sends],
            sent_keys=[key for _, _, key in sends],
        )
        return {row.n - 1 for row in rows}

    async def attach(self, places: Sequence[tuple[int, int, int]]) -> None:
        """(message, attachment, position); the attachments are locked."""
        await self._statements.run(
            "attach",
            message_ids=[message_id for message_id, _, _ in places],
            attachment_ids=[attachment_id for _, attachment_id, _ in places],
            positions=[position for _, _, position in places],
        )

    async def doom(self, *, loose_seconds: float, evidence_seconds: float, limit: int) -> list[Doomed]:
        """What no message will ever have; from now on none can."""
        return await self._statements.many(
            "doom_attachments",
            Doomed,
            loose_seconds=loose_seconds,
            evidence_seconds=evidence_seconds,
            limit=limit,
        )

    async def forget(self, attachment_ids: Sequence[int]) -> int:
        return int(await self._statements.value("forget_attachments", attachment_ids=list(attachment_ids)))
