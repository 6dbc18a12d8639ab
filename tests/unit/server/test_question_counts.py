"""The list is told at once of the first change, of what follows within the second together, of nothing while nobody looks."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from repositories.errors import StorageUnavailable
from repositories.unit_of_work import Database
from server.broadcaster.forum_list import MOST, QuestionCounts
from services.room_names import RoomName
from tests.support.fakes import FakeUnitOfWork


class Room:
    def __init__(self) -> None:
        self.open = True
        self.told: list[list[int]] = []

    def anybody_in(self, room: RoomName) -> bool:
        return self.open

    def to_room(self, room: RoomName, event: str, payload: Any) -> None:
        self.told.append(payload["questions"])


class Questions:
    """Away at the first look when `away`."""

    def __init__(self) -> None:
        self.away = False

    async def counts(self, question_ids: list[int]) -> list[int]:
        if self.away:
            self.away = False
            raise StorageUnavailable("test")
        return question_ids


async def until(room: Room, times: int) -> None:
    async with asyncio.timeout(5):
        while len(room.told) < times:
            await asyncio.sleep(0)


async def test_many_changes_are_one_event_with_the_latest() -> None:
    room, questions = Room(), Questions()
    counts = QuestionCounts(
        database=cast(Database, FakeUnitOfWork(SimpleNamespace(questions=questions))),
        sockets=room,
        present=lambda event, payload: cast(dict[str, Any], payload),
        seconds=0.02,
    )
    counts.touch(1)
    await until(room, 1)
    for number in (9, 2, 3, 2, *range(10, 10 + MOST - 2), 3):
        counts.touch(number)
    await until(room, 2)
    assert room.told[0] == [1]
    assert (len(room.told[1]), room.told[1][0], room.told[1][-1]) == (MOST, 2, 3)
    questions.away = True
    counts.touch(4)
    while questions.away:
        await asyncio.sleep(0)
    counts.touch(5)
    await until(room, 3)
    room.open = False
    counts.touch(6)
    assert room.told[2:] == [[4, 5]], "the database was away for the first look"
    await counts.close()
