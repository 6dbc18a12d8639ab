"""A connection stays watched between two answers, and the loop has rest when nobody waits for what comes."""

import asyncio
import select
import uuid

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
    link._answer_seconds = 0.05
    with pytest.raises(TimeoutError):
        await link.rows("sleep", [])
    number = link._watched
    assert number is not None
    link.close()
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
        await link.execute("SELECT 1; SELECT 1 / 0; SELECT 2")
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
