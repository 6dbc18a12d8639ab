"""After lost hints a node tells a room how far its question has come, unless it told that already."""

import asyncio
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any, cast

from repositories.questions import QuestionState
from repositories.unit_of_work import Database
from server.broadcaster.forum import ForumSockets, ForumTeller
from services.events import VoteChanged
from services.forum import Forum
from services.room_names import QUESTIONS_ROOM, RoomName, question_room
from tests.support.fakes import FakeUnitOfWork

ROOMS = {"one": {question_room(1), QUESTIONS_ROOM}, "two": {question_room(2)}, "three": {RoomName("conversation_7")}}


class Sockets:
    def __init__(self) -> None:
        self.told: list[tuple[str, str, Any]] = []

    def socket_ids(self) -> Collection[str]:
        return ROOMS

    def rooms_of(self, socket_id: str) -> Collection[RoomName]:
        return ROOMS[socket_id]

    def members(self, room: RoomName) -> Collection[str]:
        return [socket_id for socket_id, rooms in ROOMS.items() if room in rooms]

    def anybody_in(self, room: RoomName) -> bool:
        return bool(self.members(room))

    def to_room(self, room: RoomName, event: str, payload: Any, *, skip: str | None = None) -> None:
        self.told.append((room, event, payload["change"]))

    def to_socket(self, socket_id: str, event: str, payload: Any) -> None:
        self.told.append((socket_id, event, payload["change"]))


class Questions:
    """Both questions have come to 5."""

    async def states(self, question_ids: list[int]) -> list[QuestionState]:
        return [QuestionState(question_id, 5) for question_id in sorted(question_ids)]

    async def counts(self, question_ids: list[int]) -> list[object]:
        return []

    async def find(self, *, question_id: int, viewer_id: int) -> Any:
        return SimpleNamespace(id=question_id, change=5)


class Shown:
    async def show_question(self, row: Any, viewer: object) -> Any:
        return SimpleNamespace(row=row)


async def test_only_who_missed_something_is_told_after_lost_hints() -> None:
    sockets = Sockets()
    teller = ForumTeller(
        database=cast(Database, FakeUnitOfWork(SimpleNamespace(questions=Questions()))),
        sockets=cast(ForumSockets, sockets),
        forum=cast(Forum, Shown()),
        present=lambda event, payload: payload if isinstance(payload, dict) else {"change": cast(Any, payload).change},
    )
    teller.start()
    for question_id, change in ((1, 5), (2, 3)):
        vote = VoteChanged(question_id=question_id, answer_id=None, change=change, score=1, up_count=1, down_count=0)
        teller.table[VoteChanged](vote)
    sockets.told.clear()
    teller.look_again()
    async with asyncio.timeout(5):
        while not sockets.told:
            await asyncio.sleep(0)
    teller.look_again()
    for _ in range(50):
        await asyncio.sleep(0)
    assert sockets.told == [
        (question_room(2), "question_updated", 5),
        ("one", "question_updated", 5),
    ]
    await teller.close()
