"""What retention is about to do and has done lately, for those who answer for it. Numbers and times, never content.

There is no index on the time of the last message, which each send would have to change. So conversations are walked through
by id, as the job does, and one call takes no longer than LOOK_SECONDS: what it did not come to, the next one goes on with.
"""

import datetime
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from repositories.jobs import JobRow
from repositories.retention import RetainedRow
from services.ports import Clock, UnitOfWork
from services.retention import RETENTION_JOB, WINDOW, RetentionPolicy

# How far it looks ahead for what will be due, and back for what was shredded.
AROUND_DAYS = 30
LOOK_SECONDS = 1.0
STATES = ("due", "held", "soon", "shredded")


@dataclass(frozen=True, slots=True)
class Duty:
    """Whether this node does the job, and how long after the end of a run the next one begins."""

    here: bool
    every_seconds: int


@dataclass(slots=True)
class Amount:
    conversations: int = 0
    messages: int = 0


@dataclass(slots=True)
class KindOutlook:
    """`days` 0: kept for ever. `due` and `held`: their time is over. `soon`: it is within AROUND_DAYS, they are not held."""

    kind: str
    days: int
    due: Amount = field(default_factory=Amount)
    held: Amount = field(default_factory=Amount)
    soon: Amount = field(default_factory=Amount)


@dataclass(frozen=True, slots=True)
class ShreddedOnDay:
    """A day of UTC."""

    day: datetime.date
    kind: str
    conversations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Of the conversations of one call; with `next` there are more, to be added up. `job` None: it never began."""

    archive_days: int
    around_days: int
    duty: Duty
    job: JobRow | None
    kinds: Sequence[KindOutlook]
    shredded: Sequence[ShreddedOnDay]
    next: str | None


@dataclass(frozen=True, slots=True)
class RetainedPage:
    """Fewer than were asked for, or none, may be here although there is a `next`."""

    items: Sequence[RetainedRow]
    next: str | None


class RetentionOutlook:
    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        policy: RetentionPolicy,
        duty: Duty,
        clock: Clock,
        window: int = WINDOW,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._policy = policy
        self._duty = duty
        self._clock = clock
        self._window = window

    async def get(self, *, after: int) -> Outlook:
        """Of the conversations beyond this id. Raises Unavailable."""
        kinds = {kind: KindOutlook(kind, days) for kind, days in self._policy.days.items()}
        shredded: Counter[tuple[datetime.date, str]] = Counter()
        until, more = self._clock() + LOOK_SECONDS, None
        async with self._unit_of_work.reading() as repositories:
            job = await repositories.jobs.find(name=RETENTION_JOB)
        async for rows in self._windows(after, STATES, self._window):
            for row in rows:
                _count(row, kinds, shredded)
            if self._clock() >= until:
                more = str(rows[-1].id)
                break
        return Outlook(
            archive_days=self._policy.archive_days,
            around_days=AROUND_DAYS,
            duty=self._duty,
            job=job,
            kinds=list(kinds.values()),
            shredded=[ShreddedOnDay(day, kind, count) for (day, kind), count in sorted(shredded.items())],
            next=more,
        )

    async def page(self, *, state: str, after: int, limit: int) -> RetainedPage:
        """One of STATES, by id. Raises Unavailable."""
        found: list[RetainedRow] = []
        until = self._clock() + LOOK_SECONDS
        async for rows in self._windows(after, (state,), limit + 1):
            found += [row for row in rows if row.state == state]
            if len(found) > limit:
                return RetainedPage(found[:limit], str(found[limit - 1].id))
            if self._clock() >= until:
                return RetainedPage(found, str(rows[-1].id))
        return RetainedPage(found, None)

    async def _windows(self, after: int, states: Collection[str], most: int) -> AsyncIterator[Sequence[RetainedRow]]:
        """To the last conversation; the last row of each says how far it looked."""
        while True:
            async with self._unit_of_work.reading() as repositories:
                rows = await repositories.retention.look(
                    after_id=after,
                    window=self._window,
                    days=self._policy.limited,
                    around=AROUND_DAYS,
                    states=states,
                    most=most,
                )
            if not rows:
                return
            after = rows[-1].id
            yield rows


def _count(row: RetainedRow, kinds: Mapping[str, KindOutlook], shredded: Counter[tuple[datetime.date, str]]) -> None:
    if row.shredded_at is not None:
        if row.state == "shredded":
            shredded[row.shredded_at.astimezone(datetime.UTC).date(), row.kind] += 1
    elif row.state is not None:
        amount: Amount = getattr(kinds[row.kind], row.state)
        amount.conversations += 1
        amount.messages += row.message_count
