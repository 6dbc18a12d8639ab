"""Answers come in their turn, whoever else is refused, lost or gives up. The loop has rest when nobody waits for what comes."""

import asyncio
import select
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from repositories import binary_arrays
from repositories.link import Link
from tests.support.postgres import ScratchDatabase, connected

STATEMENTS = {
    "backend_after_a_while": "SELECT pg_backend_pid() FROM pg_sleep(0.05)",
    "one": "SELECT 1",
    "sleep": "SELECT pg_sleep(60)",
    "length": "SELECT octet_length(blob) FROM unnest($1::bytea[]) AS blob",
    "arrays": "SELECT $1::bigint[], $2::boolean[], $3::uuid[], $4::uuid[], $5::bytea[], $6::text[]",
    "lock": "SELECT pg_advisory_xact_lock(1)",
    "note": "SELECT set_config('application_name', 'done', false)",
    "refused": "SELECT 1 / count(*) FROM pg_class WHERE false",
}


async def opened(database: ScratchDatabase, *, answer_seconds: float = 5.0) -> Link:
    return await Link.open(
        database.owner_url, options="", application_name="test", answer_seconds=answer_seconds, prepared=STATEMENTS
    )


async def number_of(link: Link) -> tuple[int, int]:
    """Its socket and its backend, by an answer that has to be waited for."""
    [(backend,)] = await link.rows("backend_after_a_while", [])
    assert link._watched is not None, "the next answer is heard without watching anew"
    return link._watched, backend


@contextmanager
def held(database: ScratchDatabase) -> Iterator[Any]:
    """What "lock" waits for, until the cursor rolls back."""
    with connected(database.owner_url) as cursor:
        cursor.execute("BEGIN; SELECT pg_advisory_xact_lock(1)")
        yield cursor


def asked(link: Link, *names: str) -> list["asyncio.Task[list[tuple[Any, ...]]]"]:
    return [asyncio.create_task(link.rows(name, [])) for name in names]


async def waits_for_lock(database: ScratchDatabase) -> None:
    with connected(database.owner_url) as cursor:
        while True:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
            if cursor.fetchone() is not None:
                return
            await asyncio.sleep(0.01)


async def test_what_is_asked_meanwhile_is_done_without_waiting_for_us(clean_database: ScratchDatabase) -> None:
    link = await opened(clean_database)
    with held(clean_database) as cursor, connected(clean_database.owner_url) as looking:
        first, second = asked(link, "lock", "note")
        await waits_for_lock(clean_database)
        cursor.execute("ROLLBACK")
        # The event loop stands still here, so nobody has heard of the first answer.
        looking.execute("SET statement_timeout = '5s'")
        done = False
        while not done:
            looking.execute("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'done')")
            [done] = looking.fetchone()
        assert not first.done()
    assert [len(await first), await second] == [1, [("done",)]]
    assert await link.rows("one", []) == [(1,)]
    link.close()


async def test_one_that_is_refused_fails_alone(clean_database: ScratchDatabase) -> None:
    link = await opened(clean_database)
    first, second, third = asked(link, "one", "refused", "backend_after_a_while")
    assert await first == [(1,)]
    with pytest.raises(psycopg.errors.DivisionByZero):
        await second
    assert len(await third) == 1
    link.close()


async def test_nobody_gets_the_answer_of_one_that_took_too_long(clean_database: ScratchDatabase) -> None:
    link = await opened(clean_database)
    loop = asyncio.get_running_loop()
    with held(clean_database) as cursor:
        link._answer_seconds = 0.2
        [first] = asked(link, "lock")
        await waits_for_lock(clean_database)
        link._answer_seconds = 60
        [second] = asked(link, "one")
        began = loop.time()
        with pytest.raises(TimeoutError):
            await first
        with pytest.raises(psycopg.OperationalError):
            await second
        assert loop.time() - began < 5
        cursor.execute("ROLLBACK")
    assert link.closed


async def test_all_that_wait_learn_at_once_that_it_was_closed(clean_database: ScratchDatabase) -> None:
    link = await opened(clean_database, answer_seconds=60)
    with held(clean_database) as cursor:
        waiting = asked(link, "lock", "one")
        await waits_for_lock(clean_database)
        link.close()
        outcomes = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 5)
        cursor.execute("ROLLBACK")
    assert [type(outcome) for outcome in outcomes] == [psycopg.OperationalError] * 2


async def test_all_that_wait_learn_at_once_that_it_was_lost(clean_database: ScratchDatabase) -> None:
    link = await opened(clean_database, answer_seconds=60)
    _, backend = await number_of(link)
    with held(clean_database) as cursor:
        waiting = asked(link, "lock", "one")
        await waits_for_lock(clean_database)
        with connected(clean_database.owner_url) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))
        outcomes = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 5)
        cursor.execute("ROLLBACK")
    assert [type(outcome) for outcome in outcomes] == [psycopg.errors.AdminShutdown, psycopg.OperationalError]
    assert link.closed


async def test_who_gives_up_waiting_takes_all_with_him(clean_database: ScratchDatabase) -> None:
    """His answer is still to come, and would be taken for another one's."""
    link = await opened(clean_database, answer_seconds=60)
    with held(clean_database) as cursor:
        waiting = asked(link, "lock", "one", "backend_after_a_while")
        await waits_for_lock(clean_database)
        waiting[1].cancel()
        outcomes = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 5)
        cursor.execute("ROLLBACK")
    lost = psycopg.OperationalError
    assert [type(outcome) for outcome in outcomes] == [lost, asyncio.CancelledError, lost]


