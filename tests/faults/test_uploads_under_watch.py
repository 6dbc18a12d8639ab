"""Promises 13 and 20: big files go through a server that stays small and keeps turning."""

import asyncio
import hashlib

import aiohttp
import pytest

from tests.support.clinic import Pair, pair_of
from tests.support.site import Site, headers
from tests.support.specimens import ebml, webm
from tests.support.uploads import PATH, upload
from tests.support.watched_process import MOST_MEMORY, ROUNDS, Watched, lags_during

AT_ONCE, WARM, SIZE = 20, 3, 9_900_000


async def store(http: aiohttp.ClientSession, url: str, pair: Pair, data: bytes) -> int:
    status, body = await upload(http, url, pair.patient, pair.conversation_id, data, "voice.webm")
    assert status == 201, body
    attachment: int = body["attachment"]["id"]
    return attachment


async def fetched(http: aiohttp.ClientSession, url: str, pair: Pair, attachment_id: int) -> str:
    """The hash of it, read as it comes."""
    seen = hashlib.sha256()
    async with http.get(f"{url}{PATH}/{attachment_id}", headers=headers(pair.patient.token)) as reply:
        assert reply.status == 200
        async for chunk in reply.content.iter_chunked(1 << 16):
            seen.update(chunk)
    return seen.hexdigest()


@pytest.mark.timeout(180)
async def test_twenty_files_each_way_leave_the_server_small_and_quick(site: Site, http: aiohttp.ClientSession) -> None:
    [row] = await asyncio.to_thread(site.pairs, 1)
    pair, node = pair_of(row), await asyncio.to_thread(site.node_from_nothing)
    data = webm(extra=ebml(b"\x1fC\xb6u", bytes(SIZE)))
    whole = hashlib.sha256(data).hexdigest()
    warm = await asyncio.gather(*(store(http, node.url, pair, data) for _ in range(WARM)))
    assert await fetched(http, node.url, pair, warm[0]) == whole
    watched, seen = Watched(node.pid, node.url), []

    async def both_ways() -> None:
        stored = await asyncio.gather(*(store(http, node.url, pair, data) for _ in range(AT_ONCE)))
        got = await asyncio.gather(*(fetched(http, node.url, pair, one) for one in stored))
        assert got == [whole] * AT_ONCE

    for _ in range(ROUNDS):
        seen.append(await lags_during(watched, both_ways))
        assert watched.grown <= MOST_MEMORY
        if seen[-1].kept:
            return
    pytest.fail(f"the loop was late: {seen}")
