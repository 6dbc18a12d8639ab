"""Keeps the blind index up with the conversations, each followed by its position: the last change that was indexed.

Nothing is remembered but what the database holds, so that whoever takes over goes on where the last one stopped. A batch
stores its hashes and positions together, or, when the lease went to somebody else, nothing.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID, uuid4

from repositories.search import IndexBatch, IndexState, MessageToIndex
from services.ports import Clock, UnitOfWork
from services.search_secret import SearchSecret
from services.search_terms import block_of, conversation_term
from services.search_words import index_terms
from services.security_ports import ContentCipher, ContentDamaged, MasterKeyMissing

LEASE_SECONDS = 15.0
RENEW_SECONDS = LEASE_SECONDS / 3
MESSAGES_AT_ONCE = 200
CONVERSATIONS_AT_ONCE = 100
# Ids of conversations that one look goes over for what is behind.
WINDOW = 2_000
# The event loop is given back after so long.
SLICE_SECONDS = 0.002

# Told how long was worked; waits as long as it seems fit before more is done.
Rest = Callable[[float], Awaitable[None]]


class SearchIndexer:
    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        cipher: ContentCipher,
        secret: SearchSecret,
        rest: Rest,
        clock: Clock = time.perf_counter,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._cipher = cipher
        self._secret = secret
        self._rest = rest
        self._clock = clock
        self._holder: UUID = uuid4()
        self._led_at = 0.0
        self.indexed = 0
        self.unreadable = 0

    async def lead(self) -> bool:
        """Whether this process indexes now: one of all nodes does. Asked again before LEASE_SECONDS are over."""
        self._led_at = self._clock()
        async with self._unit_of_work.transaction() as repositories:
            return await repositories.search.take_lease(holder=self._holder, seconds=LEASE_SECONDS)

    async def retire(self) -> None:
        """Another one need not wait for the lease to end."""
        async with self._unit_of_work.transaction() as repositories:
            await repositories.search.leave_lease(holder=self._holder)

    async def last_conversation_id(self) -> int:
        async with self._unit_of_work.reading() as repositories:
            return await repositories.search.last_conversation_id()

    async def behind(self, after_id: int) -> list[int]:
        """Of the WINDOW conversations after that id, those that changed since they were indexed."""
        began = self._clock()
        async with self._unit_of_work.reading() as repositories:
            found = await repositories.search.unindexed(after_id=after_id, up_to_id=after_id + WINDOW)
        await self._rest(self._clock() - began)
        return found

    async def index(self, conversation_ids: Sequence[int]) -> set[int]:
        """One batch; returns what of it is not done yet. Raises LeaseLost, StorageUnavailable."""
        began = self._clock()
        async with self._unit_of_work.reading() as repositories:
            states = await repositories.search.states(conversation_ids)
            positions = [(state.conversation_id, _start(state)) for state in states]
            messages = await repositories.search.messages_after(positions, limit=MESSAGES_AT_ONCE)
        await self._rest(self._clock() - began)
        batch, left_over = IndexBatch(), set[int]()
        by_conversation: dict[int, list[MessageToIndex]] = {}
        for message in messages:
            by_conversation.setdefault(message.conversation_id, []).append(message)
        # When the page is full its last conversation may go on, and those after it were not looked at.
        cut_at = messages[-1].conversation_id if len(messages) == MESSAGES_AT_ONCE else None
        for state in states:
            if cut_at is not None and state.conversation_id > cut_at:
                left_over.add(state.conversation_id)
                continue
            found = by_conversation.get(state.conversation_id, [])
            await self._hash(state, found, batch)
            reached = found[-1].change if found else 0
            if state.conversation_id == cut_at:
                left_over.add(cut_at)
            else:
                reached = max(reached, state.last_change)
            batch.positions.append((state.conversation_id, reached, state.readers))
        await self._store(batch)
        self.indexed += len(messages) - len(batch.gone)
        return left_over

    async def _hash(self, state: IndexState, messages: Sequence[MessageToIndex], batch: IndexBatch) -> None:
        batch.left += [
            (state.conversation_id, reader) for reader in state.indexed_readers if reader not in state.readers
        ]
        readers = [(reader_id, await self._secret.hashes(reader_id)) for reader_id in state.readers]
        began = self._clock()
        for message in messages:
            terms = self._terms(state, message)
            if not terms:
                batch.gone.append(message.id)
                continue
            block = block_of(message.id)
            batch.entries += [(message.id, reader_id, hashes.of(block, terms)) for reader_id, hashes in readers]
            if (worked := self._clock() - began) > SLICE_SECONDS:
                await self._pause(worked)
                began = self._clock()
        await self._pause(self._clock() - began)

    async def _pause(self, worked: float) -> None:
        """In a storm of messages the lease could end while a batch rests, and the batch would be lost each time."""
        await self._rest(worked)
        if self._clock() - self._led_at > RENEW_SECONDS:
            await self._keep_leading()

    async def _keep_leading(self) -> None:
        self._led_at = self._clock()
        async with self._unit_of_work.transaction() as repositories:
            if not await repositories.search.keep_lease(holder=self._holder, seconds=LEASE_SECONDS):
                raise LeaseLost

    def _terms(self, state: IndexState, message: MessageToIndex) -> set[bytes]:
        """None at all for what nobody can find: deleted, of the system, without words, or not to be opened."""
        if not message.searchable:
            return set()
        try:
            text = self._cipher.decrypt(
                self._cipher.unwrap(state.key_id, state.data_key),
                message.content,
                conversation_id=message.conversation_id,
                sender_id=message.sender_id,
                message_key=message.message_key,
                version=message.version,
            )
        except (ContentDamaged, MasterKeyMissing):
            self.unreadable += 1
            return set()
        terms = index_terms(text)
        return terms | {conversation_term(message.conversation_id)} if terms else terms

    async def _store(self, batch: IndexBatch) -> None:
        began = self._clock()
        async with self._unit_of_work.transaction() as repositories:
            kept = await repositories.search.store(batch, holder=self._holder, seconds=LEASE_SECONDS)
        await self._rest(self._clock() - began)
        if not kept:
            raise LeaseLost


class LeaseLost(Exception):
    """Another process indexes now; nothing of the batch was stored."""


def _start(state: IndexState) -> int:
    """From the beginning for who has come, since nothing says how far it was indexed for them."""
    return state.change if set(state.readers) <= set(state.indexed_readers) else 0
