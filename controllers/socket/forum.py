"""The rooms of the forum: of a question, and of the list; and who is writing an answer."""

from controllers.schemas.forum_events import (
    DoneSchema,
    JoinedQuestionSchema,
    LeftQuestionSchema,
    ListRoomSchema,
    QuestionRoomSchema,
)
from controllers.socket.contract import Reply, SocketCall, SocketEvent
from controllers.socket.hub import CountedRooms
from services.answer_typing import AnswerTyping
from services.questions import Questions
from services.room_names import QUESTIONS_ROOM, question_room


class ForumEvents:
    def __init__(self, *, questions: Questions, typing: AnswerTyping, rooms: CountedRooms) -> None:
        self._questions = questions
        self._typing = typing
        self._rooms = rooms

    def events(self) -> list[SocketEvent]:
        of_question, of_list = QuestionRoomSchema, ListRoomSchema
        return [
            SocketEvent(
                "join_question", self.join, of_question, JoinedQuestionSchema, "event", "Receive a question live"
            ),
            SocketEvent(
                "leave_question",
                self.leave,
                of_question,
                LeftQuestionSchema,
                "event",
                "Stop receiving a question live",
            ),
            SocketEvent(
                "join_questions",
                self.join_list,
                of_list,
                DoneSchema,
                "event",
                "Hear of new questions and of what becomes of the others",
            ),
            SocketEvent("leave_questions", self.leave_list, of_list, DoneSchema, "event", "Stop hearing of the list"),
            SocketEvent(
                "answer_typing_start",
                self.start,
                of_question,
                DoneSchema,
                "event",
                "Tell the readers of a question that one is writing an answer; ends by itself",
            ),
            SocketEvent(
                "answer_typing_stop",
                self.stop,
                of_question,
                DoneSchema,
                "event",
                "Tell the readers of a question that one stopped writing",
            ),
        ]

    async def join(self, call: SocketCall) -> Reply:
        """First into the room, then how far it has come: nothing is missed between the two."""
        question_id = call.data["question_id"]
        room = question_room(question_id)
        was_in = self._rooms.is_in(call.socket_id, room)
        self._rooms.enter(call.socket_id, room)
        try:
            change = await self._questions.change(question_id=question_id)
        except BaseException:
            if not was_in:
                self._rooms.leave(call.socket_id, room)
            raise
        return Reply({"question_id": question_id, "change": change, "readers": self._rooms.count(room)})

    async def leave(self, call: SocketCall) -> Reply:
        question_id = call.data["question_id"]
        self._rooms.leave(call.socket_id, question_room(question_id))
        return Reply({"question_id": question_id})

    async def join_list(self, call: SocketCall) -> Reply:
        self._questions.require_on()
        self._rooms.enter(call.socket_id, QUESTIONS_ROOM)
        return Reply()

    async def leave_list(self, call: SocketCall) -> Reply:
        self._rooms.leave(call.socket_id, QUESTIONS_ROOM)
        return Reply()

    async def start(self, call: SocketCall) -> Reply:
        await self._typing.start(call.principal, question_id=call.data["question_id"], socket_id=call.socket_id)
        return Reply()

    async def stop(self, call: SocketCall) -> Reply:
        self._typing.stop(question_id=call.data["question_id"], socket_id=call.socket_id)
        return Reply()
