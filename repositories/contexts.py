"""Contexts: the prescription or exam that a conversation may be about."""

import datetime
from dataclasses import dataclass
from uuid import UUID

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class ContextName:
    """By its type and the host application's id: never by its version."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class SealedTitle:
    title: bytes
    title_key: UUID
    key_id: str
    data_key: bytes


@dataclass(frozen=True, slots=True)
class LockedContext:
    id: int
    version: int
    patient_id: int
    doctor_id: int
    title: bytes
    title_key: UUID
    key_id: str
    data_key: bytes
    closed: bool

    @property
    def sealed(self) -> SealedTitle:
        return SealedTitle(self.title, self.title_key, self.key_id, self.data_key)


@dataclass(frozen=True, slots=True)
class Contextual:
    """The conversation about a context."""

    id: int
    key_id: str
    data_key: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one of the two people whom a context names. `incomplete`: one of them has no account any more."""

    version: int
    closed: bool
    patient_id: int
    doctor_id: int
    conversation_id: int | None
    obstacle: str | None
    removed: bool
    incomplete: bool


@dataclass(frozen=True, slots=True)
class ContextRow:
    id: int
    type: str
    external_id: str
    version: int
    closed_at: datetime.datetime | None
    created_at: datetime.datetime
    updated_at: datetime.datetime
    patient_id: int
    patient_external_id: str | None
    patient_username: str
    patient_name: str
    doctor_id: int
    doctor_external_id: str | None
    doctor_username: str
    doctor_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextFilter:
    type: str | None = None
    patient_id: int | None = None
    doctor_id: int | None = None
    closed: bool | None = None


class ContextRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def insert(
        self, name: ContextName, *, version: int, patient_id: int, doctor_id: int, sealed: SealedTitle, closed: bool
    ) -> int | None:
        """None when it is known already."""
        made: int | None = await self._statements.value(
            "insert_context",
            type=name.type,
            external_id=name.id,
            version=version,
            patient_id=patient_id,
            doctor_id=doctor_id,
            title=sealed.title,
            title_key=sealed.title_key,
            key_id=sealed.key_id,
            data_key=sealed.data_key,
            closed=closed,
        )
        return made

    async def lock(self, name: ContextName) -> LockedContext | None:
        """Inside a transaction only."""
        return await self._statements.one("lock_context", LockedContext, type=name.type, external_id=name.id)

    async def hold(self, name: ContextName) -> None:
        """It stays as it is until the transaction ends."""
        await self._statements.run("hold_context", type=name.type, external_id=name.id)

    async def update(self, *, context_id: int, version: int, sealed: SealedTitle, closed: bool) -> None:
        await self._statements.run(
            "update_context",
            context_id=context_id,
            version=version,
            title=sealed.title,
            title_key=sealed.title_key,
            key_id=sealed.key_id,
            data_key=sealed.data_key,
            closed=closed,
        )

    async def conversation(self, name: ContextName) -> Contextual | None:
        return await self._statements.one("find_contextual", Contextual, type=name.type, external_id=name.id)

    async def insert_conversation(self, name: ContextName, *, key_id: str, data_key: bytes) -> int | None:
        """None when there is one already."""
        made: int | None = await self._statements.value(
            "insert_contextual", type=name.type, external_id=name.id, key_id=key_id, data_key=data_key
        )
        return made

    async def touch_conversation(self, *, conversation_id: int) -> None:
        await self._statements.run("touch_conversation", conversation_id=conversation_id)

    async def standing(self, name: ContextName, *, user_id: int) -> Standing | None:
        return await self._statements.one(
            "find_standing", Standing, type=name.type, external_id=name.id, user_id=user_id
        )

    async def find(self, *, context_id: int) -> ContextRow | None:
        rows = await self._list(context_id, ContextFilter(), None, 1)
        return rows[0] if rows else None

    async def page(self, *, filters: ContextFilter, before: int | None, limit: int) -> list[ContextRow]:
        return await self._list(None, filters, before, limit)

    async def _list(
        self, context_id: int | None, filters: ContextFilter, before: int | None, limit: int
    ) -> list[ContextRow]:
        return await self._statements.many(
            "list_contexts",
            ContextRow,
            context_id=context_id,
            type=filters.type,
            patient_id=filters.patient_id,
            doctor_id=filters.doctor_id,
            closed=filters.closed,
            before=before,
            limit=limit,
        )

    async def destroy_title(self, *, conversation_id: int) -> None:
        """Of the context of a conversation that was shredded."""
        await self._statements.run("destroy_title", conversation_id=conversation_id)
