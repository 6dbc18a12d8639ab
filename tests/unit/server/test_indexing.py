"""When the search index is kept up: who leads, what is wanted, and how much time it may take."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest

from repositories.errors import StorageUnavailable
from server.indexing import BUSY_RATE, BUSY_SHARE, QUIET_SHARE, STORM_RATE, STORM_SHARE, Indexing, Pace
from services.events import ConversationChanged, Fact, MessageEdited, MessagePosted, PresenceChanged, TypingStarted
from services.search_indexer import LeaseLost


def posted(conversation_id: int) -> MessagePosted:
    return MessagePosted(conversation_id=conversation_id, seq=1, change=1)


class FakeIndexer:
    """`behind_ids`: what a sweep finds; `trouble`: raised once for a batch that holds that conversation."""

    def __init__(self) -> None:
        self.leading = True
        self.behind_ids: set[int] = set()
        self.batches: list[list[int]] = []
        self.trouble: dict[int, list[Exception]] = {}
        self.left_over: list[set[int]] = []
        self.meanwhile: Callable[[], None] = lambda: None

    async def lead(self) -> bool:
        return self.leading

    async def last_conversation_id(self) -> int:
        return max(self.behind_ids, default=0)

    async def behind(self, after_id: int) -> list[int]:
        return [one for one in sorted(self.behind_ids) if after_id < one <= after_id + 2_000]

    async def index(self, conversation_ids: Sequence[int]) -> set[int]:
        for one in conversation_ids:
            if self.trouble.get(one):
                raise self.trouble[one].pop()
        self.batches.append(list(conversation_ids))
        self.behind_ids -= set(conversation_ids)
        self.meanwhile()
        return self.left_over.pop() if self.left_over else set()


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def indexer() -> FakeIndexer:
    return FakeIndexer()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def indexing(indexer: FakeIndexer, clock: Clock) -> Indexing:
    return Indexing(indexer=cast(Any, indexer), pace=Pace(clock=clock), clock=clock, sweep_seconds=600.0)


async def test_who_leads_sweeps_first_and_then_follows_what_it_hears(indexing: Indexing, indexer: FakeIndexer) -> None:
    indexer.behind_ids = {3, 2_500, 4_999}
    await indexing.pass_once()
    assert indexer.batches == [[3], [2_500], [4_999]]
    edited, changed = MessageEdited(conversation_id=8, seq=1, change=2), ConversationChanged(conversation_id=9)
    typing = TypingStarted(conversation_id=5, user_id=1, socket_id="s")
    present = PresenceChanged(user_id=1, online=True, last_seen_at=None)
    heard: tuple[Fact, ...] = (posted(7), edited, posted(7), changed, typing, present)
    for fact in heard:
        indexing.heard(fact)
    assert indexing.waiting == 3
    await indexing.pass_once()
    assert indexer.batches[3:] == [[7, 8, 9]]
    assert indexing.waiting == 0


@pytest.mark.parametrize("fact", [posted(1), TypingStarted(conversation_id=5, user_id=1, socket_id="s")])
async def test_whatever_happens_often_makes_it_rest_longer(indexer: FakeIndexer, clock: Clock, fact: Fact) -> None:
    pace = Pace(clock=clock)
    indexing = Indexing(indexer=cast(Any, indexer), pace=pace, clock=clock)
    await indexing.pass_once()
    for _ in range(BUSY_RATE):
        indexing.heard(fact)
    assert pace.share == BUSY_SHARE


async def test_in_a_storm_of_messages_it_hardly_works_at_all(indexer: FakeIndexer, clock: Clock) -> None:
    pace = Pace(clock=clock)
    indexing = Indexing(indexer=cast(Any, indexer), pace=pace, clock=clock)
    await indexing.pass_once()
    for _ in range(STORM_RATE):
        indexing.heard(TypingStarted(conversation_id=5, user_id=1, socket_id="s"))
    assert pace.share == BUSY_SHARE, "who types gives the index nothing to do: it can follow"
    for number in range(STORM_RATE):
        indexing.heard(posted(number))
    assert pace.share == STORM_SHARE
    clock.now += 1.0
    assert pace.share == STORM_SHARE, "the last second was a storm"
    clock.now += 1.0
    assert pace.share == QUIET_SHARE


async def test_who_does_not_lead_remembers_nothing(indexing: Indexing, indexer: FakeIndexer, clock: Clock) -> None:
    indexer.leading = False
    indexing.heard(posted(1))
    await indexing.pass_once()
    indexing.heard(posted(2))
    assert (indexing.waiting, indexing.leads, indexer.batches) == (0, False, [])
    indexer.leading, indexer.behind_ids = True, {1, 2}
    clock.now += 10
    await indexing.pass_once()
    assert (indexing.leads, indexer.batches) == (True, [[1, 2]])


async def test_everything_is_looked_at_again_now_and_then(
    indexing: Indexing, indexer: FakeIndexer, clock: Clock
) -> None:
    await indexing.pass_once()
    indexer.behind_ids = {4}
    clock.now += 599
    await indexing.pass_once()
    assert indexer.batches == []
    clock.now += 1
    await indexing.pass_once()
    assert indexer.batches == [[4]]


async def test_what_is_left_over_is_done_in_the_same_pass_and_what_comes_meanwhile_in_the_next(
    indexing: Indexing, indexer: FakeIndexer
) -> None:
    await indexing.pass_once()
    indexing.heard(posted(1))
    indexer.left_over = [{1}]
    indexer.meanwhile = lambda: indexing.heard(posted(2))
    await indexing.pass_once()
    assert indexer.batches == [[1], [1]]
    assert indexing.waiting == 1


async def test_one_conversation_that_fails_does_not_hold_up_the_others(
    indexing: Indexing, indexer: FakeIndexer
) -> None:
    await indexing.pass_once()
    indexer.trouble = {2: [ValueError("again"), ValueError("odd")]}
    for one in (1, 2, 3):
        indexing.heard(posted(one))
    await indexing.pass_once()
    assert indexer.batches == [[1], [3]]
    assert indexing.waiting == 0


@pytest.mark.parametrize("error", [StorageUnavailable("away"), LeaseLost()])
async def test_what_could_not_be_done_stays_wanted(indexing: Indexing, indexer: FakeIndexer, error: Exception) -> None:
    await indexing.pass_once()
    indexer.trouble = {2: [error]}
    for one in (1, 2):
        indexing.heard(posted(one))
    with pytest.raises(type(error)):
        await indexing.pass_once()
    assert indexing.waiting == 2


def test_the_share_of_the_time_is_small_while_much_happens(clock: Clock) -> None:
    pace = Pace(clock=clock)
    assert pace.share == QUIET_SHARE
    for _ in range(BUSY_RATE):
        pace.heard += 1
    assert pace.share == BUSY_SHARE
    clock.now += 1.0
    assert pace.share == BUSY_SHARE, "the last second was busy"
    clock.now += 1.0
    assert pace.share == QUIET_SHARE
