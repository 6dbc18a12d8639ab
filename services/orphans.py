"""Files that no message has: uploaded and never sent, left by a crash, or kept as evidence for long enough."""

from dataclasses import dataclass

from services.attachment_ports import Part
from services.attachment_reader import store_key
from services.file_ports import FileStore
from services.ports import UnitOfWork

LOOSE_SECONDS = 24 * 3600.0
EVIDENCE_SECONDS = 30 * 24 * 3600.0
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Orphans:
    """Any number of nodes may collect at the same time: each step does no harm twice."""

    unit_of_work: UnitOfWork
    store: FileStore
    loose_seconds: float = LOOSE_SECONDS
    evidence_seconds: float = EVIDENCE_SECONDS

    async def collect(self) -> int:
        """How many were removed. First nobody can attach them any more, then the bytes go, then the rows."""
        collected = 0
        while found := await self._collect_some():
            collected += found
            if found < AT_ONCE:
                break
        return collected

    async def _collect_some(self) -> int:
        async with self.unit_of_work.transaction() as repositories:
            doomed = await repositories.attachments.doom(
                loose_seconds=self.loose_seconds, evidence_seconds=self.evidence_seconds, limit=AT_ONCE
            )
        if not doomed:
            return 0
        for file in doomed:
            for part in Part:
                await self.store.delete(store_key(file.token, part))
        async with self.unit_of_work.transaction() as repositories:
            return await repositories.attachments.forget([file.id for file in doomed])
