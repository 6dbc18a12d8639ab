"""Background work on several nodes: one does it, and another goes on where it was killed."""

import asyncio
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from repositories.unit_of_work import Database
from server.jobs import JobRunner
from server.settings import Settings
from services.jobs import Job, Jobs
from tests.support.postgres import ScratchDatabase, connected
from tests.support.processes import ROOT

LEASE = 1.0
STEPS = 40
PATIENCE = 30.0


def jobs(database: Database) -> Jobs:
    return Jobs(unit_of_work=database, owner=uuid4(), lease_seconds=LEASE)


class Counting:
    """Counts to `top`, a step a number."""

    def __init__(self, top: int, *, interval: float = 3600.0) -> None:
        self.steps: list[str | None] = []
        self.reached = asyncio.Event()
        self._top = top
        self.job = Job("count", interval, self._step)

    async def _step(self, bookmark: str | None) -> str | None:
        self.steps.append(bookmark)
        self.reached.set()
        number = int(bookmark or 0) + 1
        return str(number) if number < self._top else None


async def test_once_and_not_again_before_it_is_due(database: Database, second_database: Database) -> None:
    counting = Counting(3)
    here, there = jobs(database), jobs(second_database)
    assert await here.run_if_due(counting.job) is True
    assert await here.run_if_due(counting.job) is False
    assert await there.run_if_due(counting.job) is False
    assert counting.steps == [None, "1", "2"]


async def test_again_when_the_interval_is_over(database: Database) -> None:
    counting = Counting(1, interval=0.0)
    assert [await jobs(database).run_if_due(counting.job) for _ in range(3)] == [True] * 3


async def test_of_many_that_look_at_the_same_time_one_gets_it(database: Database, second_database: Database) -> None:
    counting = Counting(2)
    nodes = [jobs(where) for where in (database, second_database) * 5]
    assert sum(await asyncio.gather(*[node.run_if_due(counting.job) for node in nodes])) == 1
    assert counting.steps == [None, "1"]


async def test_who_failed_leaves_it_to_the_next_at_the_bookmark(database: Database, second_database: Database) -> None:
    async def broken(bookmark: str | None) -> str | None:
        if bookmark == "1":
            raise RuntimeError("the second step fails")
        return "1"

    with pytest.raises(RuntimeError, match="second step"):
        await jobs(database).run_if_due(Job("count", 3600.0, broken))
    counting = Counting(3)
    assert await jobs(second_database).run_if_due(counting.job) is True
    assert counting.steps == ["1", "2"]


async def test_who_slept_through_the_lease_stops_when_another_has_it(
    database: Database, second_database: Database, clean_database: ScratchDatabase
) -> None:
    asleep, taken = asyncio.Event(), asyncio.Event()

    async def slow(bookmark: str | None) -> str | None:
        asleep.set()
        await taken.wait()
        return "1"

    late = asyncio.create_task(jobs(database).run_if_due(Job("count", 3600.0, slow)))
    await asleep.wait()
    counting = Counting(2)
    assert await jobs(second_database).run_if_due(counting.job) is False
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE jobs SET lease_until = clock_timestamp() - interval '1 ms'")
    assert await jobs(second_database).run_if_due(counting.job) is True
    taken.set()
    assert await late is False
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT owner, bookmark, due_at > now() FROM jobs")
        assert cursor.fetchone() == (None, None, True)


async def test_a_node_that_stops_frees_what_it_was_at(database: Database, clean_database: ScratchDatabase) -> None:
    forever, reached = asyncio.Event(), asyncio.Event()

    async def endless(bookmark: str | None) -> str | None:
        if bookmark == "5":
            reached.set()
            await forever.wait()
        return str(int(bookmark or 0) + 1)

    settings = Settings(job_seconds=0.01, job_lease_seconds=600.0)
    runner = JobRunner(settings, unit_of_work=database, jobs=[Job("count", 3600.0, endless)])
    runner.start()
    await reached.wait()
    await runner.close()
    counting = Counting(7)
    assert await jobs(database).run_if_due(counting.job) is True
    assert counting.steps == ["5", "6"]


async def test_a_job_that_fails_is_tried_again_and_stops_no_other(database: Database) -> None:
    tries, other = [], Counting(1)
    again = asyncio.Event()

    async def broken(bookmark: str | None) -> str | None:
        tries.append(bookmark)
        if len(tries) == 3:
            again.set()
        raise RuntimeError("it fails")

    jobs_of_node = [Job("broken", 0.0, broken), other.job]
    runner = JobRunner(Settings(job_seconds=0.01), unit_of_work=database, jobs=jobs_of_node)
    runner.start()
    await again.wait()
    await other.reached.wait()
    await runner.close()
    assert len(tries) >= 3


async def test_a_node_can_be_told_to_do_none_of_it(database: Database) -> None:
    counting = Counting(1)
    runner = JobRunner(Settings(job_seconds=0.0), unit_of_work=database, jobs=[counting.job])
    runner.start()
    await runner.close()
    assert await jobs(database).run_if_due(counting.job) is True
    assert counting.steps == [None]


@contextmanager
def node(url: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that prints the number of each step that it does, and ends when the job has been done by whomever."""
    command = [sys.executable, "-m", "tests.support.job_node", url, str(LEASE), str(STEPS)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_of_two_processes_one_works_and_the_other_goes_on_when_it_is_killed(clean_database: ScratchDatabase) -> None:
    with node(clean_database.server_url) as first, node(clean_database.server_url) as second:
        assert first.stdout is not None
        assert second.stdout is not None
        [busy], _, _ = select.select([first.stdout, second.stdout], [], [], PATIENCE)
        worker, other = (first, second) if busy is first.stdout else (second, first)
        assert worker.stdout is not None
        assert other.stdout is not None
        done = [worker.stdout.readline() for _ in range(5)]
        worker.kill()
        done += worker.stdout.readlines()
        before = [int(line) for line in done if line.endswith("\n")]
        after = [int(line) for line in other.stdout.readlines()]
        assert other.wait(PATIENCE) == 0
    assert before == list(range(len(before)))
    assert len(before) < STEPS
    # A step whose end nobody has written down is done again; none is left out.
    assert after[0] in (before[-1], before[-1] + 1)
    assert after == list(range(after[0], STEPS))
