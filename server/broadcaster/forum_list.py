"""Votes and answers, told to those who look at the list: only how each question stands in the end, once a second at most."""

import asyncio
from typing import Protocol

import structlog

from repositories.errors import StorageUnavailable
from repositories.unit_of_work import Database
from server.broadcaster.digest import Present
from server.broadcaster.sockets import Payload
from services.room_names import QUESTIONS_ROOM, RoomName
from services.tasks import end

log = structlog.get_logger(__name__)

SECONDS = 1.0
# In one event. Of more the latest are told: nobody sees so many lines at once.
MOST = 200


class ListSockets(Protocol):
    def anybody_in(self, room: RoomName) -> bool: ...

    def to_room(self, room: RoomName, event: str, payload: Payload) -> None: ...


class QuestionCounts:
    """`touch` is sync and cheap, and nothing where nobody looks; one task at a time does the looking."""

    def __init__(
        self,
        *,
        database: Database,
        sockets: ListSockets,
        present: Present,
        seconds: float = SECONDS,
    ) -> None:
        self._database = database
        self._sockets = sockets
        self._present = present
        self._seconds = seconds
        # In the order in which they were touched.
        self._touched: dict[int, None] = {}
        self._task: asyncio.Task[None] | None = None

    def touch(self, question_id: int) -> None:
        if not self._sockets.anybody_in(QUESTIONS_ROOM):
            return
        self._touched.pop(question_id, None)
        self._touched[question_id] = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="question-counts")

    async def close(self) -> None:
        await end([self._task])

    async def _work(self) -> None:
        """The first change is told at once; what comes within the second after it, together."""
        while self._touched:
            question_ids, self._touched = list(self._touched)[-MOST:], {}
            try:
                await self._tell(question_ids)
            except StorageUnavailable:
                log.warning("question_counts_postponed", why="database out of reach")
                self._touched = {key: None for key in question_ids if key not in self._touched} | self._touched
            except Exception:
                log.exception("question_counts_not_told", questions=len(question_ids))
            await asyncio.sleep(self._seconds)

    async def _tell(self, question_ids: list[int]) -> None:
        async with self._database.reading() as repositories:
            counts = await repositories.questions.counts(question_ids)
        if counts:
            told = self._present("questions_counted", {"questions": counts})
            self._sockets.to_room(QUESTIONS_ROOM, "questions_counted", told)
