"""A database whose answer to one COMMIT is lost."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from repositories.errors import OutcomeUnknown
from repositories.repositories import Repositories
from services.ports import UnitOfWork


class LosesAnAnswer:
    """To the first transaction that uses the repository `of`. `stored`: it was committed all the same."""

    def __init__(self, unit_of_work: UnitOfWork, of: str, *, stored: bool) -> None:
        self._unit_of_work = unit_of_work
        self._of = of
        self._stored = stored
        self.lost = 0

    def reading(self) -> AbstractAsyncContextManager[Repositories]:
        return self._unit_of_work.reading()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Repositories]:
        async with self._unit_of_work.transaction() as repositories:
            yield repositories
            loses = not self.lost and self._of in vars(repositories)  # they are made when first asked for
            self.lost += loses
            if loses and not self._stored:
                raise OutcomeUnknown("no answer to COMMIT")
        if loses:
            raise OutcomeUnknown("no answer to COMMIT")
