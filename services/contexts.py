"""Prescriptions and exams, in step with the host application that owns them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from repositories.contexts import ContextFilter, ContextName, ContextRow, LockedContext
from repositories.notifications import Inserted, NewNotification
from repositories.repositories import Repositories
from services.care_links import LinkPeople, people_of
from services.context_titles import ContextTitles
from services.context_types import ContextTypes
from services.errors import Conflict, NotFound
from services.events import ConversationChanged, MessagePosted
from services.notifications import Notifications
from services.ports import Publisher, UnitOfWork
from services.principal import Origin, Principal
from services.system_messages import SystemMessages
from services.trail_ports import Trail, TrailEntry
from services.unreadable import DOES_NOT_OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextDetails:
    """What the host application says of a context."""

    version: int
    title: str
    people: LinkPeople
    closed: bool


@dataclass(frozen=True, slots=True)
class ContextPage:
    items: Sequence[ContextRow]
    next: str | None


@dataclass(frozen=True, slots=True)
class PutContext:
    context: ContextRow
    created: bool


@dataclass(slots=True)
class _News:
    """What is to be told after COMMIT; `posted` when a new version was announced in the conversation."""

    conversation_id: int | None = None
    posted: MessagePosted | None = None
    told: list[Inserted] = field(default_factory=list)


class Contexts:
    """The two people of a context never change, and its version never goes back; it can be closed and opened again."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        types: ContextTypes,
        titles: ContextTitles,
        system: SystemMessages,
        trail: Trail,
        notifications: Notifications,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._types = types
        self._titles = titles
        self._system = system
        self._trail = trail
        self._notifications = notifications

    async def page(self, *, filters: ContextFilter, before: int | None, limit: int) -> ContextPage:
        """Raises Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.contexts.page(filters=filters, before=before, limit=limit + 1)
        items = rows[:limit]
        return ContextPage(items, str(items[-1].id) if len(rows) > limit else None)

    async def put(self, principal: Principal, origin: Origin, name: ContextName, details: ContextDetails) -> PutContext:
        """Make it, or bring it up to date; repeatable.

        Raises ValidationFailed (unknown type or people, wrong roles), Conflict (it is of other people, or of a later
        version already), Unavailable.
        """
        self._types.require(name.type, field="type")
        news = _News()
        try:
            async with self._unit_of_work.transaction() as repositories:
                patient_id, doctor_id = await people_of(repositories, details.people)
                made = await repositories.contexts.insert(
                    name,
                    version=details.version,
                    patient_id=patient_id,
                    doctor_id=doctor_id,
                    sealed=self._titles.seal(details.title, version=details.version),
                    closed=details.closed,
                )
                context_id = made or await self._change(repositories, name, details, (patient_id, doctor_id), news)
                context = _present(await repositories.contexts.find(context_id=context_id))
        finally:
            # Also when the answer to COMMIT was lost: nothing is told of what was not stored after all.
            self._notifications.publish(news.told)
        self._tell(news)
        self._note(principal, origin, name, "put")
        return PutContext(context, made is not None)

    async def end(self, principal: Principal, origin: Origin, name: ContextName) -> ContextRow:
        """Nobody writes about it any more; one that had ended stays as it is. Raises NotFound, Unavailable."""
        news = _News()
        async with self._unit_of_work.transaction() as repositories:
            locked = await repositories.contexts.lock(name)
            if locked is None:
                raise NotFound
            if not locked.closed:
                await repositories.contexts.update(
                    context_id=locked.id, version=locked.version, sealed=locked.sealed, closed=True
                )
                await self._touch(repositories, name, news)
            context = _present(await repositories.contexts.find(context_id=locked.id))
        self._tell(news)
        self._note(principal, origin, name, "end")
        return context

    async def _change(
        self,
        repositories: Repositories,
        name: ContextName,
        details: ContextDetails,
        people: tuple[int, int],
        news: _News,
    ) -> int:
        """Of one that was known. Its id."""
        locked = await repositories.contexts.lock(name)
        if locked is None or (locked.patient_id, locked.doctor_id) != people:
            raise Conflict(fields={"id": "taken"})
        if details.version < locked.version:
            raise Conflict(reason="older_version")
        if self._is_as(locked, details):
            return locked.id
        sealed = self._titles.seal_again(locked.sealed, details.title, version=details.version)
        await repositories.contexts.update(
            context_id=locked.id, version=details.version, sealed=sealed, closed=details.closed
        )
        await self._touch(repositories, name, news)
        if news.conversation_id is not None and details.version > locked.version:
            news.posted = await self._announce(repositories, name, locked.version, details.version)
            news.told = await self._notify(repositories, name, news.conversation_id, people)
        return locked.id

    def _is_as(self, locked: LockedContext, details: ContextDetails) -> bool:
        if (locked.version, locked.closed) != (details.version, details.closed):
            return False
        try:
            title = self._titles.open(
                locked.key_id, locked.data_key, locked.title_key, locked.title, version=locked.version
            )
        except DOES_NOT_OPEN:
            return False
        return title == details.title

    async def _touch(self, repositories: Repositories, name: ContextName, news: _News) -> None:
        """Whether there is a conversation is asked under the lock of the context: none can begin meanwhile."""
        conversation = await repositories.contexts.conversation(name)
        if conversation is not None:
            news.conversation_id = conversation.id
            await repositories.contexts.touch_conversation(conversation_id=conversation.id)

    async def _announce(
        self, repositories: Repositories, name: ContextName, before: int, version: int
    ) -> MessagePosted | None:
        conversation = await repositories.contexts.conversation(name)
        assert conversation is not None, "it was touched a moment ago"
        return await self._system.append(
            repositories,
            conversation,
            "context_version_changed",
            contextType=name.type,
            contextId=name.id,
            version=version,
            previousVersion=before,
        )

    async def _notify(
        self, repositories: Repositories, name: ContextName, conversation_id: int, people: tuple[int, int]
    ) -> list[Inserted]:
        """Stored together with the change: there is no one without the other."""
        return await self._notifications.add(
            repositories,
            [
                NewNotification(
                    user_id=user_id,
                    kind="context_changed",
                    conversation_id=conversation_id,
                    subject_type=name.type,
                    subject_id=name.id,
                )
                for user_id in people
            ],
        )

    def _tell(self, news: _News) -> None:
        if news.posted is not None:
            self._publisher.publish(news.posted)
        if news.conversation_id is not None:
            self._publisher.publish(ConversationChanged(conversation_id=news.conversation_id))

    def _note(self, principal: Principal, origin: Origin, name: ContextName, reason: str) -> None:
        self._trail.note(
            TrailEntry(
                action="context.change",
                principal=principal,
                origin=origin,
                object_type=name.type,
                object_id=name.id,
                reason=reason,
            )
        )


def _present(context: ContextRow | None) -> ContextRow:
    """The row that this very transaction has written or locked."""
    assert context is not None
    return context
