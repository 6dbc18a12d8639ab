"""Work that nobody waits for, done by one node at a time: piece by piece, so that another one can go on where a node died."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from services.ports import UnitOfWork

# Does one piece from where the bookmark says (None: the beginning). Returns the bookmark of the next one, None: all is done.
Step = Callable[[str | None], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Job:
    """A step must do no harm when it is done twice, and end well before the lease does. A bookmark holds ids, never content."""

    name: str
    interval_seconds: float
    step: Step


class Jobs:
    """`owner` is this node. `lease_seconds`: after so long without a step done, a node is taken for dead."""

    def __init__(self, *, unit_of_work: UnitOfWork, owner: UUID, lease_seconds: float) -> None:
        self._unit_of_work = unit_of_work
        self._owner = owner
        self._lease_seconds = lease_seconds
        self._held: set[str] = set()

    async def run_if_due(self, job: Job) -> bool:
        """False: not due, or another node is at it or took it over. Raises what the step raises; the bookmark stays."""
        # By far most looks find nothing to do. A statement of its own spares the COMMIT; a lease whose answer is lost ends.
        async with self._unit_of_work.reading() as repositories:
            lease = await repositories.jobs.take(name=job.name, owner=self._owner, seconds=self._lease_seconds)
        if lease is None:
            return False
        self._held.add(job.name)
        try:
            done = await self._run(job, lease.bookmark)
        except Exception:
            await self._free(job.name)
            raise
        self._held.discard(job.name)
        return done

    async def free_all(self) -> None:
        """What was cut off in the middle: another node need not wait for the end of the lease. Raises StorageUnavailable."""
        for name in sorted(self._held):
            await self._free(name)

    async def _run(self, job: Job, bookmark: str | None) -> bool:
        while (bookmark := await job.step(bookmark)) is not None:
            async with self._unit_of_work.transaction() as repositories:
                kept = await repositories.jobs.keep(
                    name=job.name, owner=self._owner, seconds=self._lease_seconds, bookmark=bookmark
                )
            if not kept:
                return False
        async with self._unit_of_work.transaction() as repositories:
            await repositories.jobs.finish(name=job.name, owner=self._owner, again_in=job.interval_seconds)
        return True

    async def _free(self, name: str) -> None:
        """Nothing happens when it is not ours any more."""
        self._held.discard(name)
        async with self._unit_of_work.transaction() as repositories:
            await repositories.jobs.free(name=name, owner=self._owner)
