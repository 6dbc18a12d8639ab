"""What must be in the file store, for who verifies a backup."""

from dataclasses import dataclass
from uuid import UUID

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class StoredFile:
    id: int
    token: UUID
    has_thumbnail: bool


class BackupRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def attachments(self, *, after_id: int, limit: int) -> list[StoredFile]:
        return await self._statements.many("stored_attachments", StoredFile, after_id=after_id, limit=limit)

    async def exports(self) -> list[StoredFile]:
        return await self._statements.many("stored_exports", StoredFile)

    async def archives(self) -> list[StoredFile]:
        return await self._statements.many("stored_archives", StoredFile)
