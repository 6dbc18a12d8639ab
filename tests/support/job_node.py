"""A node that has nothing to do but one slow job: `python -m tests.support.job_node URL LEASE STEPS`."""

import asyncio
import sys
from typing import Any

from repositories.unit_of_work import Database
from server.jobs import JobRunner
from server.observability.logging import configure_logging
from server.settings import Settings
from services.jobs import Job
from tests.support.postgres import connected

STEP_SECONDS = 0.02


async def main(url: str, lease: float, steps: int) -> None:
    database = Database(url=url, pool_size=2, patience=2.5, observe=lambda name, seconds: None)
    await database.open()

    async def step(bookmark: str | None) -> str | None:
        number = int(bookmark or 0)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        await asyncio.sleep(STEP_SECONDS)
        return str(number + 1) if number + 1 < steps else None

    settings = Settings(job_seconds=0.05, job_lease_seconds=lease)
    runner = JobRunner(settings, unit_of_work=database, jobs=[Job("slow", 3600.0, step)])
    runner.start()
    with connected(url) as cursor:
        while not _done(cursor):
            await asyncio.sleep(STEP_SECONDS)
    await runner.close()
    await database.close()


def _done(cursor: Any) -> bool:
    cursor.execute("SELECT FROM jobs WHERE finished_at IS NOT NULL")
    return cursor.fetchone() is not None


if __name__ == "__main__":
    configure_logging("json", "INFO")  # to standard error
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
