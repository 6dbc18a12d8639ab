"""Promise 13: whatever is thrown at the server, four at once, it takes no more than 32 MB for it, and goes on serving."""

import asyncio

import aiohttp
import pytest

from tests.support.bombs import BOMBS, FILES
from tests.support.clinic import pair_of
from tests.support.rest import Rest
from tests.support.site import Site
from tests.support.throwing import Target
from tests.support.watched_process import MOST_MEMORY, Watched

AT_ONCE = 4


@pytest.mark.timeout(180)
async def test_nothing_that_swells_makes_the_server_swell(site: Site, http: aiohttp.ClientSession) -> None:
    [row], node = await asyncio.to_thread(site.pairs, 1), await asyncio.to_thread(site.node_from_nothing)
    target = Target(http, node.port, pair_of(row))
    watched, by = Watched(node.pid, node.url), Rest(http, node.url, target.pair.patient.token)
    # Once before anything is measured: what is loaded when it is first needed stays.
    for name, (throw, expected) in BOMBS.items():
        assert await throw(target) in expected, name
    grown, begun = {}, 0
    for name, (throw, expected) in BOMBS.items():
        begun = begun or watched.now
        watched.begin()
        statuses = await asyncio.gather(*(throw(target) for _ in range(AT_ONCE)))
        assert set(statuses) <= set(expected), (name, statuses)
        grown[name] = watched.grown
        assert (await by.call("GET", target.messages)).status == 200, name
    watched.begin()
    answered = await asyncio.gather(*(throw(target) for throw, _ in FILES.values()))
    grown["files"] = watched.grown
    assert [status in expected for status, (_, expected) in zip(answered, FILES.values(), strict=True)] == [True] * len(
        FILES
    )
    assert {name: kib for name, kib in grown.items() if kib > MOST_MEMORY} == {}
    assert watched.now - begun < MOST_MEMORY, "it stays"
    assert "request_failed" not in node.log.read_text("utf-8")
