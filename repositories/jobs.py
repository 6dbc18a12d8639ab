"""Leases of background work: each job is done by one node at a time, and goes on elsewhere when that node dies."""

from dataclasses import dataclass
from uuid import UUID

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class Lease:
    """`bookmark`: where an earlier owner got to; None: the run begins."""

    bookmark: str | None


class JobRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def take(self, *, name: str, owner: UUID, seconds: float) -> Lease | None:
        """None: not due yet, or somebody has it."""
        return await self._statements.one("take_job", Lease, name=name, owner=owner, seconds=seconds)

    async def keep(self, *, name: str, owner: UUID, seconds: float, bookmark: str) -> bool:
        """False: the lease has ended."""
        kept = await self._statements.run("keep_job", name=name, owner=owner, seconds=seconds, bookmark=bookmark)
        return kept > 0

    async def finish(self, *, name: str, owner: UUID, again_in: float) -> None:
        await self._statements.run("finish_job", name=name, owner=owner, seconds=again_in)

    async def free(self, *, name: str, owner: UUID) -> None:
        await self._statements.run("free_job", name=name, owner=owner)
