"""A connection stays watched between two answers, and the loop has rest when nobody waits for what comes."""

import asyncio
import select

import psycopg2
import pytest

from repositories.link import Link
from tests.support.postgres import ScratchDatabase, connected


async def opened(database: ScratchDatabase) -> Link:
    return await Link.open(database.owner_url, options="", application_name="test", answer_seconds=5.0)


async def number_of(link: Link) -> tuple[int, int]:
    """Its socket and its backend, by an answer that has to be waited for."""
    [(backend,)] = await link.rows("SELECT pg_backend_pid() FROM pg_sleep(0.05)", {})
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
    with pytest.raises(psycopg2.Error):
        await link.rows("SELECT 1", {})
    link.close()


async def test_a_number_that_libpq_gave_back_is_not_watched(clean_database: ScratchDatabase) -> None:
    """It is another one's soon."""
    link = await opened(clean_database)
    number, backend = await number_of(link)
    with pytest.raises(psycopg2.Error):
        await link.rows("SELECT pg_terminate_backend(%(backend)s)", {"backend": backend})
    assert link._watched is None
    assert not asyncio.get_running_loop().remove_reader(number)
    link.close()


async def test_what_takes_too_long_leaves_nothing_behind(clean_database: ScratchDatabase) -> None:
    link = await Link.open(clean_database.owner_url, options="", application_name="test", answer_seconds=0.05)
    with pytest.raises(TimeoutError):
        await link.rows("SELECT pg_sleep(60)", {})
    number = link._watched
    assert number is not None
    link.close()
    assert not asyncio.get_running_loop().remove_reader(number)
