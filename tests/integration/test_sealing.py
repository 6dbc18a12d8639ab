"""Nothing is left out of the chains: not what commits late, not what two nodes seal at once."""

import asyncio
import datetime
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from repositories.unit_of_work import Database
from server.trail.anchor import FileAnchor
from services.sealer import Sealer
from services.trail_check import BadAnchor, TrailCheck, read_anchors
from tests.support.disks import full_after
from tests.support.house import House
from tests.support.postgres import ScratchDatabase, connected

INSERT = "INSERT INTO audit (at, action, result, times, batch) VALUES (now(), %s, 'ok', 1, gen_random_uuid())"

MANY = (
    "INSERT INTO audit (at, action, result, times, batch)"
    " SELECT now(), 'x', 'ok', 1, gen_random_uuid() FROM generate_series(1, 9001)"
)


def sealer_of(database: Database, anchor: Path) -> Sealer:
    return Sealer(unit_of_work=database, anchor=FileAnchor(anchor), now=lambda: datetime.datetime.now(datetime.UTC))


def sealed(url: str, chain: str) -> list[int]:
    with connected(url) as cursor:
        cursor.execute("SELECT unnest(keys) FROM trail_blocks WHERE chain = %s ORDER BY number", (chain,))
        return [key for (key,) in cursor.fetchall()]


def executed(connection: Any, statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


async def test_what_commits_late_is_waited_for(
    database: Database, clean_database: ScratchDatabase, tmp_path: Path
) -> None:
    """It has the lower number, and nobody sees it yet while the higher one is there for all."""
    url, sealer = clean_database.owner_url, sealer_of(database, tmp_path / "anchor")
    late = psycopg2.connect(url)
    try:
        executed(late, INSERT, "late")
        with connected(url) as cursor:
            cursor.execute(INSERT, ("early",))
        for _ in range(3):
            await sealer.round()
        assert sealed(url, "audit") == []
        late.commit()
        for _ in range(2):
            await sealer.round()
        assert sealed(url, "audit") == [1, 2]
    finally:
        late.close()


async def test_what_was_rolled_back_stops_nothing(
    database: Database, clean_database: ScratchDatabase, tmp_path: Path
) -> None:
    url, sealer = clean_database.owner_url, sealer_of(database, tmp_path / "anchor")
    gone = psycopg2.connect(url)
    executed(gone, INSERT, "gone")
    gone.close()
    with connected(url) as cursor:
        cursor.execute(INSERT, ("stays",))
    for _ in range(2):
        await sealer.round()
    assert sealed(url, "audit") == [2]
    assert (await TrailCheck(unit_of_work=database).run({})).breaks == []


async def test_two_nodes_that_seal_at_once_make_one_chain(
    house: House, second_database: Database, clean_database: ScratchDatabase, tmp_path: Path
) -> None:
    anchors = [tmp_path / "a", tmp_path / "b"]
    sealers = [sealer_of(house.database, anchors[0]), sealer_of(second_database, anchors[1])]
    pairs = [await house.care_pair() for _ in range(4)]
    talking = asyncio.gather(
        *[house.say(pair.first, pair, *map(str, range(10))) for pair in pairs],
        *[house.marks.read(pair.second, conversation_id=pair.conversation_id) for pair in pairs],
    )
    while not talking.done():
        await asyncio.gather(*[sealer.round() for sealer in sealers])
    await talking
    for _ in range(2):
        await asyncio.gather(*[sealer.round() for sealer in sealers])
    keys = sealed(clean_database.owner_url, "message")
    assert sorted(keys) == list(range(1, 41)) == keys
    lines = [line for path in anchors if path.exists() for line in path.read_text("ascii").splitlines()]
    report = await TrailCheck(unit_of_work=house.database).run(read_anchors(lines))
    assert report.breaks == [] and [chain.unsealed for chain in report.chains] == [0, 0, 0, 0]


async def test_a_backlog_is_sealed_block_by_block(
    database: Database, clean_database: ScratchDatabase, tmp_path: Path
) -> None:
    url, sealer = clean_database.owner_url, sealer_of(database, tmp_path / "anchor")
    with connected(url) as cursor:
        cursor.execute(MANY)
    assert await sealer.round() is False
    assert await sealer.round() is True
    assert await sealer.round() is False
    assert sealed(url, "audit") == list(range(1, 9002))
    assert (await TrailCheck(unit_of_work=database).run({})).breaks == []


async def test_a_full_disk_costs_no_anchor_and_no_later_check(
    database: Database, clean_database: ScratchDatabase, tmp_path: Path
) -> None:
    """What is written of a line when the disk gets full stays for good where the file can only be added to."""
    url, path = clean_database.owner_url, tmp_path / "anchor"
    sealer = sealer_of(database, path)
    for name in ("first", "second"):
        with connected(url) as cursor:
            cursor.execute(INSERT, (name,))
        await sealer.round()
        with full_after(path.stat().st_size + 40 if path.exists() else 40), pytest.raises(OSError, match="No space"):
            await sealer.round()
        await sealer.round()
    lines = path.read_text("ascii").splitlines()
    anchors = read_anchors(lines)
    assert len(lines) == 4 and sorted(anchors["audit"]) == [1, 2]
    assert (await TrailCheck(unit_of_work=database).run(anchors)).breaks == []
    old = [lines[0] + lines[1], *lines[2:]]  # as an earlier version went on
    assert sorted(read_anchors(old)["audit"]) == [2]
    for wrong in ("no anchor at all", '{"at":"now","heads":{"audit":[1,"no hash"]}}'):
        with pytest.raises(BadAnchor, match="line 1"):
            read_anchors([wrong, *lines])
