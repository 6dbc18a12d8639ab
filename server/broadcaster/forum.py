"""What happens in the forum, told to the rooms of its questions and of the list.

Facts of this node carry what is to be told; those of other nodes carry ids, and are looked up where somebody listens.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from repositories.unit_of_work import Database
from server.broadcaster.digest import Present
from server.broadcaster.forum_list import QuestionCounts
from server.broadcaster.sockets import Sockets
from server.broadcaster.waiting_facts import Look, WaitingFacts
from services.events import (
    AnswerAccepted,
    AnswerChanged,
    AnswerPosted,
    AnswerTypingStarted,
    AnswerTypingStopped,
    Fact,
    QuestionAsked,
    QuestionChanged,
    VoteChanged,
)
from services.forum import Forum
from services.forum_view import AnswerView, QuestionView
from services.room_names import QUESTIONS_ROOM, RoomName, question_of, question_room

NOBODY = 0
# Questions of which this node remembers how far it has told its readers.
MOST_TOLD = 20_000
# Of those of the list that moved, at one look: nobody sees so many lines at once.
MOST_MISSED = 200


class ForumSockets(Sockets, Protocol):
    def socket_ids(self) -> Collection[str]: ...

    def rooms_of(self, socket_id: str) -> Collection[RoomName]: ...


@dataclass(frozen=True, slots=True)
class Missed(Fact):
    """Stays on this node: what lost hints may have been about. `seconds`: how far back the list has to look; None where nobody
    sees it.
    """

    question_ids: frozenset[int]
    seconds: float | None


class ForumTeller:
    """`table` is for the broadcaster's; like its own rows these never raise and never wait. `lost` as WaitingFacts has it."""

    def __init__(
        self,
        *,
        database: Database,
        sockets: ForumSockets,
        forum: Forum,
        present: Present,
        lost: Callable[[float], None],
    ) -> None:
        self._database = database
        self._sockets = sockets
        self._forum = forum
        self._present = present
        self._counts = QuestionCounts(database=database, sockets=sockets, present=present)
        self._lost = lost
        self._waiting = WaitingFacts(self._looks, lost=self._some_lost)
        self._later = self._waiting.add
        self._told: dict[int, int] = {}
        # Questions of which the list heard that they were asked, or would have if somebody had looked at it.
        self._listed: set[int] = set()
        self.table: Mapping[type[Fact], Callable[[Any], None]] = {
            QuestionAsked: self._asked,
            QuestionChanged: self._question,
            AnswerPosted: self._answer,
            AnswerChanged: self._answer,
            AnswerAccepted: self._accepted,
            VoteChanged: self._voted,
            AnswerTypingStarted: self._typing,
            AnswerTypingStopped: self._typing,
        }

    def start(self) -> None:
        self._waiting.start()

    async def close(self) -> None:
        await self._waiting.close()
        await self._counts.close()

    def look_again(self, seconds: float) -> None:
        """Hints of other nodes may have been lost within the last `seconds`: rooms here are told how far their questions have
        come, and the list what was asked."""
        rooms = {room for socket_id in self._sockets.socket_ids() for room in self._sockets.rooms_of(socket_id)}
        questions = frozenset(found for room in rooms if (found := question_of(room)) is not None)
        if questions or QUESTIONS_ROOM in rooms:
            self._later(Missed(questions, seconds if QUESTIONS_ROOM in rooms else None))

    # -- at once ------------------------------------------------------------------------------------------------------

    def _asked(self, fact: QuestionAsked) -> None:
        if fact.question_id in self._listed:
            return
        if len(self._listed) >= MOST_TOLD:
            self._listed.clear()  # at worst the list is told once more
        self._listed.add(fact.question_id)
        if not self._sockets.anybody_in(QUESTIONS_ROOM):
            return
        if fact.question is None:
            self._later(fact)
        else:
            self._tell_asked(fact.question)

    def _tell_asked(self, view: QuestionView) -> None:
        self._note(view.row.id, view.row.change)
        self._tell(QUESTIONS_ROOM, "question_created", {"question": view})

    def _question(self, fact: QuestionChanged) -> None:
        room = question_room(fact.question_id)
        if not (self._sockets.anybody_in(room) or self._sockets.anybody_in(QUESTIONS_ROOM)):
            return
        if fact.question is None:
            self._later(fact)
        else:
            self._tell_question(fact.question)

    def _tell_question(self, view: QuestionView) -> None:
        self._note(view.row.id, view.row.change)
        payload = {"question_id": view.row.id, "change": view.row.change, "question": view}
        told = self._present("question_updated", payload)
        room = question_room(view.row.id)
        self._sockets.to_room(room, "question_updated", told)
        for socket_id in set(self._sockets.members(QUESTIONS_ROOM)) - set(self._sockets.members(room)):
            self._sockets.to_socket(socket_id, "question_updated", told)

    def _answer(self, fact: AnswerPosted | AnswerChanged) -> None:
        self._counts.touch(fact.question_id)
        if not self._sockets.anybody_in(question_room(fact.question_id)):
            return
        if fact.answer is None:
            self._later(fact)
        else:
            self._tell_answer(fact, fact.answer)

    def _tell_answer(self, fact: AnswerPosted | AnswerChanged, view: AnswerView) -> None:
        self._note(fact.question_id, view.row.change)
        event = "answer_created" if isinstance(fact, AnswerPosted) else "answer_updated"
        payload = {"question_id": fact.question_id, "change": view.row.change, "answer": view}
        self._tell(question_room(fact.question_id), event, payload)

    def _accepted(self, fact: AnswerAccepted) -> None:
        self._counts.touch(fact.question_id)
        self._note(fact.question_id, fact.change)
        self._tell(question_room(fact.question_id), "answer_accepted", fact)

    def _voted(self, fact: VoteChanged) -> None:
        if fact.answer_id is None:
            self._counts.touch(fact.question_id)
        self._note(fact.question_id, fact.change)
        self._tell(question_room(fact.question_id), "vote_changed", fact)

    def _typing(self, fact: AnswerTypingStarted | AnswerTypingStopped) -> None:
        event = "answer_typing_start" if isinstance(fact, AnswerTypingStarted) else "answer_typing_stop"
        self._tell(question_room(fact.question_id), event, fact, skip=fact.socket_id)

    def _tell(self, room: RoomName, event: str, payload: object, *, skip: str | None = None) -> None:
        if self._sockets.anybody_in(room):
            self._sockets.to_room(room, event, self._present(event, payload), skip=skip)

    # -- after a look in the database ---------------------------------------------------------------------------------

    def _note(self, question_id: int, change: int) -> None:
        if len(self._told) >= MOST_TOLD:
            self._told.clear()  # at worst somebody is told once more where they are
        self._told[question_id] = max(change, self._told.get(question_id, 0))

    def _some_lost(self, seconds: float) -> None:
        """Any of them may be one that the list never heard of."""
        self._listed.clear()
        self._lost(seconds)

    def _looks(self, facts: Sequence[Fact]) -> Iterator[Look]:
        for fact in facts:
            yield Look([fact], partial(self._look_and_tell, fact))

    async def _look_and_tell(self, fact: Fact) -> None:
        if isinstance(fact, Missed):
            await self._catch_up(fact)
        elif isinstance(fact, AnswerPosted | AnswerChanged):
            async with self._database.reading() as repositories:
                found = await repositories.answers.find(answer_id=fact.answer_id, viewer_id=NOBODY)
            if found is not None:
                [view] = await self._forum.show_answers([found], None)
                self._tell_answer(fact, view)
        elif isinstance(fact, QuestionAsked | QuestionChanged):
            async with self._database.reading() as repositories:
                row = await repositories.questions.find(question_id=fact.question_id, viewer_id=NOBODY)
            if row is None:
                return
            question = await self._forum.show_question(row, None)
            if isinstance(fact, QuestionAsked):
                self._tell_asked(question)
            else:
                self._tell_question(question)

    async def _catch_up(self, missed: Missed) -> None:
        async with self._database.reading() as repositories:
            states = await repositories.questions.states(list(missed.question_ids))
            if missed.seconds is not None:
                states += await repositories.questions.touched(seconds=missed.seconds, limit=MOST_MISSED)
        for state in {state.id: state for state in states}.values():
            if state.just_asked and state.id not in self._listed:
                self._asked(QuestionAsked(question_id=state.id))
                self._note(state.id, state.change)
            elif state.change > self._told.get(state.id, 0):
                self._later(QuestionChanged(question_id=state.id))
