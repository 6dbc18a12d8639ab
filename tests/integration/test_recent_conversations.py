"""The list that walks back week by week is the list that looks at everything."""

import random

import pytest

from repositories.conversation_rows import ConversationRow
from repositories.conversations import ListPosition
from repositories.unit_of_work import Database
from services.principal import DOCTOR, PATIENT, Principal
from tests.support.house import ALL_KINDS, House
from tests.support.postgres import ScratchDatabase, connected

COUNT = 40


@pytest.fixture
async def doctor(house: House, clean_database: ScratchDatabase) -> Principal:
    """With conversations of all ages, pinned ones, archived ones, closed ones, left ones, and two of the same moment."""
    doctor = await house.person(DOCTOR)
    for _ in range(COUNT):
        patient = await house.person(PATIENT)
        async with house.database.transaction() as repositories:
            await repositories.seeding.links([(patient.user_id, doctor.user_id)])
        await house.conversations.open(patient, participant_id=doctor.user_id)
    dice = random.Random(5)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT id FROM conversations ORDER BY id")
        for (conversation_id,) in cursor.fetchall():
            days = dice.choice((0, 1, 6, 7, 8, 100, dice.uniform(0, 60)))
            cursor.execute(
                "UPDATE conversations SET updated_at = date_trunc('day', now()) - make_interval(secs => 86400 * %s),"
                " status = %s WHERE id = %s",
                (days, dice.choice(("active", "active", "closed", "archived")), conversation_id),
            )
            cursor.execute(
                "UPDATE conversations SET last_message_at = updated_at - interval '9 days' WHERE id = %s AND id %% 3 = 0",
                (conversation_id,),
            )
            cursor.execute(
                "UPDATE participants SET pinned = %s, archived_at = CASE WHEN %s THEN now() END,"
                " left_at = CASE WHEN %s THEN now() END WHERE conversation_id = %s AND user_id = %s",
                (dice.random() < 0.2, dice.random() < 0.2, dice.random() < 0.1, conversation_id, doctor.user_id),
            )
    return doctor


async def pages(
    database: Database, viewer: Principal, *, q: str | None, status: str | None, limit: int
) -> list[list[tuple[int, int]]]:
    """(id, rank) of each page. An empty `q` matches all and is answered by looking at everything."""
    found: list[list[ConversationRow]] = []
    before = None
    while not found or len(found[-1]) == limit:
        async with database.reading() as repositories:
            rows = await repositories.conversations.page(
                viewer_id=viewer.user_id, kinds=ALL_KINDS, status=status, kind=None, q=q, urgent=False,
                awaiting_reply=False, sort="activity", before=before, limit=limit,
            )  # fmt: skip
        found.append(rows)
        if rows:
            before = ListPosition(rows[-1].rank, rows[-1].activity_at, rows[-1].id)
    return [[(row.id, row.rank) for row in rows] for rows in found]


@pytest.mark.parametrize("status", [None, "active", "archived", "closed"])
@pytest.mark.parametrize("limit", [1, 7, 100])
async def test_every_page_is_the_same(
    house: House, database: Database, doctor: Principal, status: str | None, limit: int
) -> None:
    walked = await pages(database, doctor, q=None, status=status, limit=limit)
    assert walked == await pages(database, doctor, q="", status=status, limit=limit)
    assert walked[0]


async def test_what_was_named_is_left_out(house: House, database: Database, doctor: Principal) -> None:
    [everything, *_] = await pages(database, doctor, q=None, status=None, limit=100)
    named = [conversation_id for conversation_id, _ in everything[::2]]
    async with database.reading() as repositories:
        rest = await repositories.conversations.except_for(
            viewer_id=doctor.user_id, kinds=ALL_KINDS, conversation_ids=named, limit=100
        )
    assert [(row.id, row.rank) for row in rest] == everything[1::2]


async def test_the_patients_side_walks_too(house: House, database: Database) -> None:
    pair = await house.care_pair()
    assert await pages(database, pair.first, q=None, status=None, limit=5) == [[(pair.conversation_id, 0)]]
