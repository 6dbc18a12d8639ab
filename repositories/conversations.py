"""Conversations and those who take part in them."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from repositories.conversation_rows import ConversationRow
from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class Membership:
    """That a user takes part in a conversation, with what most calls then need."""

    conversation_id: int
    kind: str
    status: str
    last_seq: int
    last_change: int
    key_id: str
    data_key: bytes
    read_seq: int
    delivered_seq: int
    obstacle: str | None


@dataclass(frozen=True, slots=True)
class Place(Membership):
    """With whose it is."""

    user_id: int


@dataclass(frozen=True, slots=True)
class Sealing:
    kind: str
    key_id: str
    data_key: bytes


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    conversation_id: int
    user_id: int
    username: str
    first_name: str
    last_name: str
    role: str
    read_seq: int
    delivered_seq: int
    unread: int
    joined_at: datetime.datetime
    left_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Partner:
    id: int
    role: str
    linked: bool


@dataclass(frozen=True, slots=True)
class ConversationId:
    id: int


@dataclass(frozen=True, slots=True)
class Attention:
    """Unread urgent messages, and conversations in which somebody waits for an answer."""

    urgent: int
    awaiting_reply: int


@dataclass(frozen=True, slots=True)
class ListPosition:
    """Where a page of the list ended."""

    rank: int
    activity_at: datetime.datetime
    id: int


class ConversationRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def membership(self, *, conversation_id: int, user_id: int) -> Membership | None:
        return await self._statements.one(
            "find_membership", Membership, conversation_id=conversation_id, user_id=user_id
        )

    async def memberships(self, *, conversation_ids: Sequence[int], user_id: int) -> list[Membership]:
        return await self._statements.many(
            "list_memberships", Membership, conversation_ids=list(conversation_ids), user_id=user_id
        )

    async def places(self, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Membership]:
        """Of these (conversation, user), those who take part."""
        rows = await self._statements.many(
            "list_places",
            Place,
            conversation_ids=[conversation_id for conversation_id, _ in pairs],
            user_ids=[user_id for _, user_id in pairs],
        )
        return {(row.conversation_id, row.user_id): row for row in rows}

    async def sealing(self, *, conversation_id: int) -> Sealing | None:
        return await self._statements.one("find_sealing", Sealing, conversation_id=conversation_id)

    async def find(self, *, conversation_id: int, viewer_id: int) -> ConversationRow | None:
        return await self._statements.one(
            "find_conversation", ConversationRow, conversation_id=conversation_id, viewer_id=viewer_id
        )

    async def page(
        self,
        *,
        viewer_id: int,
        kinds: Collection[str],
        status: str | None,
        kind: str | None,
        q: str | None,
        urgent: bool,
        awaiting_reply: bool,
        sort: str,
        before: ListPosition | None,
        limit: int,
    ) -> list[ConversationRow]:
        if sort == "activity" and q is None and not urgent and not awaiting_reply:
            return await self._recent(viewer_id, kinds, status=status, kind=kind, before=before, limit=limit)
        return await self._statements.many(
            "list_conversations",
            ConversationRow,
            viewer_id=viewer_id,
            kinds=list(kinds),
            status=status,
            kind=kind,
            q=q,
            urgent=urgent,
            awaiting_reply=awaiting_reply,
            sort=sort,
            before_rank=before and before.rank,
            before_at=before and before.activity_at,
            before_id=before and before.id,
            limit=limit,
        )

    async def attention(self, *, viewer_id: int, kinds: Collection[str]) -> Attention:
        [counted] = await self._statements.many("count_attention", Attention, viewer_id=viewer_id, kinds=list(kinds))
        return counted

    async def except_for(
        self, *, viewer_id: int, kinds: Collection[str], conversation_ids: Sequence[int], limit: int
    ) -> list[ConversationRow]:
        """What a client that comes back has not named."""
        return await self._recent(viewer_id, kinds, except_ids=conversation_ids, limit=limit)

    async def _recent(
        self,
        viewer_id: int,
        kinds: Collection[str],
        *,
        status: str | None = None,
        kind: str | None = None,
        except_ids: Sequence[int] = (),
        before: ListPosition | None = None,
        limit: int,
    ) -> list[ConversationRow]:
        return await self._statements.many(
            "list_recent_conversations",
            ConversationRow,
            viewer_id=viewer_id,
            kinds=list(kinds),
            status=status,
            kind=kind,
            except_ids=list(except_ids),
            before_rank=before and before.rank,
            before_at=before and before.activity_at,
            before_id=before and before.id,
            limit=limit,
        )

    async def views(self, pairs: Sequence[tuple[int, int]]) -> list[ConversationRow]:
        """For these (conversation, viewer); those who left are left out."""
        return await self._statements.many(
            "list_conversation_views",
            ConversationRow,
            conversation_ids=[conversation_id for conversation_id, _ in pairs],
            viewer_ids=[viewer_id for _, viewer_id in pairs],
        )

    async def participants(self, conversation_ids: Sequence[int]) -> list[ParticipantRow]:
        """Those who left too (`left_at` says so)."""
        return await self._statements.many("list_participants", ParticipantRow, conversation_ids=list(conversation_ids))

    async def partner(self, *, user_id: int, partner_id: int) -> Partner | None:
        return await self._statements.one("find_partner", Partner, user_id=user_id, partner_id=partner_id)

    async def find_pair(self, *, first_user_id: int, second_user_id: int) -> int | None:
        found: int | None = await self._statements.value(
            "find_pair", first_user_id=first_user_id, second_user_id=second_user_id
        )
        return found

    async def insert_pair(
        self, *, kind: str, first_user_id: int, second_user_id: int, key_id: str, data_key: bytes
    ) -> int | None:
        """None when the pair has one already."""
        made: int | None = await self._statements.value(
            "insert_pair",
            kind=kind,
            first_user_id=first_user_id,
            second_user_id=second_user_id,
            key_id=key_id,
            data_key=data_key,
        )
        return made

    async def set_personal(
        self,
        *,
        conversation_id: int,
        user_id: int,
        archived: bool | None,
        muted: bool | None,
        pinned: bool | None,
        marked_unread: bool | None,
    ) -> bool:
        """None leaves a setting as it is. False when nothing changed."""
        changed = await self._statements.run(
            "set_personal",
            conversation_id=conversation_id,
            user_id=user_id,
            archived=archived,
            muted=muted,
            pinned=pinned,
            marked_unread=marked_unread,
        )
        return changed > 0

    async def set_status(self, *, conversation_id: int, status: str) -> bool:
        return await self._statements.run("set_status", conversation_id=conversation_id, status=status) > 0

    async def set_left(self, *, conversation_id: int, user_id: int, left: bool) -> bool:
        """Inside a transaction."""
        await self._statements.value("lock_conversation", conversation_id=conversation_id)
        return await self._statements.run("set_left", conversation_id=conversation_id, user_id=user_id, left=left) > 0

    async def exists(self, *, conversation_id: int) -> bool:
        return bool(await self._statements.value("conversation_exists", conversation_id=conversation_id))

    async def of_pair(self, *, patient_id: int, doctor_id: int) -> list[int]:
        rows = await self._statements.many(
            "list_conversations_of_pair", ConversationId, patient_id=patient_id, doctor_id=doctor_id
        )
        return [row.id for row in rows]

    async def of_user(self, *, user_id: int) -> list[int]:
        rows = await self._statements.many("list_conversations_of_user", ConversationId, user_id=user_id)
        return [row.id for row in rows]
