"""Wrapped data keys, as rotation sees them: which master key wraps what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from repositories.statements import Statements

# By holder of view wrapped_keys: how its rows are listed and replaced. A new holder adds a line here, and itself to the view.
_QUERIES: Final = {
    "contexts": ("list_wrapped_contexts", "replace_wrapped_contexts"),
    "conversations": ("list_wrapped_conversations", "replace_wrapped_conversations"),
    "erasures": ("list_wrapped_erasures", "replace_wrapped_erasures"),
    "person_archives": ("list_wrapped_person_archives", "replace_wrapped_person_archives"),
    "search_secrets": ("list_wrapped_search_secrets", "replace_wrapped_search_secrets"),
}


@dataclass(frozen=True, slots=True)
class KeyUse:
    """`rows` of `holder` are wrapped under this key."""

    holder: str
    key_id: str
    rows: int


@dataclass(frozen=True, slots=True)
class WrappedRow:
    id: int
    data_key: bytes


class KeyRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def uses(self) -> list[KeyUse]:
        return await self._statements.many("count_wrapped", KeyUse)

    async def is_wrapping(self, *, key_id: str) -> bool:
        return bool(await self._statements.value("is_wrapping", key_id=key_id))

    async def wrapped(self, holder: str, *, key_id: str, after_id: int, limit: int) -> list[WrappedRow]:
        listing, _ = _QUERIES[holder]
        return await self._statements.many(listing, WrappedRow, key_id=key_id, after_id=after_id, limit=limit)

    async def replace(
        self, holder: str, rows: Sequence[WrappedRow], *, old_key_id: str, new_key_id: str, new_keys: Sequence[bytes]
    ) -> int:
        """How many still were as they had been read; the others are somebody else's work."""
        _, replacing = _QUERIES[holder]
        return await self._statements.run(
            replacing,
            ids=[row.id for row in rows],
            old_key_id=old_key_id,
            old_keys=[row.data_key for row in rows],
            new_key_id=new_key_id,
            new_keys=list(new_keys),
        )
