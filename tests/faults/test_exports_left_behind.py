"""A node is killed with an export in the file store that no row can open: the next one makes it anew, and the file goes."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.postgres import connected
from tests.support.rest import Rest
from tests.support.site import Site


def sealed_files(site: Site) -> set[str]:
    """Those that are whole."""
    folder = Path(site.environment["DATA_DIR"]) / "files"
    return {path.name for path in folder.glob("[0-9a-f][0-9a-f]/*")}


async def ready(rest: Rest, path: str) -> Any:
    async with asyncio.timeout(20):
        while (export := await rest.get(path))["state"] != "ready":
            await asyncio.sleep(0.05)
    return export


async def test_files_whose_makers_were_killed_are_collected(site: Site, http: aiohttp.ClientSession) -> None:
    [row, other], nodes = await asyncio.to_thread(site.pairs, 2), [await asyncio.to_thread(site.node) for _ in range(2)]
    paths = [f"/api/messaging/conversations/{each['conversationId']}" for each in (row, other)]
    await Rest(http, nodes[0].url, row["patient"]["token"]).post(f"{paths[0]}/messages", {"content": "à emporter"})
    # Neither can write down that it has finished: both are killed with their file in the store.
    with connected(site.database.owner_url) as cursor:
        cursor.execute("BEGIN; LOCK TABLE instance IN EXCLUSIVE MODE")
        wanted: tuple[tuple[str, dict[str, str]], ...] = (
            (f"{paths[0]}/exports", {"format": "zip"}),
            ("/api/messaging/archives", {}),
        )
        for node, (path, body) in zip(nodes, wanted, strict=True):
            before = sealed_files(site)
            await Rest(http, node.url, row["patient"]["token"]).post(path, body)
            async with asyncio.timeout(20):
                while sealed_files(site) == before:
                    await asyncio.sleep(0.01)
            node.kill()
        cursor.execute("ROLLBACK")
    orphans = sealed_files(site)
    with connected(site.database.owner_url) as cursor:
        for table in ("exports", "person_archives"):
            cursor.execute(f"UPDATE {table} SET lease_until = now() RETURNING state")  # noqa: S608  # names of ours
            assert cursor.fetchall() == [("running",)]
    third = await asyncio.to_thread(site.node)
    by = Rest(http, third.url, other["patient"]["token"])
    asked = await by.post(f"{paths[1]}/exports", {"format": "zip"})
    await ready(by, f"/api/messaging/exports/{asked['exportId']}")
    mine = Rest(http, third.url, row["patient"]["token"])
    await ready(mine, "/api/messaging/exports/1")
    await ready(mine, "/api/messaging/archives/1")
    assert len(orphans) == 2
    assert not orphans & sealed_files(site)
    assert len(sealed_files(site)) == 3
