"""The second look of a node: what its sockets should know, and who of them may no longer listen."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from repositories import array_literals
from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class MissedRow:
    """A message that changed after a room's floor; `reacted`: by a reaction.

    Without `seq` and `change`: later ones replaced all.
    """

    conversation_id: int
    last_seq: int
    last_change: int
    seq: int | None
    change: int | None
    deleted: bool
    reacted: bool


@dataclass(frozen=True, slots=True)
class WatermarkRow:
    """`known` False: nothing was told about it yet. The times are those of the last move."""

    conversation_id: int
    user_id: int
    read_seq: int
    delivered_seq: int
    known: bool
    read_at: datetime.datetime | None
    delivered_at: datetime.datetime | None
    updated_count: int


@dataclass(frozen=True, slots=True)
class ObstacleRow:
    conversation_id: int
    obstacle: str | None


@dataclass(frozen=True, slots=True)
class Sitting:
    conversation_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class Outdated:
    """A socket that may not stay as it is: its person is gone or `disabled`, has another role, or its session is over."""

    user_id: int
    session_id: str | None
    disabled: bool


@dataclass(frozen=True, slots=True)
class PersonNow:
    user_id: int
    role: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class TouchedView:
    conversation_id: int
    user_id: int
    last_change: int
    updated_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Removed:
    conversation_id: int
    user_id: int
    left_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class TouchedLink:
    patient_id: int
    doctor_id: int
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class TouchedNotification:
    user_id: int
    id: int
    at: datetime.datetime


class RightsRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def missed(self, floors: Mapping[int, int], *, limit: int) -> list[MissedRow]:
        """`floors`: conversation → change up to which all is told. At most `limit` rows a conversation."""
        return await self._statements.many(
            "list_missed_in_rooms",
            MissedRow,
            conversation_ids=list(floors),
            floors=list(floors.values()),
            limit=limit,
        )

    async def watermarks_beyond(
        self, conversation_ids: Sequence[int], told: Mapping[tuple[int, int], tuple[int, int]]
    ) -> list[WatermarkRow]:
        """`told`: (conversation, user) → (read, delivered)."""
        return await self._statements.many(
            "list_watermarks_beyond",
            WatermarkRow,
            conversation_ids=list(conversation_ids),
            told_conversation_ids=[conversation_id for conversation_id, _ in told],
            told_user_ids=[user_id for _, user_id in told],
            told_reads=[read for read, _ in told.values()],
            told_delivereds=[delivered for _, delivered in told.values()],
        )

    async def new_obstacles(self, known: Mapping[int, tuple[bool, str | None]]) -> list[ObstacleRow]:
        """`known`: conversation → (whether anything is known, its obstacle)."""
        return await self._statements.many(
            "list_new_obstacles",
            ObstacleRow,
            conversation_ids=array_literals.integers(known),
            known=array_literals.booleans(is_known for is_known, _ in known.values()),
            obstacles=array_literals.texts(obstacle for _, obstacle in known.values()),
        )

    async def strangers(self, sitting: Sequence[tuple[int, int]]) -> list[Sitting]:
        """Those of (conversation, user) who have no part in it."""
        return await self._statements.many(
            "list_strangers",
            Sitting,
            conversation_ids=array_literals.integers(conversation_id for conversation_id, _ in sitting),
            user_ids=array_literals.integers(user_id for _, user_id in sitting),
        )

    async def outdated(self, sockets: Collection[tuple[int, str | None, str]]) -> list[Outdated]:
        """Those of (user, session, role) that are not as the database has it now."""
        user_ids, session_ids, roles = zip(*sockets, strict=True)
        return await self._statements.many(
            "list_outdated_sockets",
            Outdated,
            user_ids=array_literals.integers(user_ids),
            session_ids=array_literals.texts(session_ids),
            roles=array_literals.texts(roles),
        )

    async def people(self, user_ids: Sequence[int]) -> list[PersonNow]:
        return await self._statements.many("list_people_as_they_are", PersonNow, user_ids=list(user_ids))

    async def touched_views(self, user_ids: Sequence[int], *, seconds: float) -> list[TouchedView]:
        return await self._statements.many("list_touched_views", TouchedView, user_ids=list(user_ids), seconds=seconds)

    async def recently_removed(self, user_ids: Sequence[int], *, seconds: float) -> list[Removed]:
        return await self._statements.many("list_recently_removed", Removed, user_ids=list(user_ids), seconds=seconds)

    async def touched_links(self, user_ids: Sequence[int], *, seconds: float) -> list[TouchedLink]:
        return await self._statements.many("list_touched_links", TouchedLink, user_ids=list(user_ids), seconds=seconds)

    async def touched_notifications(
        self, user_ids: Sequence[int], *, seconds: float, limit: int
    ) -> list[TouchedNotification]:
        """At most the last `limit` of each person, by person and id."""
        return await self._statements.many(
            "list_touched_notifications", TouchedNotification, user_ids=list(user_ids), seconds=seconds, limit=limit
        )
