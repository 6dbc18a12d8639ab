"""Everything about a person as rows; and what of it is removed when they are erased."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from repositories.exports import ExportName
from repositories.notifications import PreferencesRow
from repositories.person_forum import PersonForumRepository
from repositories.statements import Statements
from repositories.trail import TrailRecord


@dataclass(frozen=True, slots=True)
class PastSession:
    id: UUID
    created_at: datetime.datetime
    last_used_at: datetime.datetime
    expires_at: datetime.datetime
    ended_at: datetime.datetime | None
    end_reason: str | None
    address: str | None
    device: str | None


@dataclass(frozen=True, slots=True)
class PersonLink:
    id: int
    external_id: str | None
    patient_id: int
    doctor_id: int
    since: datetime.datetime
    until: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class PersonContext:
    """The title is sealed."""

    id: int
    type: str
    external_id: str
    version: int
    patient_id: int
    doctor_id: int
    title: bytes
    title_key: UUID
    key_id: str
    data_key: bytes
    closed_at: datetime.datetime | None
    created_at: datetime.datetime
    updated_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class PersonConversation:
    """`own_messages`: they wrote some that were not deleted."""

    id: int
    kind: str
    last_seq: int
    message_count: int
    silent_since: datetime.datetime
    shredded: bool
    has_left: bool
    joined_at: datetime.datetime
    left_at: datetime.datetime | None
    held: bool
    own_messages: bool


@dataclass(frozen=True, slots=True)
class PersonNotification:
    id: int
    kind: str
    conversation_id: int | None
    subject_type: str | None
    subject_id: str | None
    actor_id: int | None
    count: int
    since: datetime.datetime
    created_at: datetime.datetime
    read_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class PersonPush:
    id: int
    device: str | None
    created_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class PersonExport:
    id: int
    conversation_id: int
    format: str
    state: str
    created_at: datetime.datetime
    finished_at: datetime.datetime | None
    expires_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class PersonMentorProfile:
    headline: str
    bio: str
    country: str | None
    specialties: list[str]
    languages: list[str]
    availability: str
    answers_accepted: int
    response_seconds: int | None
    picture_at: datetime.datetime | None
    updated_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class PersonVersion:
    """What a message said before it was edited or deleted, sealed."""

    message_id: int
    seq: int
    version: int
    content: bytes
    message_key: UUID
    key_id: str
    data_key: bytes
    edited_at: datetime.datetime | None
    replaced_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class PersonDay:
    """`replies` None: they replied to nothing on that day."""

    day: datetime.date
    sent: int
    received: int
    replies: int | None


@dataclass(frozen=True, slots=True)
class PersonCounts:
    """Of what goes when they are erased."""

    sessions: int
    care_links: int
    context_titles: int
    notifications: int
    push_subscriptions: int
    preferences: int
    activity: int
    exports: int
    archives: int


@dataclass(frozen=True, slots=True)
class EndedLink:
    patient_id: int
    doctor_id: int


class PersonDataRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self.forum = PersonForumRepository(statements)

    async def sessions(self, *, user_id: int, after_id: UUID | None, limit: int) -> Sequence[PastSession]:
        return await self._statements.many(
            "person_sessions", PastSession, user_id=user_id, after_id=after_id, limit=limit
        )

    async def links(self, *, user_id: int, after_id: int, limit: int) -> Sequence[PersonLink]:
        return await self._statements.many("person_links", PersonLink, user_id=user_id, after_id=after_id, limit=limit)

    async def contexts(self, *, user_id: int, after_id: int, limit: int) -> Sequence[PersonContext]:
        return await self._statements.many(
            "person_contexts", PersonContext, user_id=user_id, after_id=after_id, limit=limit
        )

    async def conversations(self, *, user_id: int, after_id: int, limit: int) -> Sequence[PersonConversation]:
        return await self._statements.many(
            "person_conversations", PersonConversation, user_id=user_id, after_id=after_id, limit=limit
        )

    async def notifications(self, *, user_id: int, after_id: int, limit: int) -> Sequence[PersonNotification]:
        return await self._statements.many(
            "person_notifications", PersonNotification, user_id=user_id, after_id=after_id, limit=limit
        )

    async def pushes(self, *, user_id: int, after_id: int, limit: int) -> Sequence[PersonPush]:
        return await self._statements.many("person_pushes", PersonPush, user_id=user_id, after_id=after_id, limit=limit)

    async def preferences(self, *, user_id: int) -> PreferencesRow | None:
        """None: they never changed any."""
        return await self._statements.one("person_preferences", PreferencesRow, user_id=user_id)

    async def mentor_profile(self, *, user_id: int) -> PersonMentorProfile | None:
        """None: they were never a mentor."""
        return await self._statements.one("person_mentor_profile", PersonMentorProfile, user_id=user_id)

    async def mentor_picture(self, *, user_id: int) -> bytes | None:
        content = await self._statements.value("person_mentor_picture", user_id=user_id)
        return None if content is None else bytes(content)

    async def versions(
        self, *, user_id: int, conversation_id: int, after: tuple[int, int], limit: int
    ) -> list[PersonVersion]:
        """`after`: seq and version."""
        return await self._statements.many(
            "person_versions",
            PersonVersion,
            user_id=user_id,
            conversation_id=conversation_id,
            after_seq=after[0],
            after_version=after[1],
            limit=limit,
        )

    async def exports(self, *, user_id: int, after_id: int, limit: int) -> Sequence[PersonExport]:
        return await self._statements.many(
            "person_exports", PersonExport, user_id=user_id, after_id=after_id, limit=limit
        )

    async def activity(self, *, user_id: int) -> list[PersonDay]:
        return await self._statements.many("person_activity", PersonDay, user_id=user_id)

    async def last_audit_id(self) -> int:
        return int(await self._statements.value("last_audit_id"))

    async def audit(self, *, user_id: int, after_id: int, up_to_id: int) -> list[TrailRecord]:
        return await self._statements.many(
            "person_audit", TrailRecord, user_id=user_id, after_id=after_id, up_to_id=up_to_id
        )

    async def counts(self, *, user_id: int) -> PersonCounts:
        [counts] = await self._statements.many("count_person_data", PersonCounts, user_id=user_id)
        return counts

    async def is_held(self, *, user_id: int) -> bool:
        """By a legal hold on the person, not on one of their conversations."""
        return bool(await self._statements.value("held_in_person", user_id=user_id))

    async def empty_sessions(self, *, user_id: int) -> None:
        await self._statements.run("empty_sessions", user_id=user_id)

    async def end_links(self, *, user_id: int) -> list[EndedLink]:
        return await self._statements.many("end_links_of_person", EndedLink, user_id=user_id)

    async def forget_found(self, *, user_id: int, limit: int) -> int:
        """Of the search index. How many there were, `limit` at most."""
        return await self._statements.run("forget_search_entries", user_id=user_id, limit=limit)

    async def forget_notifications(self, *, user_id: int, limit: int) -> int:
        return await self._statements.run("forget_notifications", user_id=user_id, limit=limit)

    async def held_titles(self, *, user_id: int) -> int:
        """Of prescriptions and exams that nobody wrote about, where a legal hold forbids to remove them."""
        return int(await self._statements.value("held_titles", user_id=user_id))

    async def forget_titles(self, *, user_id: int) -> None:
        """Of the others."""
        await self._statements.run("forget_titles", user_id=user_id)

    async def forget_ways_to_tell(self, *, user_id: int) -> None:
        """Browsers, preferences, and what was about to be sent."""
        for name in ("forget_deliveries", "forget_decisions", "forget_pushes", "forget_preferences"):
            await self._statements.run(name, user_id=user_id)

    async def forget_habits(self, *, user_id: int) -> None:
        """How they had put their conversations in order, how much they wrote and when."""
        for name in ("forget_settings", "forget_activity_days", "forget_activity_replies"):
            await self._statements.run(name, user_id=user_id)

    async def open_exports(self, *, user_id: int) -> list[ExportName]:
        return await self._statements.many("open_exports_of_person", ExportName, user_id=user_id)

    async def end_exports(self, *, user_id: int) -> None:
        await self._statements.run("end_exports_of_person", user_id=user_id)
