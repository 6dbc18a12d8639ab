"""What administrators are told of retention is what a run then does, however little of the database one call gets to."""

import datetime
from collections.abc import Mapping
from uuid import uuid4

import pytest

from repositories.retention import RetainedRow
from repositories.unit_of_work import Database
from services.jobs import Job, Jobs
from services.retention import RETENTION_JOB, RetentionPolicy
from services.retention_outlook import Amount, Duty, KindOutlook, Outlook, RetentionOutlook
from tests.integration.test_retention import YEARS, Office
from tests.support.house import House, Pair
from tests.support.postgres import ScratchDatabase

OVER = 3000
SOON = 2540


class Clock:
    """Each look at it takes `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._now, self._seconds = 0.0, seconds

    def __call__(self) -> float:
        self._now += self._seconds
        return self._now


def outlook_on(
    database: Database, *, days: Mapping[str, int] = YEARS, window: int = 2, seconds: float = 0.0
) -> RetentionOutlook:
    return RetentionOutlook(
        unit_of_work=database,
        policy=RetentionPolicy(archive_days=30, days=days),
        duty=Duty(here=True, every_seconds=60),
        clock=Clock(seconds),
        window=window,
    )


@pytest.fixture
def office(database: Database, clean_database: ScratchDatabase) -> Office:
    return Office(database, clean_database.owner_url)


@pytest.fixture
async def pairs(house: House, office: Office) -> dict[str, list[Pair]]:
    """Of each state some, in an order that has none of them together. Each has two messages."""
    made: dict[str, list[Pair]] = {}
    for state in ("due", "held", "soon", "shredded", "young", "held soon", "due", "shredded", "long ago", "due"):
        pair = await (house.mentoring_pair() if state == "held" else house.care_pair())
        await house.say(pair.first, pair, "one", "two")
        made.setdefault(state, []).append(pair)
    for state in ("shredded", "long ago"):
        for pair in made[state]:
            office.aged(pair, days=OVER)
    await office.shred()
    office.rows(
        "UPDATE conversations SET shredded_at = now() - interval '31 days' WHERE id = %(id)s RETURNING id",
        id=made["long ago"][0].conversation_id,
    )
    for state, days in (("due", OVER), ("held", OVER), ("soon", SOON), ("held soon", SOON)):
        for pair in made[state]:
            office.aged(pair, days=days)
    await office.holds.place(user_id=made["held"][0].second.user_id, reason="inquiry", placed_by="A. Roy")
    soon = made["held soon"][0].conversation_id
    await office.holds.place(conversation_id=soon, reason="case 12", placed_by="A. Roy")
    return made


def numbers(pairs: list[Pair]) -> list[int]:
    return [pair.conversation_id for pair in pairs]


async def listed(outlook: RetentionOutlook, state: str, *, limit: int = 50) -> list[list[RetainedRow]]:
    """Page after page."""
    pages, after = [], 0
    while True:
        page = await outlook.page(state=state, after=after, limit=limit)
        pages.append(list(page.items))
        if page.next is None:
            return pages
        after = int(page.next)


async def test_each_conversation_is_counted_once_as_what_becomes_of_it(
    database: Database, office: Office, pairs: dict[str, list[Pair]]
) -> None:
    seen = await outlook_on(database).get(after=0)
    assert seen.next is None
    kinds = {kind.kind: kind for kind in seen.kinds}
    assert kinds == {
        "care": KindOutlook("care", 2557, due=Amount(3, 6), soon=Amount(1, 2)),
        "mentoring": KindOutlook("mentoring", 2557, held=Amount(1, 2)),
        "contextual": KindOutlook("contextual", 2557),
    }
    assert sum(item.conversations for item in seen.shredded) == len(pairs["shredded"])
    assert {item.kind for item in seen.shredded} == {"care"}
    dry = await office.retention.run(dry=True)
    assert (dry.due, dry.kinds["mentoring"].held) == (3, 1)
    for state in ("due", "held", "soon", "shredded"):
        [rows] = await listed(outlook_on(database), state)
        assert [row.id for row in rows] == numbers(pairs[state])
    assert (await office.retention.run(dry=False)).shredded == numbers(pairs["due"])
    after = await outlook_on(database).get(after=0)
    assert [kind.due for kind in after.kinds] == [Amount()] * 3
    assert sum(item.conversations for item in after.shredded) == len(pairs["shredded"]) + 3


async def test_a_row_says_since_when_and_until_when_and_nothing_of_what_was_written(
    database: Database, pairs: dict[str, list[Pair]]
) -> None:
    [[soon]] = await listed(outlook_on(database), "soon")
    assert soon.ends_at is not None
    assert soon.ends_at - soon.silent_since == datetime.timedelta(days=2557)
    assert (soon.kind, soon.message_count, soon.shredded_at) == ("care", 2, None)
    [[shredded, _]] = await listed(outlook_on(database), "shredded")
    assert (shredded.message_count, shredded.shredded_at is not None) == (0, True)


async def test_one_call_takes_its_time_and_the_next_ones_do_the_rest(
    database: Database, pairs: dict[str, list[Pair]]
) -> None:
    """A window of two conversations a call: what they say comes to what one that has all the time says."""
    whole = await outlook_on(database).get(after=0)
    hurried = outlook_on(database, seconds=1000.0)
    parts: list[Outlook] = [await hurried.get(after=0)]
    while parts[-1].next is not None:
        parts.append(await hurried.get(after=int(parts[-1].next)))
    assert len(parts) == len([pair for some in pairs.values() for pair in some]) / 2 + 1
    for place, kind in enumerate(whole.kinds):
        due = [part.kinds[place].due for part in parts]
        assert kind.due == Amount(sum(one.conversations for one in due), sum(one.messages for one in due))
    told = [item.conversations for part in parts for item in part.shredded]
    assert sum(told) == len(pairs["shredded"])
    for state in ("due", "held", "soon", "shredded"):
        pages = await listed(hurried, state)
        assert len(pages) > len(pairs[state])
        assert [row.id for page in pages for row in page] == numbers(pairs[state])


@pytest.mark.parametrize("window", [1, 2, 3, 100])
async def test_pages_go_on_where_the_one_before_ended(
    database: Database, pairs: dict[str, list[Pair]], window: int
) -> None:
    pages = await listed(outlook_on(database, window=window), "due", limit=2)
    assert [[row.id for row in page] for page in pages] == [numbers(pairs["due"][:2]), numbers(pairs["due"][2:])]


async def test_what_is_kept_for_ever_is_never_due(database: Database, pairs: dict[str, list[Pair]]) -> None:
    forever = outlook_on(database, days={"care": 0, "mentoring": 0, "contextual": 0})
    seen = await forever.get(after=0)
    assert [(kind.days, kind.due, kind.held, kind.soon) for kind in seen.kinds] == [
        (0, Amount(), Amount(), Amount())
    ] * 3
    assert sum(item.conversations for item in seen.shredded) == len(pairs["shredded"])
    assert await listed(forever, "due") == [[]]


async def test_the_job_is_seen_before_while_and_after_it_runs(database: Database) -> None:
    outlook = outlook_on(database)
    assert (await outlook.get(after=0)).job is None
    looks: list[Outlook] = []

    async def step(bookmark: str | None) -> str | None:
        looks.append(await outlook.get(after=0))
        return None

    jobs = Jobs(unit_of_work=database, owner=uuid4(), lease_seconds=30.0)
    assert await jobs.run_if_due(Job(RETENTION_JOB, 3600.0, step))
    during, after = looks[0].job, (await outlook.get(after=0)).job
    assert during is not None
    assert after is not None
    assert (during.running, during.finished_at, after.running) == (True, None, False)
    assert after.finished_at is not None
    assert round((after.due_at - after.finished_at).total_seconds()) == 3600
