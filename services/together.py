"""Many questions, one look in the database: what is asked while one is under way is answered by the next.

No answer is older than its question: each look begins after the last question that it answers. When a thousand clients
come back at once they cost a handful of statements; one that comes alone waits for nobody.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from repositories.errors import StorageUnavailable
from services.errors import Unavailable

Question = TypeVar("Question")
Answer = TypeVar("Answer")

RETRY_AFTER = 1.0


class Together(Generic[Question, Answer]):
    """`look` answers in the order in which it was asked. Beyond `max_waiting` the answer is Unavailable at once, not late.

    `rest`: seconds between two looks, so that more share the next one. Who comes after a pause waits for nobody all the same.
    """

    def __init__(
        self,
        look: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]],
        *,
        max_batch: int = 200,
        max_waiting: int = 10_000,
        rest: float = 0.0,
    ) -> None:
        self._look = look
        self._rest = rest
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._waiting: deque[tuple[Question, asyncio.Future[Answer]]] = deque()
        self._pump: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer:
        """Raises Unavailable, StorageUnavailable, and whatever `look` raises for this question alone."""
        if len(self._waiting) >= self._max_waiting:
            raise Unavailable(retry_after=RETRY_AFTER)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._work(), name="together")
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._max_batch))]
            # Who gave up meanwhile needs no answer.
            batch = [(question, answer) for question, answer in batch if not answer.done()]
            try:
                if batch:
                    await self._answer(batch)
                if self._rest and len(self._waiting) < self._max_batch:
                    await asyncio.sleep(self._rest)
            except BaseException:
                for _, answer in (*batch, *self._waiting):
                    _fail(answer, Unavailable(retry_after=RETRY_AFTER))
                raise

    async def _answer(self, batch: Sequence[tuple[Question, "asyncio.Future[Answer]"]]) -> None:
        try:
            found = await self._look([question for question, _ in batch])
        except StorageUnavailable as error:
            for _, answer in batch:
                _fail(answer, StorageUnavailable(str(error)))
        except Exception as error:  # noqa: BLE001  # what one asks must not fail its neighbours
            if len(batch) == 1:
                _fail(batch[0][1], error)
                return
            for one in batch:
                await self._answer([one])
        else:
            for (_, answer), what in zip(batch, found, strict=True):
                if not answer.done():
                    answer.set_result(what)


def _fail(answer: "asyncio.Future[Answer]", error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
