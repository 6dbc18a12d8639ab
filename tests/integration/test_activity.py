"""What is counted beside the messages equals a recount of them; one's own statistics are for oneself."""

import asyncio
import datetime
import itertools
import math
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import pytest

from repositories.activity import StepTally
from repositories.unit_of_work import Database
from services.activity import Activity, UserActivity, seconds_at
from services.activity_counting import ActivityCounting
from services.errors import NotFound
from services.principal import ADMIN, DOCTOR, PATIENT, Principal
from tests.support.house import ALL_KINDS, House, Pair
from tests.support.postgres import ScratchDatabase, connected


@dataclass
class Desk:
    """`most` is small, so that many batches are needed."""

    house: House
    database: Database
    owner_url: str
    replied: list[tuple[float, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.activity = Activity(unit_of_work=self.database, kinds=ALL_KINDS)
        self.counting = self.counter(most=7)

    def counter(self, *, most: int = 500, settle_seconds: float = 0.0) -> ActivityCounting:
        return ActivityCounting(
            unit_of_work=self.database,
            replied=lambda seconds, count: self.replied.append((seconds, count)),
            settle_seconds=settle_seconds,
            most=most,
        )

    async def count(self) -> None:
        while await self.counting.step():
            continue
        await self.counting.look()

    async def of(self, who: Principal, *, days: int = 30) -> UserActivity:
        return await self.activity.get(who, role=who.role, user_id=who.user_id, days=days)

    def back_to(self, pair: Pair, *minutes: float) -> None:
        """The pair's messages were sent so many minutes ago, in their order."""
        with connected(self.owner_url) as cursor:
            cursor.execute(
                "UPDATE messages SET sent_at = now() - make_interval(secs => 60 * (%s::float8[])[seq])"
                " WHERE conversation_id = %s",
                (list(minutes), pair.conversation_id),
            )

    def rows(self, query: str) -> list[tuple[int, ...]]:
        with connected(self.owner_url) as cursor:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]


@pytest.fixture
def desk(house: House, database: Database, clean_database: ScratchDatabase) -> Desk:
    return Desk(house, database, clean_database.owner_url)


async def test_messages_reply_times_and_conversations_of_a_person(desk: Desk) -> None:
    pair = await desk.house.care_pair()
    for who, text in ((pair.first, "a"), (pair.first, "b"), (pair.second, "c"), (pair.second, "d"), (pair.first, "e")):
        await desk.house.say(who, pair, text)
    desk.back_to(pair, 100, 90, 70, 69, 9)
    await desk.count()
    doctor, patient = await desk.of(pair.second), await desk.of(pair.first)
    assert (doctor.messages.sent, doctor.messages.received) == (2, 3)
    assert (patient.messages.sent, patient.messages.received) == (3, 2)
    # Half an hour after the first unanswered message; an hour and a minute for the other one.
    assert doctor.reply_times.replies == patient.reply_times.replies == 1
    assert doctor.reply_times.median == pytest.approx(30 * 60, rel=0.2)
    assert patient.reply_times.p90 == pytest.approx(61 * 60, rel=0.2)
    assert (doctor.conversations.active, doctor.conversations.unread) == (1, 1)
    assert doctor.counted_until is not None
    assert (doctor.last_day - doctor.first_day).days == 29


async def test_who_was_never_answered_has_no_times(desk: Desk) -> None:
    pair = await desk.house.care_pair()
    await desk.house.say(pair.first, pair, "a", "b")
    await desk.count()
    times = (await desk.of(pair.second)).reply_times
    assert (times.replies, times.median, times.p90) == (0, None, None)
    assert (await desk.of(await desk.house.person(DOCTOR))).messages.sent == 0


async def test_a_period_leaves_out_what_is_older(desk: Desk) -> None:
    pair = await desk.house.care_pair()
    await desk.house.say(pair.first, pair, "old", "new")
    desk.back_to(pair, 10 * 24 * 60, 0)
    await desk.count()
    assert (await desk.of(pair.first, days=30)).messages.sent == 2
    assert (await desk.of(pair.first, days=1)).messages.sent == 1


async def test_only_ones_own_and_for_administrators_anybodys(desk: Desk) -> None:
    pair = await desk.house.care_pair()
    admin = await desk.house.person(ADMIN)
    stranger = pair.second
    with pytest.raises(NotFound):
        await desk.activity.get(stranger, role=PATIENT, user_id=pair.first.user_id, days=30)
    with pytest.raises(NotFound):
        await desk.activity.get(pair.first, role=DOCTOR, user_id=pair.first.user_id, days=30)
    with pytest.raises(NotFound):
        await desk.activity.get(admin, role=PATIENT, user_id=10**12, days=30)
    found = await desk.activity.get(admin, role=PATIENT, user_id=pair.first.user_id, days=30)
    assert found.user_id == pair.first.user_id


async def test_any_talk_counted_in_any_batches_equals_a_recount(desk: Desk) -> None:
    dice = random.Random(11)
    pairs = [await desk.house.care_pair() for _ in range(4)]
    for _ in range(60):
        pair = dice.choice(pairs)
        await desk.house.say(dice.choice((pair.first, pair.second)), pair, "x")
        if dice.random() < 0.3:
            await desk.counting.step()
    await desk.count()
    sent, received, steps = recounted(desk)
    people = [person for pair in pairs for person in (pair.first, pair.second)]
    for person in people:
        found = await desk.of(person)
        assert (found.messages.sent, found.messages.received) == (sent[person.user_id], received[person.user_id])
    kept = Counter(
        {(user, step): n for user, step, n in desk.rows("SELECT user_id, step, replies FROM activity_replies")}
    )
    assert kept == steps
    assert sum(count for _, count in desk.replied) == sum(steps.values())
    assert desk.counting.figures.active == dict.fromkeys((1, 7, 30), len([it for it in people if sent[it.user_id]]))
    sizes = Counter(
        2 ** int(math.log2(n)) for (n,) in desk.rows("SELECT count(*) FROM messages GROUP BY conversation_id")
    )
    assert desk.counting.figures.sizes == sizes


def recounted(desk: Desk) -> tuple[Counter[int], Counter[int], Counter[tuple[int, int]]]:
    """Sent and received of each person; replies of each person in each step."""
    sent: Counter[int] = Counter()
    received: Counter[int] = Counter()
    steps: Counter[tuple[int, int]] = Counter()
    talks: dict[int, list[tuple[int, float]]] = defaultdict(list)
    pairs = {row[0]: set(row[1:]) for row in desk.rows("SELECT id, first_user_id, second_user_id FROM conversations")}
    for conversation, sender, at in desk.rows(
        "SELECT conversation_id, sender_id, extract(epoch FROM sent_at)::float8 FROM messages ORDER BY conversation_id, seq"
    ):
        talks[conversation].append((sender, at))
        sent[sender] += 1
        received.update(pairs[conversation] - {sender})
    for talk in talks.values():
        begins = [next(turn) for _, turn in itertools.groupby(talk, key=lambda message: message[0])]
        for (_, asked), (replier, answered) in itertools.pairwise(begins):
            steps[replier, math.floor(4 * math.log2(max(answered - asked, 1)))] += 1
    return sent, received, steps


async def test_nodes_that_count_at_the_same_time_count_once(desk: Desk, second_database: Database) -> None:
    pair = await desk.house.care_pair()
    await desk.house.say(pair.first, pair, *"abcdefgh")
    other = Desk(desk.house, second_database, desk.owner_url)
    await asyncio.gather(*(counting.step() for _ in range(5) for counting in (desk.counting, other.counting)))
    await desk.count()
    assert (await desk.of(pair.first)).messages.sent == 8


async def test_what_was_sent_just_now_waits_until_no_commit_can_be_late(desk: Desk) -> None:
    pair = await desk.house.care_pair()
    await desk.house.say(pair.first, pair, "a")
    assert not await desk.counter(settle_seconds=60).step()
    found = await desk.of(pair.first)
    assert found.messages.sent == 0
    assert found.counted_until is not None
    assert found.counted_until < datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=59)


async def test_a_commit_that_came_late_all_the_same_is_counted_with_the_next_message(desk: Desk) -> None:
    pair = await desk.house.care_pair()
    await desk.house.say(pair.first, pair, "a", "late")
    with connected(desk.owner_url) as cursor:
        cursor.execute("INSERT INTO activity_position (counted_id) SELECT max(id) FROM messages")
    await desk.count()
    assert (await desk.of(pair.first)).messages.sent == 0
    await desk.house.say(pair.first, pair, "next")
    await desk.count()
    assert (await desk.of(pair.first)).messages.sent == 3


def test_quantiles_of_steps_are_near_those_of_the_seconds() -> None:
    dice = random.Random(3)
    seconds = sorted(dice.lognormvariate(7, 2) + 1 for _ in range(5_000))
    tallies = Counter(math.floor(4 * math.log2(value)) for value in seconds)
    steps = [StepTally(step, tallies[step]) for step in sorted(tallies)]
    for share in (0.5, 0.9):
        assert seconds_at(steps, share) == pytest.approx(seconds[int(share * len(seconds))], rel=0.1)
    assert seconds_at([], 0.5) is None
