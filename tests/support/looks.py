"""The server's second look at what it has told, seen from outside: what is not news there must not be told again."""

import asyncio
import re

import aiohttp


async def looked(http: aiohttp.ClientSession, url: str, query: str, *, times: int = 2) -> None:
    """Of two looks that end with this query from now on, one begins from now on. `times`: when it is not a look's last one."""
    before = await looks(http, url, query)
    async with asyncio.timeout(20):
        while await looks(http, url, query) < before + times:
            await asyncio.sleep(0.05)  # between two questions


async def looked_at_rights(http: aiohttp.ClientSession, url: str) -> None:
    """Who may listen and who may write, whole: the third look has come to its first half."""
    await looked(http, url, "list_strangers", times=3)


async def looks(http: aiohttp.ClientSession, url: str, query: str) -> float:
    """How often the node asked the database this."""
    async with http.get(f"{url}/metrics") as reply:
        found = re.search(
            rf'^colloque_statement_seconds_count\{{query="{query}"\}} (\S+)$', await reply.text(), re.MULTILINE
        )
    return float(found[1]) if found else 0.0
