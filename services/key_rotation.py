"""Wraps data keys anew under the current master key, while everything runs. What they seal is not touched.

What is left to do is in the rows themselves: a run that was cut off is gone on with by starting it again, and several at once
share the work.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from repositories.keys import KeyUse, WrappedRow
from services.ports import UnitOfWork
from services.security_ports import ContentCipher, MasterKeyService
from services.unreadable import DOES_NOT_OPEN

BATCH = 200


@dataclass(frozen=True, slots=True)
class KeyState:
    """`known`: this process can unwrap with it. `wraps`: how many of what."""

    key_id: str
    current: bool
    known: bool
    wraps: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Unopened:
    """A row whose data key does not open: it was changed, or its master key is missing."""

    holder: str
    id: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Data keys wrapped anew by this run, and those that other keys wrap still; `unopened` are among these."""

    done: int
    left: int
    unopened: tuple[Unopened, ...] = ()


class KeyRotation:
    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        cipher: ContentCipher,
        master_keys: MasterKeyService,
        batch: int = BATCH,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._cipher = cipher
        self._master_keys = master_keys
        self._batch = batch

    async def states(self) -> list[KeyState]:
        """The current key first, then those that are at hand, then those that are missing. Raises StorageUnavailable."""
        wraps: dict[str, dict[str, int]] = {}
        for use in await self._uses():
            wraps.setdefault(use.key_id, {})[use.holder] = use.rows
        current = self._master_keys.current_id
        others = [key_id for key_id in self._master_keys.ids if key_id != current]
        missing = sorted(set(wraps) - set(self._master_keys.ids))
        return [
            KeyState(key_id, key_id == current, key_id not in missing, wraps.get(key_id, {}))
            for key_id in (current, *others, *missing)
        ]

    async def rotate(self) -> AsyncIterator[Progress]:
        """At the beginning and after each batch; at the end `left` is counted anew. What does not open stays as it is, and
        keeps nothing else from being wrapped.

        Raises StorageUnavailable: what was done until then stays done.
        """
        others = [use for use in await self._uses() if use.key_id != self._master_keys.current_id]
        done, left = 0, sum(use.rows for use in others)
        unopened: tuple[Unopened, ...] = ()
        yield Progress(done, left)
        for use in others:
            async for wrapped, damaged in self._rewrap_all(use.holder, use.key_id):
                done, left, unopened = done + wrapped, max(0, left - wrapped), unopened + damaged
                yield Progress(done, left, unopened)
        yield Progress(done, await self._left(), unopened)

    async def _rewrap_all(self, holder: str, key_id: str) -> AsyncIterator[tuple[int, tuple[Unopened, ...]]]:
        after = 0
        while True:
            async with self._unit_of_work.reading() as repositories:
                rows = await repositories.keys.wrapped(holder, key_id=key_id, after_id=after, limit=self._batch)
            if not rows:
                return
            after = rows[-1].id
            yield await self._rewrap(holder, key_id, rows)

    async def _rewrap(self, holder: str, key_id: str, rows: Sequence[WrappedRow]) -> tuple[int, tuple[Unopened, ...]]:
        """How many were wrapped, and those that do not open."""
        wrapped: list[tuple[WrappedRow, bytes]] = []
        unopened: list[Unopened] = []
        for row in rows:
            try:
                wrapped.append((row, self._cipher.rewrap(key_id, row.data_key).blob))
            except DOES_NOT_OPEN:
                unopened.append(Unopened(holder, row.id))
        if not wrapped:
            return 0, tuple(unopened)
        async with self._unit_of_work.transaction() as repositories:
            replaced = await repositories.keys.replace(
                holder,
                [row for row, _ in wrapped],
                old_key_id=key_id,
                new_key_id=self._master_keys.current_id,
                new_keys=[blob for _, blob in wrapped],
            )
        return replaced, tuple(unopened)

    async def _uses(self) -> list[KeyUse]:
        async with self._unit_of_work.reading() as repositories:
            return await repositories.keys.uses()

    async def _left(self) -> int:
        return sum(use.rows for use in await self._uses() if use.key_id != self._master_keys.current_id)
