"""Statistics of one person: what they sent and got, how soon they replied, how many conversations they have."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from repositories.activity import ActivityRow, StateTally, StepTally
from services.errors import NotFound
from services.ports import UnitOfWork
from services.principal import Principal

# Reply times are counted in steps, four to each doubling of the seconds.
STEPS_TO_A_DOUBLING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCounts:
    sent: int
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTimes:
    """In seconds, to within a tenth; None where nobody was answered. The first unanswered message starts the clock."""

    replies: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationCounts:
    active: int
    archived: int
    closed: int
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UserActivity:
    """Days are those of UTC, the first and the last one included. What was sent before `counted_until` is counted."""

    user_id: int
    role: str
    first_day: datetime.date
    last_day: datetime.date
    messages: MessageCounts
    reply_times: ReplyTimes
    conversations: ConversationCounts
    counted_until: datetime.datetime | None


class Activity:
    def __init__(self, *, unit_of_work: UnitOfWork, kinds: frozenset[str]) -> None:
        self._unit_of_work = unit_of_work
        self._kinds = kinds

    async def get(self, principal: Principal, *, role: str, user_id: int, days: int) -> UserActivity:
        """One's own; an administrator sees anybody's. Raises NotFound, Unavailable."""
        if principal.user_id != user_id and not principal.is_admin:
            raise NotFound
        async with self._unit_of_work.reading() as repositories:
            row = await repositories.activity.of_user(user_id=user_id, days=days)
            if row is None or row.role != role:
                raise NotFound
            steps = await repositories.activity.reply_steps(user_id=user_id, days=days)
            states = await repositories.activity.states(user_id=user_id, kinds=self._kinds)
        return _put_together(user_id, row, steps, states)


def seconds_at(steps: Sequence[StepTally], share: float) -> float | None:
    """Below so many seconds are `share` of the replies. Inside of a step they are taken to be spread evenly."""
    rank = share * sum(item.tally for item in steps)
    for item in steps:
        if item.tally and rank <= item.tally:
            return float(2 ** ((item.step + rank / item.tally) / STEPS_TO_A_DOUBLING))
        rank -= item.tally
    return None


def _put_together(
    user_id: int, row: ActivityRow, steps: Sequence[StepTally], states: Sequence[StateTally]
) -> UserActivity:
    tallies = {state.status: state.tally for state in states}
    return UserActivity(
        user_id=user_id,
        role=row.role,
        first_day=row.first_day,
        last_day=row.last_day,
        messages=MessageCounts(sent=row.sent, received=row.received),
        reply_times=ReplyTimes(
            replies=sum(item.tally for item in steps), median=seconds_at(steps, 0.5), p90=seconds_at(steps, 0.9)
        ),
        conversations=ConversationCounts(
            active=tallies.get("active", 0),
            archived=tallies.get("archived", 0),
            closed=tallies.get("closed", 0),
            unread=sum(state.unread for state in states),
        ),
        counted_until=row.counted_until,
    )
