"""Who is writing an answer: relayed to the readers of the question, never stored, over after a while by itself."""

from collections.abc import Callable

from services.errors import NotFound
from services.events import AnswerTypingStarted, AnswerTypingStopped, Fact
from services.forum import Forum
from services.ports import Clock
from services.principal import Principal
from services.typists import Typists

MOST_ELSEWHERE = 20_000
# Another node ends what it started; we only do when it did not.
PATIENCE_SECONDS = 2.0


def _stopped(question_id: int, user_id: int | None, socket_id: str) -> AnswerTypingStopped:
    return AnswerTypingStopped(question_id=question_id, user_id=user_id, socket_id=socket_id)


class AnswerTyping:
    """`tell_here` tells only this node. `tick` ends what is over."""

    def __init__(self, forum: Forum, *, tell_here: Callable[[Fact], None], clock: Clock, seconds: float) -> None:
        self._forum = forum
        self._tell_here = tell_here
        self._clock = clock
        self._here: Typists[int | None, AnswerTypingStopped] = Typists(seconds, _stopped)
        self._elsewhere: Typists[int | None, AnswerTypingStopped] = Typists(seconds + PATIENCE_SECONDS, _stopped)

    async def start(self, principal: Principal, *, question_id: int, socket_id: str) -> None:
        """Raises NotFound, Forbidden, Unavailable."""
        user_id = await self._shown_as(principal, question_id)
        self._here.add(socket_id, question_id, user_id, self._clock())
        self._forum.publisher.publish(
            AnswerTypingStarted(question_id=question_id, user_id=user_id, socket_id=socket_id)
        )
        for oldest in self._here.too_many(socket_id):
            self.left(socket_id, oldest)

    def stop(self, *, question_id: int, socket_id: str) -> None:
        """Nothing where it had not begun. Raises Forbidden."""
        self._forum.require_on()
        self.left(socket_id, question_id)

    def left(self, socket_id: str, question_id: int) -> None:
        """The socket left the room."""
        stopped = self._here.remove(socket_id, question_id)
        if stopped is not None:
            self._forum.publisher.publish(stopped)

    def disconnected(self, socket_id: str) -> None:
        for question_id in self._here.places(socket_id):
            self.left(socket_id, question_id)

    def heard(self, fact: AnswerTypingStarted | AnswerTypingStopped) -> None:
        """What another node relayed: if that node dies, its people stop typing here all the same."""
        if isinstance(fact, AnswerTypingStopped):
            self._elsewhere.remove(fact.socket_id, fact.question_id)
            return
        self._elsewhere.add(fact.socket_id, fact.question_id, fact.user_id, self._clock())
        for stopped in self._elsewhere.beyond(MOST_ELSEWHERE):
            self._tell_here(stopped)

    def tick(self) -> None:
        now = self._clock()
        for stopped in self._here.expired(now):
            self._forum.publisher.publish(stopped)
        for stopped in self._elsewhere.expired(now):
            self._tell_here(stopped)

    async def _shown_as(self, principal: Principal, question_id: int) -> int | None:
        """None: the asker, whom a pseudonym hides."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            row = await repositories.questions.find(question_id=question_id, viewer_id=principal.user_id)
        if row is None or row.deleted_at is not None:
            raise NotFound
        return None if row.pseudonym is not None and row.author_id == principal.user_id else principal.user_id
