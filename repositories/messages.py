"""Messages as rows: sealed content in, sealed content out."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, cast
from uuid import UUID

from repositories import array_literals, binary_arrays
from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message as any participant sees it. `delivered_at` and `read_at`: when the slowest of the others had it."""

    id: int
    conversation_id: int
    seq: int
    change: int
    client_message_id: UUID | None
    sender_id: int | None
    sender_name: str | None
    sender_role: str | None
    type: str
    content: bytes
    message_key: UUID
    version: int
    is_urgent: bool
    requires_response: bool
    action: str | None
    reply_to_id: int | None
    context_type: str | None
    context_id: str | None
    key_id: str
    data_key: bytes
    sent_at: datetime.datetime
    edited_at: datetime.datetime | None
    deleted_at: datetime.datetime | None
    delivered_at: datetime.datetime | None
    read_at: datetime.datetime | None
    context_version: int | None
    # As the view message_rows makes them of the message's files, see sql/migrations/0007_attachments.sql.
    attachments: Sequence[Sequence[Any]] | None = None
    # The same of its reactions and of what it answers, see sql/migrations/0017_reactions_and_quotes.sql.
    reacted_change: int | None = None
    reactions: Sequence[Sequence[Any]] | None = None
    quoted: Sequence[Any] | None = None


class Draft(NamedTuple):
    """A message on its way in, sealed. `message_key` is its random name until it has a seq: the bytes of a UUID."""

    conversation_id: int
    sender_id: int
    message_key: bytes
    client_message_id: UUID | None
    type: str
    content: bytes
    is_urgent: bool
    requires_response: bool
    action: str | None
    reply_to_id: int | None
    attachment_ids: tuple[int, ...] = ()


class Appended(NamedTuple):
    """What became of one draft; the verdicts are listed in sql/migrations/0002_append_messages.sql."""

    verdict: str
    message_id: int | None
    seq: int | None
    change: int | None
    sent_at: datetime.datetime | None
    sender_name: str | None
    sender_role: str | None
    context_type: str | None
    context_id: str | None
    context_version: int | None


# From a row of the query append_messages, whose columns are the fields in their order. A call of the class costs twice as much.
appended_from = cast(Callable[[tuple[Any, ...]], Appended], partial(tuple.__new__, Appended))


@dataclass(frozen=True, slots=True)
class AppendedBySystem:
    seq: int
    change: int


@dataclass(frozen=True, slots=True)
class LockedMessage:
    id: int
    conversation_id: int
    seq: int
    sender_id: int | None
    message_key: UUID
    version: int
    type: str
    deleted_at: datetime.datetime | None
    age: float
    kind: str
    key_id: str
    data_key: bytes
    obstacle: str | None
    with_files: bool


APPEND = "append_messages"


class _Column(NamedTuple):
    """A parameter of append_messages(), and how it is written for a driver that knows texts only and for one that knows more.
    `shared`: of most batches all are the same, and then one is written, which append_messages() takes for all.
    """

    name: str
    literal: Callable[[Sequence[Any]], str]
    binary: Callable[[Sequence[Any]], bytes]
    shared: bool = False

    def values(self, column: tuple[Any, ...]) -> tuple[Any, ...]:
        return column[:1] if self.shared and column.count(column[0]) == len(column) else column


# In the order of a draft's fields and of the query's parameters. A draft's files come after them, and are none of this.
_COLUMNS = (
    _Column("conversation_ids", array_literals.integers, binary_arrays.integers),
    _Column("sender_ids", array_literals.integers, binary_arrays.integers),
    _Column("message_keys", array_literals.uuid_bytes, binary_arrays.uuid_bytes),
    _Column("client_message_ids", array_literals.uuids, binary_arrays.uuids),
    _Column("types", array_literals.texts, binary_arrays.texts, shared=True),
    _Column("contents", array_literals.blobs, binary_arrays.blobs),
    _Column("urgent", array_literals.booleans, binary_arrays.booleans, shared=True),
    _Column("response", array_literals.booleans, binary_arrays.booleans, shared=True),
    _Column("actions", array_literals.texts, binary_arrays.texts, shared=True),
    _Column("reply_to_ids", array_literals.integers, binary_arrays.integers, shared=True),
)


def append_parameters(drafts: Sequence[Draft]) -> dict[str, str]:
    columns = zip(_COLUMNS, zip(*drafts, strict=True), strict=False)
    return {column.name: column.literal(column.values(values)) for column, values in columns}


def append_values(drafts: Sequence[Draft]) -> list[bytes]:
    columns = zip(_COLUMNS, zip(*drafts, strict=True), strict=False)
    return [column.binary(column.values(values)) for column, values in columns]


class MessageRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def append(self, drafts: Sequence[Draft]) -> list[Appended]:
        """Answers in the order of the drafts. No two of them may share (conversation, sender, client id)."""
        return await self._statements.many(APPEND, Appended, **append_parameters(drafts))

    async def append_by_system(self, *, conversation_id: int, message_key: UUID, content: bytes) -> AppendedBySystem:
        """Into a conversation that is there. Inside a transaction only."""
        [appended] = await self._statements.many(
            "append_system_message",
            AppendedBySystem,
            conversation_id=conversation_id,
            message_key=message_key,
            content=content,
        )
        return appended

    async def find(self, *, message_id: int, viewer_id: int) -> MessageRow | None:
        return await self._statements.one("find_message", MessageRow, message_id=message_id, viewer_id=viewer_id)

    async def find_by_client_id(
        self, *, conversation_id: int, sender_id: int, client_message_id: UUID
    ) -> MessageRow | None:
        return await self._statements.one(
            "find_message_by_client_id",
            MessageRow,
            conversation_id=conversation_id,
            sender_id=sender_id,
            client_message_id=client_message_id,
        )

    async def quoted(self, *, conversation_id: int, message_id: int) -> Sequence[Any] | None:
        """As the view quoted_messages tells it; None when that conversation has no such message."""
        found: Sequence[Any] | None = await self._statements.value(
            "find_quoted", conversation_id=conversation_id, message_id=message_id
        )
        return found

    async def first_content(self, *, message_id: int) -> bytes | None:
        content: bytes | None = await self._statements.value("first_content", message_id=message_id)
        return content

    async def before(self, *, conversation_id: int, before_seq: int | None, limit: int) -> list[MessageRow]:
        """The last `limit` before that seq, ascending."""
        rows = await self._statements.many(
            "list_messages_before", MessageRow, conversation_id=conversation_id, before_seq=before_seq, limit=limit
        )
        return rows[::-1]

    async def after(self, *, conversation_id: int, after_seq: int, limit: int) -> list[MessageRow]:
        return await self._statements.many(
            "list_messages_after", MessageRow, conversation_id=conversation_id, after_seq=after_seq, limit=limit
        )

    async def changes(self, *, conversation_id: int, after_change: int, up_to_seq: int, limit: int) -> list[MessageRow]:
        return await self._statements.many(
            "list_changes",
            MessageRow,
            conversation_id=conversation_id,
            after_change=after_change,
            up_to_seq=up_to_seq,
            limit=limit,
        )

    async def missed_messages(
        self, *, viewer_id: int, conversation_ids: Sequence[int], after_seqs: Sequence[int], limit: int
    ) -> list[MessageRow]:
        return await self._statements.many(
            "list_missed_messages",
            MessageRow,
            viewer_id=viewer_id,
            conversation_ids=list(conversation_ids),
            after_seqs=list(after_seqs),
            limit=limit,
        )

    async def missed_changes(
        self,
        *,
        viewer_id: int,
        conversation_ids: Sequence[int],
        up_to_seqs: Sequence[int],
        after_changes: Sequence[int],
        limit: int,
    ) -> list[MessageRow]:
        return await self._statements.many(
            "list_missed_changes",
            MessageRow,
            viewer_id=viewer_id,
            conversation_ids=list(conversation_ids),
            up_to_seqs=list(up_to_seqs),
            after_changes=list(after_changes),
            limit=limit,
        )

    async def at(self, places: Sequence[tuple[int, int]]) -> list[MessageRow]:
        """The messages at these (conversation, seq)."""
        return await self._statements.many(
            "list_messages_at",
            MessageRow,
            conversation_ids=[conversation_id for conversation_id, _ in places],
            seqs=[seq for _, seq in places],
        )

    async def lock(self, *, message_id: int, user_id: int) -> LockedMessage | None:
        """None when it is none of the user's business. Inside a transaction only."""
        return await self._statements.one("lock_own_message", LockedMessage, message_id=message_id, user_id=user_id)

    async def replace_content(self, message: LockedMessage, content: bytes) -> None:
        await self._statements.run("keep_version", message_id=message.id)
        await self._statements.run(
            "replace_content", message_id=message.id, conversation_id=message.conversation_id, content=content
        )

    async def make_tombstone(self, message: LockedMessage, content: bytes) -> None:
        """The text goes to the versions, `content` (sealed emptiness) takes its place."""
        await self._statements.run("keep_version", message_id=message.id)
        await self._statements.run(
            "make_tombstone", message_id=message.id, conversation_id=message.conversation_id, content=content
        )
        await self._statements.run(
            "uncount_unread", conversation_id=message.conversation_id, seq=message.seq, sender_id=message.sender_id
        )
