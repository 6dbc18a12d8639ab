"""Leases of background work: each job is done by one node at a time, and goes on elsewhere when that node dies."""

import datetime
from dataclasses import dataclass
from uuid import UUID

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class Lease:
    """`bookmark`: where an earlier owner got to; None: the run begins."""

    bookmark: str | None


@dataclass(frozen=True, slots=True)
class JobRow:
    """`running`: some node is at it. `finished_at`: of the last run that came to its end."""

    running: bool
    started_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    due_at: datetime.datetime


class JobRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def take(self, *, name: str, owner: UUID, seconds: float) -> Lease | None:
        """None: not due yet, or somebody has it."""
        return await self._statements.one("take_job", Lease, name=name, owner=owner, seconds=seconds)

    async def find(self, *, name: str) -> JobRow | None:
        """None: it was never begun."""
        return await self._statements.one("find_job", JobRow, name=name)

    async def keep(self, *, name: str, owner: UUID, seconds: float, bookmark: str) -> bool:
        """False: the lease has ended."""
        kept = await self._statements.run("keep_job", name=name, owner=owner, seconds=seconds, bookmark=bookmark)
        return kept > 0

    async def finish(self, *, name: str, owner: UUID, again_in: float) -> None:
        await self._statements.run("finish_job", name=name, owner=owner, seconds=again_in)

    async def free(self, *, name: str, owner: UUID) -> None:
        await self._statements.run("free_job", name=name, owner=owner)
