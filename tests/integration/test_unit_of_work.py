"""What the driver does under faults, seen through the unit of work."""

import asyncio
import os
import signal

import pytest

from repositories.breaker import PAUSE_SECONDS, SILENCE_SECONDS
from repositories.errors import ConstraintViolated, OutcomeUnknown, StorageUnavailable
from repositories.unit_of_work import Database
from tests.support.postgres import ScratchDatabase, connected


def backends(database: ScratchDatabase) -> list[int]:
    with connected(database.owner_url) as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'colloque' AND datname = current_database()"
        )
        return [pid for (pid,) in cursor.fetchall()]


async def test_a_connection_that_died_while_idle_is_replaced(
    database: Database, clean_database: ScratchDatabase
) -> None:
    async with database.reading() as repositories:
        await repositories.instance.entries()
    for pid in backends(clean_database):
        os.kill(pid, signal.SIGTERM)
    async with database.transaction() as repositories:
        await repositories.instance.keep(key="a", value="b")
    async with database.reading() as repositories:
        assert await repositories.instance.entries() == {"a": "b"}


async def test_a_connection_that_dies_later_is_no_success(database: Database, clean_database: ScratchDatabase) -> None:
    with pytest.raises(StorageUnavailable):
        async with database.transaction() as repositories:
            await repositories.instance.keep(key="a", value="b")
            for pid in backends(clean_database):
                os.kill(pid, signal.SIGTERM)
            await repositories.instance.keep(key="c", value="d")
    async with database.reading() as repositories:
        assert await repositories.instance.entries() == {}


async def test_a_lost_answer_to_commit_is_said(database: Database, clean_database: ScratchDatabase) -> None:
    doubts: list[bool] = []
    database.in_doubt = lambda: doubts.append(True)
    with pytest.raises(OutcomeUnknown):
        async with database.transaction() as repositories:
            await repositories.instance.keep(key="a", value="b")
            for pid in backends(clean_database):
                os.kill(pid, signal.SIGTERM)
    assert doubts == [True]


async def test_what_fails_inside_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(LookupError):
        async with database.transaction() as repositories:
            await repositories.instance.keep(key="a", value="b")
            raise LookupError
    async with database.reading() as repositories:
        assert await repositories.instance.entries() == {}


async def test_a_statement_timeout_is_no_cancellation(database: Database, clean_database: ScratchDatabase) -> None:
    """stack-facts: aiopg says CancelledError when the database cancelled the statement; nobody cancelled this task."""
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE instance")
        with pytest.raises(StorageUnavailable):
            async with database.reading() as repositories:
                await repositories.instance.entries()
        cursor.execute("ROLLBACK")
    async with database.reading() as repositories:
        assert await repositories.instance.entries() == {}


async def test_a_task_that_is_cancelled_stays_cancelled(database: Database, clean_database: ScratchDatabase) -> None:
    async def wait_for_lock() -> None:
        async with database.reading() as repositories:
            await repositories.instance.entries()

    with connected(clean_database.owner_url) as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE instance")
        task = asyncio.create_task(wait_for_lock())
        while not backends(clean_database):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_full_pool_says_so_in_time(clean_database: ScratchDatabase) -> None:
    small = Database(url=clean_database.server_url, pool_size=1, patience=0.3, observe=lambda name, seconds: None)
    await small.open()
    assert small._pool is not None
    held = await small._pool.acquire()
    with pytest.raises(StorageUnavailable):
        async with small.reading() as waiting:
            await waiting.instance.entries()
    small._pool.release(held)
    await small.close()


async def test_a_refused_row_names_its_constraint(database: Database) -> None:
    with pytest.raises(ConstraintViolated) as caught:
        async with database.transaction() as repositories:
            await repositories.seeding.links([(1, 2)])
    assert caught.value.constraint == "care_links_patient_fkey"


async def test_before_it_is_open_it_is_away(clean_database: ScratchDatabase) -> None:
    closed = Database(url=clean_database.server_url, pool_size=1, patience=0.3, observe=lambda name, seconds: None)
    with pytest.raises(StorageUnavailable):
        async with closed.reading():
            pass
    assert closed.pool_size == (0, 0)


async def test_a_queue_for_connections_is_no_outage(clean_database: ScratchDatabase) -> None:
    """Those who wait longer than `patience` for their turn are served all the same while others are answered."""
    small = Database(url=clean_database.server_url, pool_size=1, patience=0.4, observe=lambda name, seconds: None)
    await small.open()

    async def visit() -> None:
        async with small.reading() as repositories:
            await repositories.instance.entries()
            await asyncio.sleep(0.03)

    await asyncio.gather(*(visit() for _ in range(40)))
    await small.close()


async def visit(database: Database) -> None:
    async with database.reading() as repositories:
        await repositories.instance.entries()


async def test_when_nobody_is_answered_nobody_waits_in_turn(clean_database: ScratchDatabase) -> None:
    small = Database(url=clean_database.server_url, pool_size=1, patience=0.3, observe=lambda name, seconds: None)
    await small.open()

    with connected(clean_database.owner_url) as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE instance")
        started = asyncio.get_running_loop().time()
        outcomes = await asyncio.gather(*(visit(small) for _ in range(20)), return_exceptions=True)
        assert all(isinstance(outcome, StorageUnavailable) for outcome in outcomes)
        assert asyncio.get_running_loop().time() - started < 1
        cursor.execute("ROLLBACK")
    await asyncio.sleep(PAUSE_SECONDS)
    await visit(small)
    await small.close()


async def test_what_was_answered_in_the_moment_before_proves_nothing(clean_database: ScratchDatabase) -> None:
    """Else each of those who come after would wait in turn for a database that has frozen."""
    patience = SILENCE_SECONDS + 0.2
    small = Database(url=clean_database.server_url, pool_size=2, patience=patience, observe=lambda name, seconds: None)
    await small.open()

    with connected(clean_database.owner_url) as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE instance")
        frozen_for = asyncio.create_task(visit(small))
        await asyncio.sleep(0)
        async with small.reading() as repositories:
            await repositories.users.find(user_id=1)
        with pytest.raises(StorageUnavailable):
            await frozen_for
        with pytest.raises(StorageUnavailable, match="a moment ago"):
            await visit(small)
        cursor.execute("ROLLBACK")
    await small.close()
