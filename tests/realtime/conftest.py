import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from server.realtime import RealtimeLimits
from tests.realtime.served import Served
from tests.realtime.toy import Toy

Serve = Callable[..., Awaitable[Served]]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


@pytest.fixture
async def serve(http: aiohttp.ClientSession) -> AsyncIterator[Serve]:
    running: list[Served] = []

    async def start(*, port: int = 0, **limits: Any) -> Served:
        served = Served(Toy(RealtimeLimits(**limits)), http, port)
        running.append(served)
        await served.start()
        return served

    yield start
    for served in running:
        served.toy.gate.set()
    await asyncio.gather(*(served.stop() for served in running))
