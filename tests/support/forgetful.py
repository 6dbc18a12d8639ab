"""A database whose answer to one COMMIT is lost."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from repositories.errors import OutcomeUnknown
from repositories.repositories import Repositories
from services.ports import UnitOfWork


class LosesAnAnswer:
    """To the first transaction that uses the repository `of`, after `spared` others that did and came to their COMMIT.
    `stored`: it was committed all the same.
    """

    def __init__(self, unit_of_work: UnitOfWork, of: str, *, stored: bool, spared: int = 0) -> None:
        self._unit_of_work = unit_of_work
        self._of = of
        self._stored = stored
        self._spared = spared
        self.lost = 0

    def reading(self) -> AbstractAsyncContextManager[Repositories]:
        return self._unit_of_work.reading()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Repositories]:
        async with self._unit_of_work.transaction() as repositories:
            yield repositories
            uses = self._of in vars(repositories)  # they are made when first asked for
            loses = uses and not self.lost and not self._spared
            self.lost += loses
            self._spared -= uses and self._spared > 0
            if loses and not self._stored:
                raise OutcomeUnknown("no answer to COMMIT")
        if loses:
            raise OutcomeUnknown("no answer to COMMIT")
