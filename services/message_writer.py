"""Many sends, one commit: what waits while a batch is under way makes the next one.

One batch at a time keeps the order of each client and of each conversation. Latency goes down too: nobody queues for a
connection, and one fsync serves all. Two who send alone are the exception: each has a commit, and the database, which stores
one after the other, has the second one's message before it is done with the first one's.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
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
        # One, and another one for a message that goes beside a message.
        self._pumps: set[asyncio.Task[None]] = set()

    def append(self, draft: Draft, told: Listener[Appended]) -> None:
        """Takes a place in line at once; `told` hears the verdict, or Unavailable."""
        if len(self._waiting) >= self._max_waiting:
            raise Unavailable(retry_after=RETRY_AFTER)
        self._waiting.append(_Waiting(draft, told))
        if self._company is not None:
            if len(self._waiting) >= self._together:
                _release(self._company)
        elif not self._pumps or (len(self._waiting) == 1 and self._may_go()):
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
        return not self._under_way or self._is_second_of_two()

    def _is_second_of_two(self) -> bool:
        """One message, beside one that is under way."""
        if self._together > 2 or len(self._under_way) > 1 or len(self._under_way[0]) > 1 or len(self._waiting) != 1:
            return False
        return _may_part(self._under_way[0][0].draft, self._waiting[0].draft)

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
        if (
            len(self._waiting) == 2
            and self._together <= 2
            and _may_part(self._waiting[0].draft, self._waiting[1].draft)
        ):
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


def _may_part(first: Draft, second: Draft) -> bool:
    """Two messages need not share a commit: to wait for the other one's takes longer than to have one of its own.

    Of one sender they would be in the wrong order if the first one had to be tried again. Who has no client id is owed a
    COMMIT that is asked for by itself. Three and more do share one: that costs half as much, and is as quick.
    """
    ask_again = first.client_message_id is not None and second.client_message_id is not None
    return ask_again and first.sender_id != second.sender_id


def _release(company: "asyncio.Future[None]") -> None:
    if not company.done():
        company.set_result(None)


def _fail(items: list[_Waiting], error: Exception) -> None:
    for item in items:
        item.tell(None, error)
