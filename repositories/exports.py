"""Exports as rows: what is asked for, who makes it, what became of it."""

import datetime
from dataclasses import dataclass
from uuid import UUID

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class ExportRow:
    """`state` is expired as soon as its time is over, whether it was removed yet or not."""

    id: int
    conversation_id: int
    user_id: int
    format: str
    state: str
    up_to_seq: int
    done: int
    token: UUID
    sealed: bytes | None
    size: int | None
    created_at: datetime.datetime
    finished_at: datetime.datetime | None
    expires_at: datetime.datetime | None
    key_id: str
    data_key: bytes


@dataclass(frozen=True, slots=True)
class ExportTask:
    id: int
    conversation_id: int
    user_id: int
    format: str
    up_to_seq: int
    token: UUID


@dataclass(frozen=True, slots=True)
class ExportName:
    id: int
    conversation_id: int
    user_id: int
    format: str
    token: UUID


@dataclass(frozen=True, slots=True)
class ConversationHead:
    id: int
    kind: str
    status: str
    context_type: str | None
    context_id: str | None
    created_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    seq: int
    user_id: int
    delivered_at: datetime.datetime | None
    read_at: datetime.datetime | None


class ExportRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def ask(self, *, conversation_id: int, user_id: int, format: str, up_to_seq: int, token: UUID) -> int:
        """The id of a new one, or of the one that is under way."""
        return int(
            await self._statements.value(
                "ask_for_export",
                conversation_id=conversation_id,
                user_id=user_id,
                format=format,
                up_to_seq=up_to_seq,
                token=token,
            )
        )

    async def find(self, *, export_id: int, user_id: int) -> ExportRow | None:
        return await self._statements.one("find_export", ExportRow, export_id=export_id, user_id=user_id)

    async def take(self, *, owner: UUID, token: UUID, seconds: float, attempts: int) -> ExportTask | None:
        return await self._statements.one(
            "take_export", ExportTask, owner=owner, token=token, seconds=seconds, attempts=attempts
        )

    async def keep(self, *, export_id: int, owner: UUID, seconds: float, done: int) -> bool:
        """False: another node took it over."""
        return (
            await self._statements.run("keep_export", export_id=export_id, owner=owner, seconds=seconds, done=done) == 1
        )

    async def finish(self, *, export_id: int, token: UUID, sealed: bytes, size: int, seconds: float) -> bool:
        """`token`: that of the try. False: another one took it over."""
        touched = await self._statements.run(
            "finish_export", export_id=export_id, token=token, sealed=sealed, size=size, seconds=seconds
        )
        return touched == 1

    async def give_back(self, *, export_id: int, owner: UUID, final: bool) -> None:
        await self._statements.run("give_back_export", export_id=export_id, owner=owner, final=final)

    async def fail_hopeless(self, *, attempts: int) -> list[ExportName]:
        return await self._statements.many("fail_exports", ExportName, attempts=attempts)

    async def stale(self, *, limit: int) -> list[ExportName]:
        return await self._statements.many("list_stale_exports", ExportName, limit=limit)

    async def expire(self, *, export_id: int) -> None:
        await self._statements.run("expire_export", export_id=export_id)

    async def open_of(self, *, conversation_id: int) -> list[ExportName]:
        """Those that have, or will have, a file."""
        return await self._statements.many("open_exports_of", ExportName, conversation_id=conversation_id)

    async def end_all_of(self, *, conversation_id: int) -> list[ExportName]:
        """Those that ended by this."""
        return await self._statements.many("end_exports_of", ExportName, conversation_id=conversation_id)

    async def head(self, *, conversation_id: int) -> ConversationHead | None:
        return await self._statements.one("export_head", ConversationHead, conversation_id=conversation_id)

    async def receipts(self, *, conversation_id: int, after_seq: int, up_to_seq: int) -> list[Receipt]:
        return await self._statements.many(
            "list_receipts", Receipt, conversation_id=conversation_id, after_seq=after_seq, up_to_seq=up_to_seq
        )

    async def of_context(self, *, context_type: str, context_id: str, user_id: int) -> int | None:
        found: int | None = await self._statements.value(
            "find_context_conversation", context_type=context_type, context_id=context_id, user_id=user_id
        )
        return found
