"""What waits for a decision or for its way outside. Each row is taken by one node at a time."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class Looked:
    """How many messages were looked at."""

    seen: int


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """`seq` and `sent_at` are of the last unread message, None when there is none. The rest as the query says."""

    conversation_id: int
    user_id: int
    since: datetime.datetime
    seq: int | None
    count: int
    sent_at: datetime.datetime | None
    overtaken: bool
    delivered: bool
    muted: bool
    urgent_always: bool
    urgent_count: int
    urgent_seq: int | None


@dataclass(frozen=True, slots=True)
class PutOff:
    """A decision for later; `seq` None leaves what it is about."""

    conversation_id: int
    user_id: int
    seq: int | None
    since: datetime.datetime
    due_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A letter or a push that is due. `pending`: what is unread of it; without any the fields after it are None."""

    user_id: int
    channel: str
    subscription_id: int
    to_id: int
    attempts: int
    wanted: bool
    email: str | None
    sealed: bytes | None
    language: str | None
    urgent_always: bool
    quiet_from: datetime.time | None
    quiet_to: datetime.time | None
    time_zone: str | None
    pending: int
    urgent: bool
    delivered: bool
    since: datetime.datetime | None
    notification_id: int | None
    kind: str | None


class NotificationQueueRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def await_unread(
        self, *, limit: int, up_to_id: int, settle: float, delay: float, oldest: float
    ) -> int | None:
        """How many messages were looked at, which go up to `up_to_id`; None when another node is at it."""
        looked = await self._statements.one(
            "await_unread", Looked, limit=limit, up_to_id=up_to_id, settle=settle, delay=delay, oldest=oldest
        )
        return None if looked is None else looked.seen

    async def start_looking(self) -> None:
        await self._statements.run("start_looking")

    async def take_decisions(self, *, limit: int, kinds: Collection[str]) -> list[DecisionRow]:
        """Locked until the transaction ends."""
        return await self._statements.many("take_decisions", DecisionRow, limit=limit, kinds=list(kinds))

    async def drop_decisions(self, pairs: Sequence[tuple[int, int]]) -> None:
        await self._statements.run(
            "drop_decisions",
            conversation_ids=[conversation_id for conversation_id, _ in pairs],
            user_ids=[user_id for _, user_id in pairs],
        )

    async def put_off_decisions(self, later: Sequence[PutOff]) -> None:
        await self._statements.run(
            "put_off_decisions",
            conversation_ids=[item.conversation_id for item in later],
            user_ids=[item.user_id for item in later],
            seqs=[item.seq for item in later],
            sinces=[item.since for item in later],
            dues=[item.due_at for item in later],
        )

    async def plan(
        self,
        ids: Sequence[int],
        *,
        push: bool,
        email: bool,
        delay: float,
        email_delay: float,
        hushed_kinds: Collection[str],
    ) -> None:
        """Of these notifications, what goes outside, to whom they are and how those want it."""
        await self._statements.run(
            "plan_deliveries",
            ids=list(ids),
            push=push,
            email=email,
            delay=delay,
            email_delay=email_delay,
            hushed_kinds=list(hushed_kinds),
        )

    async def claim(self, *, limit: int, lease: float, kinds: Collection[str]) -> list[DeliveryRow]:
        return await self._statements.many("claim_deliveries", DeliveryRow, limit=limit, lease=lease, kinds=list(kinds))

    async def finish(self, row: DeliveryRow) -> None:
        await self._statements.run(
            "finish_delivery",
            user_id=row.user_id,
            channel=row.channel,
            subscription_id=row.subscription_id,
            to_id=row.to_id,
        )

    async def put_off(self, row: DeliveryRow, *, due_at: datetime.datetime, attempts: int) -> None:
        await self._statements.run(
            "put_off_delivery",
            user_id=row.user_id,
            channel=row.channel,
            subscription_id=row.subscription_id,
            to_id=row.to_id,
            due_at=due_at,
            attempts=attempts,
        )
