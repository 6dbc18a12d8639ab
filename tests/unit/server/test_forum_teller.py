"""After lost hints a node tells a room how far its question has come, unless it told that already."""

import asyncio
from collections.abc import Callable, Collection
from types import SimpleNamespace
from typing import Any, cast

from repositories.errors import StorageUnavailable
from repositories.questions import QuestionState
from repositories.unit_of_work import Database
from server.broadcaster.forum import ForumSockets, ForumTeller
from server.broadcaster.waiting_facts import MAX_WAITING
from services.events import QuestionAsked, QuestionChanged, VoteChanged
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
    """All questions have come to 5."""

    def __init__(self, *asked: int) -> None:
        self.asked = asked
        self.away = False
        self.tries = 0

    async def states(self, question_ids: list[int]) -> list[QuestionState]:
        return [QuestionState(question_id, 5, just_asked=False) for question_id in sorted(question_ids)]

    async def touched(self, *, seconds: float, limit: int) -> list[QuestionState]:
        return [QuestionState(key, 5, just_asked=True) for key in self.asked]

    async def counts(self, question_ids: list[int]) -> list[object]:
        return []

    async def find(self, *, question_id: int, viewer_id: int) -> Any:
        self.tries += 1
        if self.away:
            raise StorageUnavailable
        return SimpleNamespace(id=question_id, change=5)


class Shown:
    async def show_question(self, row: Any, viewer: object) -> Any:
        return SimpleNamespace(row=row)


def presented(event: str, payload: Any) -> Any:
    if event == "question_created":
        return {"change": payload["question"].row.change}
    return payload if isinstance(payload, dict) else {"change": payload.change}


def _nothing_lost(seconds: float) -> None:
    raise AssertionError(f"lost something of {seconds} s ago")


def started(sockets: Sockets, questions: Questions, *, lost: Callable[[float], None] = _nothing_lost) -> ForumTeller:
    teller = ForumTeller(
        database=cast(Database, FakeUnitOfWork(SimpleNamespace(questions=questions))),
        sockets=cast(ForumSockets, sockets),
        forum=cast(Forum, Shown()),
        present=presented,
        lost=lost,
    )
    teller.start()
    return teller


async def until_told(sockets: Sockets, event: tuple[str, str, int]) -> None:
    async with asyncio.timeout(5):
        while event not in sockets.told:
            await asyncio.sleep(0)


async def test_what_was_asked_meanwhile_is_told_to_the_list_once_after_lost_hints() -> None:
    """Question 8 came by the bus before it went away; 9 did not."""
    sockets = Sockets()
    teller = started(sockets, Questions(8, 9))
    for question_id in (1, 2):
        vote = VoteChanged(question_id=question_id, answer_id=None, change=5, score=1, up_count=1, down_count=0)
        teller.table[VoteChanged](vote)
    created = (QUESTIONS_ROOM, "question_created", 5)
    teller.table[QuestionAsked](QuestionAsked(question_id=8))
    await until_told(sockets, created)
    sockets.told.clear()
    for _ in range(2):
        teller.look_again(12.0)
    await until_told(sockets, created)
    teller.table[QuestionAsked](QuestionAsked(question_id=9))  # the bus is back, and brings what it had
    teller.look_again(12.0)
    for _ in range(200):
        await asyncio.sleep(0)
    assert sockets.told == [created]
    await teller.close()


async def test_what_could_not_be_looked_up_is_told_once_the_database_is_there() -> None:
    """What was asked here, what the bus brought, and what is looked for after lost hints."""
    sockets, questions = Sockets(), Questions(9)
    teller = started(sockets, questions)
    vote = VoteChanged(question_id=1, answer_id=None, change=5, score=1, up_count=1, down_count=0)
    teller.table[VoteChanged](vote)
    sockets.told.clear()
    questions.away = True
    teller.table[QuestionAsked](QuestionAsked(question_id=8))
    teller.table[QuestionChanged](QuestionChanged(question_id=2))
    teller.look_again(12.0)
    while questions.tries < 3:
        await asyncio.sleep(0)
    assert sockets.told == []
    questions.away = False
    for told in (
        (QUESTIONS_ROOM, "question_created", 5),
        (question_room(2), "question_updated", 5),
        (QUESTIONS_ROOM, "question_created", 5),
    ):
        await until_told(sockets, told)
        sockets.told.remove(told)
    await teller.close()


async def test_what_found_no_room_to_wait_in_is_looked_for_afterwards() -> None:
    sockets, lost = Sockets(), asyncio.Queue[float]()
    teller = started(sockets, Questions(9), lost=lost.put_nowait)
    for _ in range(MAX_WAITING):
        teller.table[QuestionChanged](QuestionChanged(question_id=2))
    teller.table[QuestionAsked](QuestionAsked(question_id=9))
    created = (QUESTIONS_ROOM, "question_created", 5)
    seconds = await asyncio.wait_for(lost.get(), 10)
    assert created not in sockets.told
    teller.look_again(seconds)
    await until_told(sockets, created)
    await teller.close()


async def test_only_who_missed_something_is_told_after_lost_hints() -> None:
    sockets = Sockets()
    teller = started(sockets, Questions())
    for question_id, change in ((1, 5), (2, 3)):
        vote = VoteChanged(question_id=question_id, answer_id=None, change=change, score=1, up_count=1, down_count=0)
        teller.table[VoteChanged](vote)
    sockets.told.clear()
    teller.look_again(12.0)
    async with asyncio.timeout(5):
        while not sockets.told:
            await asyncio.sleep(0)
    teller.look_again(12.0)
    for _ in range(50):
        await asyncio.sleep(0)
    assert sockets.told == [
        (question_room(2), "question_updated", 5),
        ("one", "question_updated", 5),
    ]
    await teller.close()
