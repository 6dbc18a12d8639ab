"""How quickly each mentor usually answers, measured from their conversations: by times alone, nothing is opened for it."""

from services.ports import UnitOfWork

WINDOW = 100
DAYS = 90
# The median of fewer answers says nothing, and too much of each of them.
LEAST = 3


class MentorResponses:
    def __init__(self, *, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def step(self, bookmark: str | None) -> str | None:
        """services.jobs.Step. Only those whose conversations went on since they were measured."""
        async with self._unit_of_work.transaction() as repositories:
            last = await repositories.mentors.measure(
                after_id=int(bookmark or 0), window=WINDOW, days=DAYS, least=LEAST
            )
        return None if last is None else str(last)
