"""Files of exports and archives that were never finished, or that nobody is to have any more: found by their tries."""

from dataclasses import dataclass

from services.exports import store_key as export_key
from services.file_ports import FileStore
from services.person_archives import store_key as person_key
from services.ports import UnitOfWork

AT_ONCE = 100
# So long after its beginning nobody writes to a try any more, whatever became of its node.
SETTLED_SECONDS = 24 * 3600.0
STORE_KEYS = {"export": export_key, "person": person_key}


@dataclass(frozen=True, slots=True)
class ArchiveTries:
    """Any number of nodes may collect at the same time: each step does no harm twice."""

    unit_of_work: UnitOfWork
    store: FileStore
    settled_seconds: float = SETTLED_SECONDS

    async def collect(self) -> None:
        """First the bytes, then the rows. Raises Unavailable, OSError."""
        left = AT_ONCE
        while left == AT_ONCE:
            left = await self._collect_some()

    async def _collect_some(self) -> int:
        async with self.unit_of_work.reading() as repositories:
            tries = await repositories.archive_tries.left(seconds=self.settled_seconds, limit=AT_ONCE)
        if not tries:
            return 0
        for each in tries:
            await self.store.delete(STORE_KEYS[each.kind](each.token))
        async with self.unit_of_work.transaction() as repositories:
            await repositories.archive_tries.sweep([each.token for each in tries], seconds=self.settled_seconds)
        return len(tries)
