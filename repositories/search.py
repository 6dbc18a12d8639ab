"""The blind index as rows: hashes of words by message and reader, and how far it has come."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from repositories import array_literals
from repositories.messages import MessageRow
from repositories.statements import Statements

# Message ids are grouped by this many of their low bits; a word's hash differs from block to block.
BLOCK_BITS = 14
LAST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class SecretRow:
    key_id: str
    blob: bytes


@dataclass(frozen=True, slots=True)
class IndexState:
    """`change`: how far the index is; `indexed_readers`: for whom; `readers`: for whom it should be."""

    conversation_id: int
    last_change: int
    key_id: str
    data_key: bytes
    change: int
    indexed_readers: list[int]
    readers: list[int]


@dataclass(frozen=True, slots=True)
class MessageToIndex:
    id: int
    conversation_id: int
    change: int
    sender_id: int | None
    message_key: UUID
    version: int
    content: bytes
    searchable: bool


@dataclass(slots=True)
class IndexBatch:
    """`entries`: (message, reader, hashes); `gone`: messages without words; `positions`: (conversation, change, readers);
    `left`: (conversation, reader) who has no part in it any more."""

    entries: list[tuple[int, int, Sequence[int]]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    positions: list[tuple[int, int, Sequence[int]]] = field(default_factory=list)
    left: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


@dataclass(frozen=True, slots=True)
class _Block:
    block: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """`readable`: it is there, and the viewer may read it now; else there is nothing more of it than its number.

    `certain`: one of its hashes leaves no doubt that it is what was looked for.
    """

    message_id: int
    readable: bool
    certain: bool
    conversation_id: int
    sender_id: int | None
    message_key: UUID
    version: int
    content: bytes
    key_id: str
    data_key: bytes


class SearchRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def secret(self) -> SecretRow | None:
        return await self._statements.one("find_search_secret", SecretRow)

    async def keep_secret(self, *, key_id: str, blob: bytes) -> None:
        """The first one ever kept counts."""
        await self._statements.run("keep_search_secret", key_id=key_id, secret=blob)

    async def take_lease(self, *, holder: UUID, seconds: float) -> bool:
        return bool(await self._statements.value("take_search_lease", holder=holder, seconds=seconds))

    async def keep_lease(self, *, holder: UUID, seconds: float) -> bool:
        return bool(await self._statements.value("keep_search_lease", holder=holder, seconds=seconds))

    async def leave_lease(self, *, holder: UUID) -> None:
        await self._statements.run("leave_search_lease", holder=holder)

    async def last_conversation_id(self) -> int:
        return int(await self._statements.value("last_conversation_id"))

    async def unindexed(self, *, after_id: int, up_to_id: int) -> list[int]:
        rows = await self._statements.many("list_unindexed_conversations", _Id, after_id=after_id, up_to_id=up_to_id)
        return [row.id for row in rows]

    async def states(self, conversation_ids: Sequence[int]) -> list[IndexState]:
        """In the order of the ids."""
        return await self._statements.many(
            "list_index_states", IndexState, conversation_ids=array_literals.integers(conversation_ids)
        )

    async def messages_after(self, positions: Sequence[tuple[int, int]], *, limit: int) -> list[MessageToIndex]:
        """The first `limit` after these (conversation, change), by conversation and change."""
        return await self._statements.many(
            "list_messages_to_index",
            MessageToIndex,
            conversation_ids=array_literals.integers(conversation_id for conversation_id, _ in positions),
            changes=array_literals.integers(change for _, change in positions),
            limit=limit,
        )

    async def store(self, batch: IndexBatch, *, holder: UUID, seconds: float) -> bool:
        """False, and nothing was done, when the lease is somebody else's. The same batch twice does no harm."""
        return bool(
            await self._statements.value(
                "store_index_batch",
                holder=holder,
                seconds=seconds,
                message_ids=array_literals.integers(message_id for message_id, _, _ in batch.entries),
                reader_ids=array_literals.integers(reader_id for _, reader_id, _ in batch.entries),
                tokens=_lines(tokens for _, _, tokens in batch.entries),
                gone_message_ids=array_literals.integers(batch.gone),
                conversation_ids=array_literals.integers(conversation_id for conversation_id, _, _ in batch.positions),
                changes=array_literals.integers(change for _, change, _ in batch.positions),
                readers=_lines(readers for _, _, readers in batch.positions),
                left_conversation_ids=array_literals.integers(conversation_id for conversation_id, _ in batch.left),
                left_reader_ids=array_literals.integers(reader_id for _, reader_id in batch.left),
            )
        )

    async def forget(self, conversation_ids: Sequence[int]) -> None:
        """Every hash of these is removed: for what is shredded, in the same transaction."""
        await self._statements.run("forget_indexed", conversation_ids=array_literals.integers(conversation_ids))

    async def blocks(self, *, reader_id: int, before_id: int, limit: int) -> list[int]:
        """Those with messages of the reader before that one, newest first."""
        rows = await self._statements.many(
            "list_search_blocks", _Block, reader_id=reader_id, before_id=before_id, bits=BLOCK_BITS, limit=limit
        )
        return [row.block for row in rows]

    async def candidates(
        self,
        lines: Iterable[Iterable[Sequence[int]]],
        certain: Iterable[Sequence[int]],
        *,
        viewer_id: int,
        kinds: Collection[str],
        before_id: int,
        limit: int,
    ) -> list[Candidate]:
        """Messages that hold one hash of each line, newest first.

        A line has the hashes of each block, in the order of the blocks, newest first; so has `certain`.
        """
        return await self._statements.many(
            "list_search_candidates",
            Candidate,
            viewer_id=viewer_id,
            kinds=list(kinds),
            lines=f"{{{','.join(map(_lines, lines))}}}",
            certain=_lines(certain),
            before_id=before_id,
            entries=limit,
        )

    async def found(self, message_ids: Sequence[int], *, viewer_id: int, kinds: Collection[str]) -> list[MessageRow]:
        """Of these, what a current participant may read, newest first."""
        return await self._statements.many(
            "list_found_messages",
            MessageRow,
            viewer_id=viewer_id,
            kinds=list(kinds),
            message_ids=array_literals.integers(message_ids),
        )


def _lines(rows: Iterable[Sequence[int]]) -> str:
    """An array of arrays of different lengths, which PostgreSQL has not: texts that are cast."""
    return array_literals.texts(array_literals.integers(row) for row in rows)