async def test_more_than_a_socket_takes_waits_behind_what_was_asked_before(clean_database: ScratchDatabase) -> None:
    link = await opened(clean_database)
    with held(clean_database) as cursor:
        [first] = asked(link, "lock")
        await waits_for_lock(clean_database)
        second = asyncio.create_task(link.rows("length", [binary_arrays.blobs([b"x" * 20_000_000])]))
        [third] = asked(link, "one")
        await asyncio.sleep(0)
        cursor.execute("ROLLBACK")
    assert [len(await first), await second, await third] == [1, [(20_000_000,)], [(1,)]]
    link.close()


async def test_one_that_ends_while_nobody_waits_is_not_told_of_for_ever(clean_database: ScratchDatabase) -> None:
    link = await opened(clean_database)
    number, backend = await number_of(link)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))
    assert select.select([number], [], [], 5)[0], "there is something to read"
    loop = asyncio.get_running_loop()
    turns = 0
    while link._watched is not None:
        turns += 1
        assert turns < 100, "it is told of again and again"
        await asyncio.sleep(0.01)
    assert not loop.remove_reader(number)
    with pytest.raises(psycopg.Error):
        await link.rows("one", [])
    link.close()


async def test_a_number_that_libpq_gave_back_is_not_watched(clean_database: ScratchDatabase) -> None:
    """It is another one's soon."""
    link = await opened(clean_database)
    number, backend = await number_of(link)
    with pytest.raises(psycopg.Error):
        await link.execute(f"SELECT pg_terminate_backend({backend})")
    assert link._watched is None
    assert not asyncio.get_running_loop().remove_reader(number)
    link.close()


async def test_what_takes_too_long_leaves_nothing_behind(clean_database: ScratchDatabase) -> None:
    link = await opened(clean_database)
    number, _ = await number_of(link)
    link._answer_seconds = 0.05
    with pytest.raises(TimeoutError):
        await link.rows("sleep", [])
    assert link.closed
    assert not asyncio.get_running_loop().remove_reader(number)


async def test_arrays_go_and_come_as_they_are(clean_database: ScratchDatabase) -> None:
    link = await opened(clean_database)
    ids = [uuid.uuid4(), None, uuid.UUID(int=0)]
    [row] = await link.rows(
        "arrays",
        [
            binary_arrays.integers([1, None, -1, 2**63 - 1, -(2**63)]),
            binary_arrays.booleans([True, False]),
            binary_arrays.uuids(ids),
            binary_arrays.uuid_bytes([uuid.UUID(int=7).bytes]),
            binary_arrays.blobs([b"", b"\x00\xff", b"x" * 70_000]),
            binary_arrays.texts(["", None, "é, {\"\\'}", "NULL", "🩺"]),
        ],
    )
    assert row == (
        [1, None, -1, 2**63 - 1, -(2**63)],
        [True, False],
        ids,
        [uuid.UUID(int=7)],
        [b"", b"\x00\xff", b"x" * 70_000],
        ["", None, "é, {\"\\'}", "NULL", "🩺"],
    )
    [row] = await link.rows("arrays", [binary_arrays.integers([]), *[None] * 5])
    assert row == ([], None, None, None, None, None)
    link.close()


async def test_more_than_a_socket_takes_at_once_gets_there(clean_database: ScratchDatabase) -> None:
    link = await opened(clean_database)
    sizes = [20_000_000, 1, 0]
    rows = await link.rows("length", [binary_arrays.blobs([b"x" * size for size in sizes])])
    assert [size for (size,) in rows] == sizes
    await number_of(link)
    link.close()


async def test_a_refusal_is_told_whole_and_the_link_can_go_on(clean_database: ScratchDatabase) -> None:
    link = await opened(clean_database)
    with pytest.raises(psycopg.errors.DivisionByZero):
        await link.execute("SELECT 1 / (n - 900) FROM generate_series(1, 1000) AS n")
    assert not link.closed
    assert await link.rows("one", []) == [(1,)]
    link.close()
    assert link.closed


async def test_who_is_sent_away_is_told_why(clean_database: ScratchDatabase) -> None:
    """Not only that the connection is gone, which is what comes next."""
    link = await opened(clean_database)
    _, backend = await number_of(link)
    with pytest.raises(psycopg.errors.AdminShutdown):
        await link.execute(f"SELECT pg_terminate_backend({backend})")
    assert link.closed
    link.close()


async def test_who_cannot_log_in_is_told_why(clean_database: ScratchDatabase) -> None:
    with pytest.raises(psycopg.OperationalError, match="nobody"):
        await Link.open(
            make_conninfo(clean_database.owner_url, user="nobody", password="x"),
            options="",
            application_name="test",
            answer_seconds=5.0,
        )


async def test_what_is_notified_between_answers_is_kept(clean_database: ScratchDatabase) -> None:
    link = await opened(clean_database)
    await link.listen('a "channel": é')
    with connected(clean_database.owner_url) as cursor:
        for n in range(3):
            cursor.execute("SELECT pg_notify(%s, %s)", ('a "channel": é', f"é{n}"))
    await number_of(link)  # an answer, with which some or all of them came
    assert [await link.notification(5) for _ in range(3)] == [f"é{n}".encode() for n in range(3)]
    assert await link.notification(0.01) is None
    link.close()
