"""What is known of a person besides what was written, list by list, page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from repositories.person_data import PersonContext, PersonConversation, PersonDataRepository
from repositories.repositories import Repositories
from repositories.users import UserRow
from services.context_titles import ContextTitles
from services.errors import NotFound
from services.export_ports import Plain
from services.plain_rows import plain
from services.ports import UnitOfWork
from services.security_ports import ContentDamaged

PAGE = 500
# So much of the trail is looked through at once, whoever did it.
TRAIL_WINDOW = 20_000


class _HasId(Protocol):
    @property
    def id(self) -> Any: ...


Row = TypeVar("Row", bound=_HasId)
Fetch = Callable[[PersonDataRepository, Any], Awaitable[Sequence[Row]]]


class PersonRecords:
    def __init__(self, *, unit_of_work: UnitOfWork, titles: ContextTitles) -> None:
        self._unit_of_work = unit_of_work
        self._titles = titles

    async def user(self, user_id: int) -> UserRow:
        """Raises NotFound."""
        async with self._unit_of_work.reading() as repositories:
            found = await repositories.users.find(user_id=user_id)
        if found is None:
            raise NotFound
        return found

    def lists(self, user_id: int) -> list[tuple[str, AsyncIterator[Plain]]]:
        """By the name of the file in which it is given out. A legal hold is not among them: it may be meant to be unknown."""
        return [
            (
                "sessions.json",
                self._plain(lambda r, after: r.sessions(user_id=user_id, after_id=after, limit=PAGE), None),
            ),
            ("care-links.json", self._plain(lambda r, after: r.links(user_id=user_id, after_id=after, limit=PAGE), 0)),
            ("contexts.json", self._contexts(user_id)),
            (
                "notifications.json",
                self._plain(lambda r, after: r.notifications(user_id=user_id, after_id=after, limit=PAGE), 0),
            ),
            ("browsers.json", self._plain(lambda r, after: r.pushes(user_id=user_id, after_id=after, limit=PAGE), 0)),
            ("notification-preferences.json", self._preferences(user_id)),
            ("mentor-profile.json", self._mentor_profile(user_id)),
            ("activity.json", self._activity(user_id)),
            ("exports.json", self._plain(lambda r, after: r.exports(user_id=user_id, after_id=after, limit=PAGE), 0)),
            *self._forum(user_id),
            ("trail.json", self._trail(user_id)),
        ]

    def _forum(self, user_id: int) -> list[tuple[str, AsyncIterator[Plain]]]:
        return [
            (
                "forum-questions.json",
                self._plain(lambda r, after: r.forum.questions(user_id=user_id, after_id=after, limit=PAGE), 0),
            ),
            (
                "forum-answers.json",
                self._plain(lambda r, after: r.forum.answers(user_id=user_id, after_id=after, limit=PAGE), 0),
            ),
            (
                "forum-question-versions.json",
                self._plain(lambda r, at: r.forum.question_versions(user_id=user_id, after=at, limit=PAGE), (0, 0)),
            ),
            (
                "forum-answer-versions.json",
                self._plain(lambda r, at: r.forum.answer_versions(user_id=user_id, after=at, limit=PAGE), (0, 0)),
            ),
            ("forum-votes.json", self._votes(user_id)),
            (
                "forum-points.json",
                self._plain(lambda r, after: r.forum.points(user_id=user_id, after_id=after, limit=PAGE), 0),
            ),
            (
                "forum-reports.json",
                self._plain(lambda r, after: r.forum.reports(user_id=user_id, after_id=after, limit=PAGE), 0),
            ),
        ]

    async def mentor_picture(self, user_id: int) -> bytes | None:
        async with self._unit_of_work.reading() as repositories:
            return await repositories.person_data.mentor_picture(user_id=user_id)

    async def conversations(self, user_id: int) -> AsyncIterator[PersonConversation]:
        """Those they left, and those that were shredded, too."""
        async for row in self._rows(lambda r, after: r.conversations(user_id=user_id, after_id=after, limit=PAGE), 0):
            yield row

    async def accesses(self, conversation_id: int) -> AsyncIterator[Plain]:
        """Who opened it, latest first."""
        before: int | None = None
        while True:
            async with self._unit_of_work.reading() as repositories:
                page = await repositories.trail.access_log(
                    conversation_id=conversation_id, before_id=before, limit=PAGE
                )
            for row in page:
                yield plain(row)
            if len(page) < PAGE:
                return
            before = page[-1].id

    async def _preferences(self, user_id: int) -> AsyncIterator[Plain]:
        async with self._unit_of_work.reading() as repositories:
            row = await repositories.person_data.preferences(user_id=user_id)
        if row is not None:
            yield plain(row)

    async def _mentor_profile(self, user_id: int) -> AsyncIterator[Plain]:
        async with self._unit_of_work.reading() as repositories:
            profile = await repositories.person_data.mentor_profile(user_id=user_id)
        if profile is not None:
            yield plain(profile)

    async def _votes(self, user_id: int) -> AsyncIterator[Plain]:
        async with self._unit_of_work.reading() as repositories:
            votes = await repositories.person_data.forum.votes(user_id=user_id)
        for vote in votes:
            yield plain(vote)

    async def _activity(self, user_id: int) -> AsyncIterator[Plain]:
        async with self._unit_of_work.reading() as repositories:
            days = await repositories.person_data.activity(user_id=user_id)
        for day in days:
            yield plain(day)

    async def _trail(self, user_id: int) -> AsyncIterator[Plain]:
        """What they did. Their messages and marks are records too, and stand in the conversations."""
        async with self._unit_of_work.reading() as repositories:
            last = await repositories.person_data.last_audit_id()
        for after in range(0, last, TRAIL_WINDOW):
            async with self._unit_of_work.reading() as repositories:
                found = await repositories.person_data.audit(
                    user_id=user_id, after_id=after, up_to_id=min(last, after + TRAIL_WINDOW)
                )
            for record in found:
                yield plain(record)

    async def _contexts(self, user_id: int) -> AsyncIterator[Plain]:
        async for row in self._rows(lambda r, after: r.contexts(user_id=user_id, after_id=after, limit=PAGE), 0):
            sealed = frozenset({"title", "title_key", "key_id", "data_key"})
            yield {**plain(row, without=sealed), "title": self._title(row)}

    def _title(self, row: PersonContext) -> str | None:
        try:
            return self._titles.open(row.key_id, row.data_key, row.title_key, row.title, version=row.version)
        except ContentDamaged:
            return None

    async def _plain(self, fetch: Fetch[Any], first: Any) -> AsyncIterator[Plain]:
        async for row in self._rows(fetch, first):
            yield plain(row)

    async def _rows(self, fetch: Fetch[Row], first: Any) -> AsyncIterator[Row]:
        after = first
        while True:
            async with self._unit_of_work.reading() as repositories:
                page = await self._page(repositories, fetch, after)
            for row in page:
                yield row
            if len(page) < PAGE:
                return
            after = page[-1].id

    @staticmethod
    async def _page(repositories: Repositories, fetch: Fetch[Row], after: Any) -> Sequence[Row]:
        return await fetch(repositories.person_data, after)
