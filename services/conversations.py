"""Opening, listing and settling conversations."""

from collections.abc import Sequence
from dataclasses import dataclass

from repositories.conversation_rows import ConversationRow
from repositories.conversations import (
    Attention,
    ListPosition,
    Membership,
    ParticipantRow,
    Partner,
)
from repositories.repositories import Repositories
from services.access import Access
from services.conversation_view import ConversationView, ConversationViewer
from services.errors import Conflict, Forbidden, NotFound, ValidationFailed
from services.events import ConversationChanged, ConversationCreated, ParticipantRemoved
from services.ports import Publisher, UnitOfWork
from services.principal import DOCTOR, MEMBER, MENTOR, PATIENT, Principal
from services.security_ports import ContentCipher

# The two roles of each kind, in the order in which the pair is kept.
PAIRS = {"care": (PATIENT, DOCTOR), "mentoring": (MEMBER, MENTOR)}
CLOSERS = (DOCTOR, MENTOR)


@dataclass(frozen=True, slots=True)
class ConversationPage:
    items: Sequence[ConversationView]
    next: ListPosition | None


@dataclass(frozen=True, slots=True)
class ConversationDetail:
    view: ConversationView
    participants: Sequence[ParticipantRow]


@dataclass(frozen=True, slots=True)
class Opened:
    view: ConversationView
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSettings:
    """What a participant wants changed; None leaves it. `status` closed (and back) is for all, archived for oneself."""

    status: str | None = None
    muted: bool | None = None
    pinned: bool | None = None
    marked_unread: bool | None = None


