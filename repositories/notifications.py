"""Notifications: what a person is told, and what of that they want."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """`count`: messages that it stands for. `read`: by itself, or because its messages were."""

    id: int
    user_id: int
    kind: str
    conversation_id: int | None
    subject_type: str | None
    subject_id: str | None
    actor_id: int | None
    actor_name: str | None
    count: int
    since: datetime.datetime
    created_at: datetime.datetime
    read: bool
    read_at: datetime.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotification:
    """`up_to_seq` only of those about messages; `since` None: now."""

    user_id: int
    kind: str
    conversation_id: int | None = None
    up_to_seq: int | None = None
    count: int = 1
    subject_type: str | None = None
    subject_id: str | None = None
    actor_id: int | None = None
    since: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class Inserted:
    """`fresh` False: an open one stands for more now."""

    id: int
    user_id: int
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesRow:
    push: bool = True
    email: bool = True
    silent_kinds: Sequence[str] = ()
    urgent_always: bool = True
    quiet_from: datetime.time | None = None
    quiet_to: datetime.time | None = None
    time_zone: str | None = None
    language: str | None = None


class NotificationRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def page(
        self, *, user_id: int, kinds: Collection[str], unread: bool, before: int | None, limit: int
    ) -> list[NotificationRow]:
        return await self._statements.many(
            "list_notifications",
            NotificationRow,
            user_id=user_id,
            kinds=list(kinds),
            unread=unread,
            before=before,
            limit=limit,
        )

    async def at(self, ids: Sequence[int], *, user_id: int, kinds: Collection[str]) -> list[NotificationRow]:
        """Those of them that this person may see."""
        return await self._statements.many(
            "list_notifications_by_id", NotificationRow, user_id=user_id, ids=list(ids), kinds=list(kinds)
        )

    async def set_read(self, *, notification_id: int, user_id: int, read: bool) -> None:
        await self._statements.run("set_notification_read", notification_id=notification_id, user_id=user_id, read=read)

    async def close_read(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Of these (conversation, user): what their read watermark has passed."""
        await self._statements.run(
            "close_read_notifications",
            conversation_ids=[conversation_id for conversation_id, _ in pairs],
            user_ids=[user_id for _, user_id in pairs],
        )

    async def insert(self, new: Sequence[NewNotification]) -> list[Inserted]:
        """Nothing for people that there are not. Raises ConstraintViolated for an unknown conversation or kind."""
        return await self._statements.many(
            "insert_notifications",
            Inserted,
            user_ids=[item.user_id for item in new],
            kinds=[item.kind for item in new],
            conversation_ids=[item.conversation_id for item in new],
            up_to_seqs=[item.up_to_seq for item in new],
            counts=[item.count for item in new],
            subject_types=[item.subject_type for item in new],
            subject_ids=[item.subject_id for item in new],
            actor_ids=[item.actor_id for item in new],
            sinces=[item.since for item in new],
        )

    async def any_of(self, ids: Sequence[int]) -> bool:
        """Whether one of them is stored."""
        return bool(await self._statements.value("any_of_notifications", ids=list(ids)))

    async def delete_old(self, *, days: int, limit: int) -> int:
        return await self._statements.run("delete_old_notifications", days=days, limit=limit)

    async def preferences(self, *, user_id: int) -> PreferencesRow:
        found = await self._statements.one("find_preferences", PreferencesRow, user_id=user_id)
        return found or PreferencesRow()

    async def save_preferences(self, row: PreferencesRow, *, user_id: int) -> None:
        await self._statements.run(
            "save_preferences",
            user_id=user_id,
            push=row.push,
            email=row.email,
            silent_kinds=list(row.silent_kinds),
            urgent_always=row.urgent_always,
            quiet_from=row.quiet_from,
            quiet_to=row.quiet_to,
            time_zone=row.time_zone,
            language=row.language,
        )
