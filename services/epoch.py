"""The installation's epoch: a random word that a restore changes, so that positions from before it are known as such."""

import secrets
from collections.abc import Sequence

from services.ports import UnitOfWork
from services.together import Together

ENTRY = "epoch"


def new_epoch() -> str:
    return secrets.token_hex(8)


class Epoch:
    """A restore needs all nodes stopped, so that what was read once holds for the life of this one."""

    def __init__(self, *, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work
        self._known: str | None = None
        # All who come first after a start ask for it at once, and whoever looks shuts the others out.
        self._asked: Together[None, str] = Together(self._look)

    async def current(self) -> str:
        """Raises Unavailable."""
        return self._known or await self._asked.ask(None)

    async def _look(self, questions: Sequence[None]) -> Sequence[str]:
        if self._known is None:
            async with self._unit_of_work.transaction() as repositories:
                entries = await repositories.instance.entries()
                if ENTRY not in entries:
                    entries[ENTRY] = new_epoch()
                    await repositories.instance.keep(key=ENTRY, value=entries[ENTRY])
            self._known = entries[ENTRY]
        return [self._known] * len(questions)

    async def is_other(self, named: str | None) -> bool:
        """Whether the client speaks of another one than ours. Who names none is believed."""
        return named is not None and named != await self.current()
