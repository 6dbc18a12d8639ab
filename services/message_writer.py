"""Many sends, one commit: what waits while a batch is under way makes the next one.

One batch after the other keeps the order of each client and of each conversation. Latency goes down too: nobody queues for a
connection, and one fsync serves all. The database has the next batch before it is done with the one under way where that pays:
of two who send alone each has a commit, and of many there must be enough to make a batch.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from operator import attrgetter

from repositories.errors import OutcomeUnknown, StorageUnavailable
from repositories.messages import Appended, Draft
from services.errors import Unavailable
from services.outcome import Listener
from services.ports import Appender

# Told when it is not known whether something was stored in these conversations, and nobody will come back to ask.
InDoubt = Callable[[set[int]], None]

RETRY_AFTER = 1.0
PAUSE_WHILE_AWAY = 0.25
TOLD_AT_ONCE = 32
A_FEW = range(3, 9)
# So many are a batch that need not wait for more, though one batch more costs PostgreSQL as much as fifteen messages.
ENOUGH = 36
# A few who were together this long ago, in seconds, are likely to be so again: the answer must reach them, and they must write.
RECENTLY = 0.005
# How long the first one then waits for the others. Timers come in whole milliseconds.
INSTANT = 0.002

_client_id_of = attrgetter("client_message_id")
_verdict_of = attrgetter("verdict")


class _Waiting:
    __slots__ = ("_told", "draft", "identity", "in_doubt")

    def __init__(self, draft: Draft, told: Listener[Appended]) -> None:
        self.draft = draft
        self._told: Listener[Appended] | None = told
        # The answer to its COMMIT was lost; it is appended again under the same key until the database says what happened.
        self.in_doubt = False
        # Two of the same may not share a batch: the second one must see the first stored. An int is hashed sooner than a UUID.
        client_id = draft.client_message_id
        sent_key = draft.message_key if client_id is None else client_id.int
        self.identity = (draft.conversation_id, draft.sender_id, sent_key)

    def tell(self, answer: Appended | None, error: Exception | None = None) -> None:
        """The first answer only: who is stopped in the middle of something fails all that may be unanswered."""
        told, self._told = self._told, None
        if told is not None:
            told(answer, error)


class MessageWriter:
    """`max_waiting` bounds what may wait: beyond it the answer is Unavailable at once, not late.

    `committed` is told how many messages each commit stored.
    """

    def __init__(
        self,
        *,
        appender: Appender,
        in_doubt: InDoubt,
        committed: Callable[[int], None],
        max_batch: int = 128,
        max_waiting: int = 10_000,
    ) -> None:
        self._appender = appender
        self._committed = committed
        self._tell_in_doubt = in_doubt
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._waiting: deque[_Waiting] = deque()
        # How many messages were under way or waiting when the last commit came back, and the most of the last two times: where
        # three take turns, every other commit comes back before whoever heard of the one before has written again.
        self._seen = 0
        self._together = 0
        self._together_at = 0.0
        self._company: asyncio.Future[None] | None = None
        self._under_way: list[list[_Waiting]] = []
        self._answers: deque[tuple[_Waiting, Appended]] = deque()
        self._is_telling = False
        # One, and another one for a batch that goes beside a batch.
        self._pumps: set[asyncio.Task[None]] = set()

    def append(self, draft: Draft, told: Listener[Appended]) -> None:
        """Takes a place in line at once; `told` hears the verdict, or Unavailable."""
        if len(self._waiting) >= self._max_waiting:
            raise Unavailable(retry_after=RETRY_AFTER)
        self._waiting.append(_Waiting(draft, told))
        if self._company is not None:
            if len(self._waiting) >= self._together:
                _release(self._company)
        # The first one begins too: a pump that found nothing to do has ended, though nobody may have been told of it yet.
        elif not self._pumps or (len(self._waiting) in (1, self._enough()) and self._may_go()):
            self._begin()

    def _begin(self) -> None:
        pump = asyncio.create_task(self._work(), name="message writer")
        self._pumps.add(pump)
        pump.add_done_callback(self._pumps.discard)

    async def close(self) -> None:
        """Wait for what was taken in."""
        while self._pumps:
            await asyncio.gather(*self._pumps, return_exceptions=True)
        while self._answers:
            self._tell()

    async def _work(self) -> None:
        while True:
            await self._wait_for_company()
            if not self._may_go() or not (batch := self._next_batch()):
                return
            self._under_way.append(batch)
            if self._waiting and self._may_go():
                self._begin()
            try:
                await self._store(batch)
            except BaseException:
                self._fail_everything(batch)
                raise
            finally:
                self._under_way.remove(batch)
            seen = len(batch) + len(self._waiting) + sum(map(len, self._under_way))
            self._seen, self._together = seen, max(seen, self._seen)
            self._together_at = time.monotonic()

    def _may_go(self) -> bool:
        """Whether what waits may go to the database now."""
        if self._company is not None:
            return False
        return not self._under_way or self._may_go_beside()

    def _may_go_beside(self) -> bool:
        enough = self._enough()
        if not enough or len(self._waiting) < enough or (enough == 1 and len(self._waiting) > 1):
            return False
        return _may_part(self._under_way[0], self._waiting)

    def _enough(self) -> int:
        """How many have to wait to go beside what is under way: as many, or batches would grow smaller each time. A few share a
        commit.
        """
        if len(self._under_way) != 1:
            return 0
        size = len(self._under_way[0])
        if size == 1:
            return 1 if self._together <= 2 else 0
        return min(size, ENOUGH) if size >= A_FEW.stop else 0

    async def _wait_for_company(self) -> None:
        """Three who send one message after the other at the same time would wait for others' commits for ever. When a few were
        seen together a moment ago, the first one waits an instant for the others; one or two never wait.
        """
        if self._under_way or self._together not in A_FEW or time.monotonic() - self._together_at > RECENTLY:
            return
        if len(self._waiting) < self._together and self._company is None:
            loop = asyncio.get_running_loop()
            self._company = loop.create_future()
            timer = loop.call_later(INSTANT, _release, self._company)
            try:
                await self._company
            finally:
                timer.cancel()
                self._company = None

    def _next_batch(self) -> list[_Waiting]:
        """The oldest ones, without two of the same identity; those keep their place for the batch after."""
        batch: dict[tuple[int, int, object], _Waiting] = {}
        held_back: list[_Waiting] = []
        for item in self._oldest():
            if item.identity in batch:
                held_back.append(item)
            else:
                batch[item.identity] = item
        self._waiting.extendleft(reversed(held_back))
        return list(batch.values())

    def _oldest(self) -> Iterable[_Waiting]:
        if len(self._waiting) > self._max_batch:
            return [self._waiting.popleft() for _ in range(self._max_batch)]
        if len(self._waiting) == 2 and self._together <= 2:
            first, second = self._waiting
            if _may_part([first], [second]):
                return [self._waiting.popleft()]
        everything, self._waiting = self._waiting, deque()
        return everything

    async def _store(self, batch: list[_Waiting]) -> None:
        drafts = [item.draft for item in batch]
        # Who has a client id can ask again with it; who has none is owed certainty.
        certain = not all(map(_client_id_of, drafts))
        try:
            answers = await self._appender.append(drafts, certain=certain)
        except OutcomeUnknown:
            await self._doubt(batch)
        except StorageUnavailable:
            await self._give_up(batch)
        except Exception as error:  # noqa: BLE001  # whatever a row does, its neighbours are not to suffer
            await self._isolate(batch, error)
        else:
            self._committed(list(map(_verdict_of, answers)).count("stored"))
            self._answers.extend(zip(batch, answers, strict=True))
            if not self._is_telling:
                if self._waiting:
                    self._tell_soon()
                else:
                    self._tell()

    def _tell_soon(self) -> None:
        """The next batch goes before it: the database works while we tell."""
        self._is_telling = True
        asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        """In the order of the commits, and a few at a time, so that the event loop gets round to others."""
        for _ in range(min(TOLD_AT_ONCE, len(self._answers))):
            item, answer = self._answers.popleft()
            try:
                item.tell(answer)
            except Exception as error:  # noqa: BLE001  # who listens badly must not keep the others from hearing
                told = {"message": "an answer could not be told", "exception": error}
                asyncio.get_running_loop().call_exception_handler(told)
        self._is_telling = False
        if self._answers:
            self._tell_soon()

    def _fail_everything(self, batch: list[_Waiting]) -> None:
        _fail([*batch, *self._waiting], Unavailable(retry_after=RETRY_AFTER))
        self._waiting.clear()

    async def _isolate(self, batch: list[_Waiting], error: Exception) -> None:
        """One row that the database refuses must not fail its neighbours."""
        if len(batch) == 1:
            _fail(batch, error)
            return
        for item in batch:
            await self._store([item])

    async def _doubt(self, batch: list[_Waiting]) -> None:
        """Who has a client id asks again with it. The others get their answer once it is known."""
        for item in batch:
            item.in_doubt = True
        self._tell_in_doubt({item.draft.conversation_id for item in batch})
        await self._give_up(batch)

    async def _give_up(self, batch: list[_Waiting]) -> None:
        """The database is away: all that waits would only come late. Except what must be known to be answered."""
        everything = [*batch, *self._waiting]
        unresolved = [item for item in everything if item.in_doubt and item.draft.client_message_id is None]
        _fail([item for item in everything if item not in unresolved], Unavailable(retry_after=RETRY_AFTER))
        self._waiting = deque(unresolved)
        if unresolved:
            await asyncio.sleep(PAUSE_WHILE_AWAY)


def _may_part(first: Collection[_Waiting], second: Collection[_Waiting]) -> bool:
    """Whether these may be two batches, of which the database has the second one before it is done with the first one.

    Of one sender they would be in the wrong order if the first one had to be tried again. Who has no client id is owed a
    COMMIT that is asked for by itself.
    """
    senders = {item.draft.sender_id for item in first}
    if not senders.isdisjoint([item.draft.sender_id for item in second]):
        return False
    return all(item.draft.client_message_id is not None for batch in (first, second) for item in batch)


def _release(company: "asyncio.Future[None]") -> None:
    if not company.done():
        company.set_result(None)


def _fail(items: list[_Waiting], error: Exception) -> None:
    for item in items:
        item.tell(None, error)