class Conversations:
    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        cipher: ContentCipher,
        viewer: ConversationViewer,
        access: Access,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._cipher = cipher
        self._viewer = viewer
        self._access = access

    async def open(self, principal: Principal, *, participant_id: int) -> Opened:
        """The conversation of the two, made when there is none. One and the same NotFound for whom one may not talk to.

        Raises ValidationFailed, NotFound, Forbidden, Unavailable.
        """
        if participant_id == principal.user_id:
            raise ValidationFailed(fields={"participantId": "own_id"})
        # Before anybody is looked for: it is about the caller, and says nothing about who is there.
        for kind in _kinds_of(principal.role):
            self._access.require_kind(kind)
        async with self._unit_of_work.transaction() as repositories:
            partner = await repositories.conversations.partner(user_id=principal.user_id, partner_id=participant_id)
            if partner is None:
                raise NotFound
            kind, first, second = _pair(principal, partner)
            found = await repositories.conversations.find_pair(first_user_id=first, second_user_id=second)
            if found is None and kind == "care" and not partner.linked:
                raise NotFound
            conversation_id, created = (
                (found, False) if found else await self._insert(repositories, kind, first, second)
            )
            row = await repositories.conversations.find(conversation_id=conversation_id, viewer_id=principal.user_id)
        if created:
            self._publisher.publish(ConversationCreated(conversation_id=conversation_id))
        return Opened(self._viewer.view(_present(row)), created)

    async def _insert(self, repositories: Repositories, kind: str, first: int, second: int) -> tuple[int, bool]:
        key = self._cipher.new_data_key()
        made = await repositories.conversations.insert_pair(
            kind=kind, first_user_id=first, second_user_id=second, key_id=key.key_id, data_key=key.blob
        )
        if made is not None:
            return made, True
        # Another node was quicker: its row is committed, since ours waited for it.
        found = await repositories.conversations.find_pair(first_user_id=first, second_user_id=second)
        if found is None:
            raise NotFound
        return found, False

    async def page(
        self,
        principal: Principal,
        *,
        status: str | None,
        kind: str | None,
        q: str | None,
        urgent: bool = False,
        awaiting_reply: bool = False,
        sort: str | None,
        before: ListPosition | None,
        limit: int,
    ) -> ConversationPage:
        """`sort` None: what is urgent and unread first for doctors, the latest first for the others. Raises Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.conversations.page(
                viewer_id=principal.user_id,
                kinds=self._access.kinds,
                status=status,
                kind=kind,
                q=q,
                urgent=urgent,
                awaiting_reply=awaiting_reply,
                sort=sort or ("urgent" if principal.role == DOCTOR else "activity"),
                before=before,
                limit=limit + 1,
            )
        items = [self._viewer.view(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return ConversationPage(items, None)
        last = rows[limit - 1]
        return ConversationPage(items, ListPosition(last.rank, last.activity_at, last.id))

    async def attention(self, principal: Principal) -> Attention:
        """Raises Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            return await repositories.conversations.attention(viewer_id=principal.user_id, kinds=self._access.kinds)

    async def get(self, principal: Principal, *, conversation_id: int) -> ConversationDetail:
        """Raises NotFound, Forbidden, Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            return await self._detail(repositories, principal, conversation_id)

    async def settle(
        self, principal: Principal, *, conversation_id: int, settings: ConversationSettings
    ) -> ConversationDetail:
        """Raises NotFound, Forbidden, Conflict, Unavailable."""
        async with self._unit_of_work.transaction() as repositories:
            membership = await self._access.membership(repositories, principal, conversation_id)
            changed_for_all = await self._settle_for_all(repositories, principal, membership, settings.status)
            archived = None if settings.status is None else settings.status == "archived"
            changed = await repositories.conversations.set_personal(
                conversation_id=conversation_id,
                user_id=principal.user_id,
                archived=archived,
                muted=settings.muted,
                pinned=settings.pinned,
                marked_unread=settings.marked_unread,
            )
            detail = await self._detail(repositories, principal, conversation_id)
        if changed_for_all:
            self._publisher.publish(ConversationChanged(conversation_id=conversation_id))
        elif changed:
            self._publisher.publish(ConversationChanged(conversation_id=conversation_id, user_id=principal.user_id))
        return detail

    async def _settle_for_all(
        self, repositories: Repositories, principal: Principal, membership: Membership, status: str | None
    ) -> bool:
        """Closing and what undoes it is for doctors and mentors; anybody may bring back what silence has archived."""
        wanted = status == "closed" or (status == "active" and membership.status != "active")
        if not wanted or status is None:
            return False
        if "closed" in (status, membership.status) and principal.role not in CLOSERS:
            raise Forbidden(reason="only_closers")
        conversation_id = membership.conversation_id
        changed = await repositories.conversations.set_status(conversation_id=conversation_id, status=status)
        if not changed and status == "active":  # shredded: there is nothing to come back to
            raise Conflict(reason="conversation_closed")
        return changed

    async def _detail(
        self, repositories: Repositories, principal: Principal, conversation_id: int
    ) -> ConversationDetail:
        row = await repositories.conversations.find(conversation_id=conversation_id, viewer_id=principal.user_id)
        if row is None:
            raise NotFound
        self._access.require_kind(row.kind)
        people = await repositories.conversations.participants([conversation_id])
        return ConversationDetail(self._viewer.view(row), [person for person in people if person.left_at is None])

    async def participants(self, *, conversation_id: int) -> list[ParticipantRow]:
        """For administrators: those who left too. Raises NotFound, Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            people = await repositories.conversations.participants([conversation_id])
        if not people:
            raise NotFound
        return people

    async def set_left(self, *, conversation_id: int, user_id: int, left: bool) -> list[ParticipantRow]:
        """An administrator removes a participant or brings one back; the same twice changes nothing.

        Raises NotFound, Unavailable.
        """
        async with self._unit_of_work.transaction() as repositories:
            people = await repositories.conversations.participants([conversation_id])
            if user_id not in {person.user_id for person in people}:
                raise NotFound
            changed = await repositories.conversations.set_left(
                conversation_id=conversation_id, user_id=user_id, left=left
            )
            people = await repositories.conversations.participants([conversation_id])
        if changed and left:
            self._publisher.publish(ParticipantRemoved(conversation_id=conversation_id, user_id=user_id))
        if changed:
            self._publisher.publish(ConversationChanged(conversation_id=conversation_id))
        return people


def _kinds_of(role: str) -> list[str]:
    """What somebody of that role can have with one other person."""
    return [kind for kind, roles in PAIRS.items() if role in roles]


def _pair(principal: Principal, partner: Partner) -> tuple[str, int, int]:
    """(kind, first, second) by the roles of the two."""
    for kind, (first, second) in PAIRS.items():
        if (principal.role, partner.role) == (first, second):
            return kind, principal.user_id, partner.id
        if (principal.role, partner.role) == (second, first):
            return kind, partner.id, principal.user_id
    raise NotFound


def _present(row: ConversationRow | None) -> ConversationRow:
    if row is None:  # the caller was removed from it
        raise NotFound
    return row
