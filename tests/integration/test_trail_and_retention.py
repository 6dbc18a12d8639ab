"""The end of retention is no tampering: what was sealed before it can still be checked, and nobody can read it."""

import datetime
from pathlib import Path

from server.trail.anchor import FileAnchor
from services.sealer import Sealer
from services.trail_check import TrailCheck
from tests.integration.test_retention import Office
from tests.support.house import House
from tests.support.postgres import ScratchDatabase


async def test_a_shredded_conversation_leaves_the_trail_whole(
    house: House, clean_database: ScratchDatabase, tmp_path: Path
) -> None:
    office = Office(house.database, clean_database.owner_url)
    sealer = Sealer(
        unit_of_work=house.database,
        anchor=FileAnchor(tmp_path / "anchor"),
        now=lambda: datetime.datetime.now(datetime.UTC),
    )
    pair = await house.care_pair()
    messages = await house.say(pair.first, pair, "un", "deux", "trois")
    await house.changes.edit(pair.first, message_id=messages[1].id, content="deux, non")
    await house.changes.delete(pair.first, message_id=messages[2].id)
    for _ in range(2):
        await sealer.round()
    office.aged(pair, days=3000)
    await office.shred()
    assert office.rows("SELECT count(*) FROM messages WHERE deleted_at IS NULL") == [(0,)]
    for _ in range(2):
        await sealer.round()
    report = await TrailCheck(unit_of_work=house.database).run({})
    assert report.breaks == []
    assert [chain.unsealed for chain in report.chains] == [0, 0, 0, 0]
