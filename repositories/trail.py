"""The trail as rows: accesses, the blocks that seal them, and who may read behind glass."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from repositories import array_literals
from repositories.statements import Statements

# Each chain seals one table; the order is that in which they are checked and shown.
CHAINS = ("message", "version", "mark", "audit")
_DIGESTS = {
    "message": "digest_messages",
    "version": "digest_versions",
    "mark": "digest_marks",
    "audit": "digest_audit",
}
_EXPORTS = {
    "message": "export_messages",
    "version": "export_versions",
    "mark": "export_marks",
    "audit": "export_audit",
}


class Noted(NamedTuple):
    """One row of audit on its way in. `at`: seconds since 1970."""

    at: float
    action: str
    user_id: int | None
    role: str | None
    on_behalf_of: int | None
    object_type: str | None
    object_id: str | None
    conversation_id: int | None
    result: str
    reason: str | None
    address: str | None
    device: str | None
    session_id: str | None
    request_id: str | None
    times: int


@dataclass(frozen=True, slots=True)
class TrailRecord:
    """Anything on the trail, as it is exported. `key` is its number in its chain."""

    key: int
    at: datetime.datetime
    action: str
    user_id: int | None
    role: str | None
    on_behalf_of: int | None
    object_type: str | None
    object_id: str | None
    conversation_id: int | None
    result: str
    reason: str | None
    address: str | None
    device: str | None
    session_id: str | None
    request_id: str | None
    times: int


@dataclass(frozen=True, slots=True)
class Tops:
    """The last number given out for each chain."""

    message: int
    version: int
    mark: int
    audit: int


@dataclass(frozen=True, slots=True)
class Head:
    """The last block of a chain; number 0 and no hash before the first."""

    chain: str
    number: int
    up_to_id: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Digests:
    """Of some rows, in the order of their keys; 32 bytes each."""

    keys: list[int]
    digests: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    number: int
    format: int
    after_id: int
    up_to_id: int
    keys: list[int]
    digests: bytes
    sealed_at: datetime.datetime
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class AccessRow:
    id: int
    at: datetime.datetime
    user_id: int | None
    user_name: str | None
    user_role: str | None
    on_behalf_of: int | None
    action: str
    reason: str | None
    times: int


@dataclass(frozen=True, slots=True)
class _Writer:
    name: str


class TrailRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def note(self, batch: uuid.UUID, rows: Sequence[Noted]) -> None:
        columns = dict(zip(Noted._fields, zip(*rows, strict=True), strict=True))
        await self._statements.run(
            "note_accesses",
            batch=batch,
            at=array_literals.numbers(columns["at"]),
            actions=array_literals.texts(columns["action"]),
            user_ids=array_literals.integers(columns["user_id"]),
            roles=array_literals.texts(columns["role"]),
            on_behalf_of=array_literals.integers(columns["on_behalf_of"]),
            object_types=array_literals.texts(columns["object_type"]),
            object_ids=array_literals.texts(columns["object_id"]),
            conversation_ids=array_literals.integers(columns["conversation_id"]),
            results=array_literals.texts(columns["result"]),
            reasons=array_literals.texts(columns["reason"]),
            addresses=array_literals.texts(columns["address"]),
            devices=array_literals.texts(columns["device"]),
            session_ids=array_literals.texts(columns["session_id"]),
            request_ids=array_literals.texts(columns["request_id"]),
            times=array_literals.integers(columns["times"]),
        )

    async def is_noted(self, batch: uuid.UUID) -> bool:
        return bool(await self._statements.value("is_noted", batch=batch))

    async def tops(self) -> Tops:
        [tops] = await self._statements.many("trail_tops", Tops)
        return tops

    async def writers(self) -> frozenset[str]:
        """Transactions that may have numbers which nobody else sees yet."""
        return frozenset(writer.name for writer in await self._statements.many("trail_writers", _Writer))

    async def lock(self) -> bool:
        """Held until the transaction ends. False: another node is at it."""
        return bool(await self._statements.value("lock_sealing"))

    async def heads(self) -> dict[str, Head]:
        return {head.chain: head for head in await self._statements.many("trail_heads", Head)}

    async def digests(self, chain: str, *, after_id: int, up_to_id: int, limit: int) -> Digests:
        [found] = await self._statements.many(
            _DIGESTS[chain], Digests, after_id=after_id, up_to_id=up_to_id, limit=limit
        )
        return found

    async def add_block(self, chain: str, block: Block) -> None:
        await self._statements.run(
            "add_trail_block",
            chain=chain,
            number=block.number,
            format=block.format,
            after_id=block.after_id,
            up_to_id=block.up_to_id,
            keys=array_literals.integers(block.keys),
            digests=block.digests,
            sealed_at=block.sealed_at,
            previous=block.previous,
            hash=block.hash,
        )

    async def blocks(self, chain: str, *, after_number: int, limit: int) -> list[Block]:
        return await self._statements.many(
            "list_trail_blocks", Block, chain=chain, after_number=after_number, limit=limit
        )

    async def access_log(self, *, conversation_id: int, before_id: int | None, limit: int) -> list[AccessRow]:
        return await self._statements.many(
            "list_access_log", AccessRow, conversation_id=conversation_id, before_id=before_id, limit=limit
        )

    async def records(self, chain: str, *, after_id: int, limit: int) -> list[TrailRecord]:
        return await self._statements.many(_EXPORTS[chain], TrailRecord, after_id=after_id, limit=limit)

    async def break_glass(
        self, *, conversation_id: int, user_id: int, reason: str, minutes: int
    ) -> datetime.datetime | None:
        """Until when; None: there is no such conversation."""
        until: datetime.datetime | None = await self._statements.value(
            "break_glass", conversation_id=conversation_id, user_id=user_id, reason=reason, minutes=minutes
        )
        return until

    async def broken_glass(self, *, conversation_id: int, user_id: int) -> str | None:
        """The reason for which this administrator may read there now."""
        reason: str | None = await self._statements.value(
            "broken_glass", conversation_id=conversation_id, user_id=user_id
        )
        return reason
