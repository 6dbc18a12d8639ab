"""Archives of everything about a person, as rows."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """`state` is expired as soon as its time is over, whether it was removed yet or not."""

    id: int
    user_id: int
    state: str
    progress: int
    token: UUID
    sealed: bytes | None
    key_id: str
    data_key: bytes
    size: int | None
    created_at: datetime.datetime
    finished_at: datetime.datetime | None
    expires_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class ArchiveTask:
    id: int
    user_id: int
    asked_by: int
    token: UUID


class PersonArchiveRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def ask(self, *, user_id: int, asked_by: int, token: UUID) -> int | None:
        """The id of a new one, or of the one that is under way; None: there is no such person."""
        made: int | None = await self._statements.value(
            "ask_for_archive", user_id=user_id, asked_by=asked_by, token=token
        )
        return made

    async def find(self, *, archive_id: int, user_id: int) -> ArchiveRow | None:
        return await self._statements.one("find_archive", ArchiveRow, archive_id=archive_id, user_id=user_id)

    async def page(self, *, user_id: int, before: int | None, limit: int) -> list[ArchiveRow]:
        """The newest first, whatever became of them."""
        return await self._statements.many("list_archives", ArchiveRow, user_id=user_id, before=before, limit=limit)

    async def take(self, *, owner: UUID, token: UUID, seconds: float, attempts: int) -> ArchiveTask | None:
        return await self._statements.one(
            "take_archive", ArchiveTask, owner=owner, token=token, seconds=seconds, attempts=attempts
        )

    async def keep(self, *, archive_id: int, owner: UUID, seconds: float, progress: int) -> bool:
        """False: it is another node's now, or nobody's."""
        touched = await self._statements.run(
            "keep_archive", archive_id=archive_id, owner=owner, seconds=seconds, progress=progress
        )
        return touched == 1

    async def finish(
        self,
        *,
        archive_id: int,
        token: UUID,
        sealed: bytes,
        key_id: str,
        data_key: bytes,
        size: int,
        seconds: float,
    ) -> bool:
        """`token`: that of the try. False: it is another one's now, or nobody's."""
        touched = await self._statements.run(
            "finish_archive",
            archive_id=archive_id,
            token=token,
            sealed=sealed,
            key_id=key_id,
            data_key=data_key,
            size=size,
            seconds=seconds,
        )
        return touched == 1

    async def give_back(self, *, archive_id: int, owner: UUID, final: bool) -> None:
        await self._statements.run("give_back_archive", archive_id=archive_id, owner=owner, final=final)

    async def fail_hopeless(self, *, attempts: int) -> list[ArchiveTask]:
        return await self._statements.many("fail_archives", ArchiveTask, attempts=attempts)

    async def stale(self, *, limit: int) -> list[ArchiveTask]:
        return await self._statements.many("list_stale_archives", ArchiveTask, limit=limit)

    async def open_of(self, *, user_id: int | None = None, conversation_id: int | None = None) -> list[ArchiveTask]:
        """Of a person, or of everybody in a conversation."""
        return await self._statements.many(
            "open_archives_of", ArchiveTask, user_id=user_id, conversation_id=conversation_id
        )

    async def end(self, archive_ids: Sequence[int]) -> list[ArchiveTask]:
        """Those that ended by this."""
        return await self._statements.many("end_archives", ArchiveTask, ids=list(archive_ids))
