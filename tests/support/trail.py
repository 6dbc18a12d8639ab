"""The trail as it stands in the database of a server under test."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from tests.support.postgres import connected

Found = TypeVar("Found")
TALLIED = ("message.send", "message.read", "message.delivered")
# Action, who, which conversation, with what result.
Access = tuple[str, int | None, int | None, str]


class TrailReader:
    def __init__(self, owner_url: str) -> None:
        self._url = owner_url
        self._after = self.last()

    def last(self) -> int:
        return int(self.rows("SELECT COALESCE(max(id), 0) FROM audit")[0][0])

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with connected(self._url) as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())

    def accesses(self) -> Counter[Access]:
        """What was noted since this reader was made; an entry that stands for several counts as often."""
        found: Counter[Access] = Counter()
        query = (
            "SELECT action, user_id, conversation_id, result, times, object_type, object_id FROM audit"
            " WHERE id > %s AND action <> 'audit.export'"
        )
        for action, user_id, conversation_id, result, times, kind, numbers in self.rows(query, self._after):
            many = len(numbers.split(",")) if kind == "seq" and action in TALLIED else 1
            found[action, user_id, conversation_id, result] += times * many
        return found

    async def until(self, expected: Counter[Access], *, patience: float = 10.0) -> Counter[Access]:
        """The accesses, once they are those, or once patience has ended."""
        return await self.poll(self.accesses, lambda found: found == expected, patience=patience)

    @staticmethod
    async def poll(read: Callable[[], Found], enough: Callable[[Found], bool], *, patience: float = 10.0) -> Found:
        end = time.monotonic() + patience
        while not enough(found := read()) and time.monotonic() < end:
            await asyncio.sleep(0.05)
        return found
