"""Counts messages some time after they were sent, and keeps the figures of all people together for the metrics."""

from collections.abc import Callable
from dataclasses import dataclass, field

from services.activity import STEPS_TO_A_DOUBLING
from services.ports import UnitOfWork

# Nobody's COMMIT takes so long: what was sent before is there by now, or never.
SETTLE_SECONDS = 60.0
# A few milliseconds of the database, and of its locks, at a time.
AT_ONCE = 500
# Told of replies: (seconds, how many took about that long).
Replied = Callable[[float, int], None]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of all people and conversations. `sizes`: at least so many messages, and less than twice that → conversations."""

    active: dict[int, int] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)


class ActivityCounting:
    """`figures` are those of the last `look`. `active` are people who wrote in the last 1, 7 and 30 days, today included."""

    PERIODS = (1, 7, 30)

    def __init__(
        self, *, unit_of_work: UnitOfWork, replied: Replied, settle_seconds: float = SETTLE_SECONDS, most: int = AT_ONCE
    ) -> None:
        self._unit_of_work = unit_of_work
        self._replied = replied
        self._settle_seconds = settle_seconds
        self._most = most
        self.figures = Figures()

    async def step(self) -> bool:
        """One batch; whether there may be more. Another node that is at it counts for all. Raises StorageUnavailable."""
        async with self._unit_of_work.transaction() as repositories:
            counted = await repositories.activity.count(settle_seconds=self._settle_seconds, most=self._most)
        for row in counted:
            if row.step is not None and row.replies:
                self._replied(2 ** ((row.step + 0.5) / STEPS_TO_A_DOUBLING), row.replies)
        return bool(counted) and counted[0].looked_at == self._most

    async def look(self) -> None:
        """Raises StorageUnavailable."""
        async with self._unit_of_work.reading() as repositories:
            tallies = await repositories.activity.tallies()
        days = {tally.step: tally.tally for tally in tallies if tally.kind == "last_day"}
        self.figures = Figures(
            active={period: sum(days.get(ago, 0) for ago in range(period)) for period in self.PERIODS},
            sizes={2**tally.step: tally.tally for tally in tallies if tally.kind == "conversation_size"},
        )
