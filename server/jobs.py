"""Looks now and then for background work that is due. Each job has a task of its own: a long one holds up no other."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from uuid import uuid4

import structlog

from repositories.errors import StorageUnavailable
from server.settings import Settings
from server.workforce import Workforce
from services.jobs import Job, Jobs
from services.ports import UnitOfWork
from services.retention import RETENTION_JOB
from services.tasks import end

ARCHIVE_SECONDS = 3600.0
RETENTION_SECONDS = 6 * 3600.0
RESPONSES_SECONDS = 900.0

log = structlog.get_logger(__name__)


def jobs_of(work: Workforce) -> list[Job]:
    """All there are. A new one adds a line here."""
    return [
        Job("archive", ARCHIVE_SECONDS, work.retention.archive_step),
        Job(RETENTION_JOB, RETENTION_SECONDS, work.retention.shred_step),
        Job("erasure", RETENTION_SECONDS, work.person_data.erasure.step),
        Job("mentor responses", RESPONSES_SECONDS, work.mentoring.responses.step),
    ]


class JobRunner:
    """With JOB_SECONDS 0 this node does none of it."""

    def __init__(self, settings: Settings, *, unit_of_work: UnitOfWork, jobs: Sequence[Job]) -> None:
        self._jobs = Jobs(unit_of_work=unit_of_work, owner=uuid4(), lease_seconds=settings.job_lease_seconds)
        self._all = jobs
        self._look_seconds = settings.job_seconds
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        if self._look_seconds:
            self._tasks = [asyncio.create_task(self._work(job), name=f"job {job.name}") for job in self._all]

    async def close(self) -> None:
        """What was under way is free for another node at once, unless the database is out of reach."""
        await end(self._tasks)
        with suppress(StorageUnavailable):
            await self._jobs.free_all()

    async def _work(self, job: Job) -> None:
        while True:
            await asyncio.sleep(self._look_seconds)
            try:
                if await self._jobs.run_if_due(job):
                    log.info("job_done", job=job.name)
            except StorageUnavailable:
                log.warning("job_postponed", job=job.name, why="database out of reach")
            except Exception:
                log.exception("job_failed", job=job.name)
