"""What has to be looked up before it is told waits for the database, and holds up nothing else."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial

import pytest
from structlog.testing import capture_logs

from repositories.errors import StorageUnavailable
from server.broadcaster.waiting_facts import KEPT_SECONDS, Look, WaitingFacts
from services.events import ConversationCreated, Fact

PAUSE = 0.01
MOST = 5


class House:
    """Conversations that are `away` cannot be looked up, `broken` ones never."""

    def __init__(self) -> None:
        self.now = 0.0
        self.away: set[int] = set()
        self.broken: set[int] = set()
        self.told: list[int] = []
        self.tries = asyncio.Queue[int]()
        self.lost = asyncio.Queue[float]()
        self.waiting = WaitingFacts(
            self.looks, lost=self.lost.put_nowait, most=MOST, clock=lambda: self.now, pause=PAUSE
        )

    def looks(self, facts: Sequence[Fact]) -> Iterator[Look]:
        for fact in facts:
            assert isinstance(fact, ConversationCreated)
            yield Look([fact], partial(self.tell, fact.conversation_id))

    async def tell(self, conversation_id: int) -> None:
        self.tries.put_nowait(conversation_id)
        if conversation_id in self.away:
            raise StorageUnavailable("away")
        if conversation_id in self.broken:
            raise ValueError("broken")
        self.told.append(conversation_id)

    def add(self, *conversation_ids: int) -> None:
        for conversation_id in conversation_ids:
            self.waiting.add(ConversationCreated(conversation_id=conversation_id))

    async def tried(self, *conversation_ids: int) -> None:
        """The next tries are these."""
        async with asyncio.timeout(5):
            assert [await self.tries.get() for _ in conversation_ids] == list(conversation_ids)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    house.waiting.start()
    yield house
    await house.waiting.close()


async def test_what_could_not_be_looked_up_is_told_when_the_database_is_back_and_nothing_twice(house: House) -> None:
    house.away, house.broken = {1, 3}, {2}
    house.add(1, 2, 3, 4)
    await house.tried(1, 2, 3, 4, 1, 3)
    assert house.told == [4]
    house.away = set()
    await house.tried(1, 3)
    house.add(5)
    await house.tried(5)
    assert house.told == [4, 1, 3, 5]


async def test_what_the_database_never_has_an_answer_for_is_given_up(house: House) -> None:
    house.away = {1}
    house.add(1)
    await house.tried(1, 1)
    house.now = KEPT_SECONDS
    with capture_logs() as logs:
        async with asyncio.timeout(5):
            while not any(line["event"] == "broadcast_given_up" for line in logs):
                await asyncio.sleep(PAUSE)
    async with asyncio.timeout(5):
        assert await house.lost.get() == KEPT_SECONDS
    while not house.tries.empty():
        house.tries.get_nowait()
    house.add(2)
    await house.tried(2)
    assert house.told == [2]


async def test_what_finds_no_room_is_looked_for_when_nothing_waits_any_more(house: House) -> None:
    house.add(*range(MOST))
    house.now = 3.0
    house.add(MOST, MOST + 1)
    house.now = 10.0
    async with asyncio.timeout(5):
        assert await house.lost.get() == 7.0
    assert house.told == [*range(MOST)]
    assert house.lost.empty(), "said once"
