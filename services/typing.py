"""Who is typing: relayed, never stored, and over after a while even when nobody says so."""

from collections.abc import Callable

from services.access import Access, refusal
from services.events import Fact, TypingStarted, TypingStopped
from services.ports import Clock, Publisher, UnitOfWork
from services.principal import Principal
from services.typists import Typists
from services.voices import Voices

MOST_ELSEWHERE = 20_000
# Another node ends what it started; we only do when it did not.
PATIENCE_SECONDS = 2.0


def _stopped(conversation_id: int, user_id: int, socket_id: str) -> TypingStopped:
    return TypingStopped(conversation_id=conversation_id, user_id=user_id, socket_id=socket_id)


class Typing:
    """`publisher` tells this node and the others; `tell_here` only this one. `tick` ends what is over."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        tell_here: Callable[[Fact], None],
        access: Access,
        clock: Clock,
        seconds: float,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._tell_here = tell_here
        self._access = access
        self._clock = clock
        self._voices = Voices(clock=clock)
        self._here: Typists[int, TypingStopped] = Typists(seconds, _stopped)
        self._elsewhere: Typists[int, TypingStopped] = Typists(seconds + PATIENCE_SECONDS, _stopped)

    async def start(self, principal: Principal, *, conversation_id: int, socket_id: str) -> None:
        """Raises NotFound, Forbidden and Conflict where one may not write, Unavailable."""
        await self._require_voice(principal, conversation_id)
        self._started(principal, conversation_id, socket_id)

    def start_at_once(self, principal: Principal, *, conversation_id: int, socket_id: str) -> bool:
        """`start` without waiting. False: the database has to be asked, and nothing was done."""
        known = self._voices.known(principal.user_id, conversation_id)
        if known:
            self._started(principal, conversation_id, socket_id)
        return known

    async def stop(self, principal: Principal, *, conversation_id: int, socket_id: str) -> None:
        """Relayed even when it ended by itself before. Raises as `start` does."""
        await self._require_voice(principal, conversation_id)
        self._stopped(principal, conversation_id, socket_id)

    def stop_at_once(self, principal: Principal, *, conversation_id: int, socket_id: str) -> bool:
        """`stop` without waiting. False: the database has to be asked, and nothing was done."""
        known = self._voices.known(principal.user_id, conversation_id)
        if known:
            self._stopped(principal, conversation_id, socket_id)
        return known

    def _started(self, principal: Principal, conversation_id: int, socket_id: str) -> None:
        self._here.add(socket_id, conversation_id, principal.user_id, self._clock())
        self._publisher.publish(
            TypingStarted(conversation_id=conversation_id, user_id=principal.user_id, socket_id=socket_id)
        )
        for oldest in self._here.too_many(socket_id):
            self.left(socket_id, oldest)

    def _stopped(self, principal: Principal, conversation_id: int, socket_id: str) -> None:
        self._here.remove(socket_id, conversation_id)
        self._publisher.publish(
            TypingStopped(conversation_id=conversation_id, user_id=principal.user_id, socket_id=socket_id)
        )

    async def _require_voice(self, principal: Principal, conversation_id: int) -> None:
        if self._voices.known(principal.user_id, conversation_id):
            return
        asked = self._voices.ask()
        async with self._unit_of_work.reading() as repositories:
            membership = await self._access.membership(repositories, principal, conversation_id)
        if membership.obstacle is not None:
            raise refusal(membership.obstacle)
        self._voices.remember(asked, principal.user_id, conversation_id)

    def left(self, socket_id: str, conversation_id: int) -> None:
        """The socket left the room."""
        stopped = self._here.remove(socket_id, conversation_id)
        if stopped is not None:
            self._publisher.publish(stopped)

    def disconnected(self, socket_id: str) -> None:
        for conversation_id in self._here.places(socket_id):
            self.left(socket_id, conversation_id)

    def asks_of_rights(self, kind: type[Fact]) -> bool:
        """Whether facts of that kind have to come by."""
        return self._voices.concerned_by(kind)

    def rights_heard(self, fact: Fact) -> None:
        """Facts of this node and of others come by: what takes a right is not remembered over."""
        self._voices.heard(fact)

    def heard(self, fact: TypingStarted | TypingStopped) -> None:
        """What another node relayed: if that node dies, its people stop typing here all the same."""
        if isinstance(fact, TypingStopped):
            self._elsewhere.remove(fact.socket_id, fact.conversation_id)
            return
        self._elsewhere.add(fact.socket_id, fact.conversation_id, fact.user_id, self._clock())
        for stopped in self._elsewhere.beyond(MOST_ELSEWHERE):
            self._tell_here(stopped)

    def tick(self) -> None:
        now = self._clock()
        for stopped in self._here.expired(now):
            self._publisher.publish(stopped)
        for stopped in self._elsewhere.expired(now):
            self._tell_here(stopped)
