"""The conversation about a prescription or an exam, reached by the name of its context."""

from collections.abc import Mapping
from dataclasses import dataclass

from repositories.contexts import ContextName, Standing
from repositories.repositories import Repositories
from services.access import Access
from services.context_rights import OPEN, READ, reason_of, rights
from services.conversation_view import ConversationViewer
from services.conversations import ConversationDetail, Conversations, ConversationSettings, Opened
from services.errors import NotFound, ValidationFailed
from services.events import ConversationCreated
from services.history import History, HistoryPage
from services.messages import Messages, NewMessage, Posted
from services.ports import Publisher, UnitOfWork
from services.principal import Principal
from services.security_ports import ContentCipher


@dataclass(frozen=True, slots=True)
class Permissions:
    """`reasons`: for each action None, or why not."""

    name: ContextName
    user_id: int
    role: str
    version: int | None
    conversation_id: int | None
    reasons: Mapping[str, str | None]


class Contextual:
    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        cipher: ContentCipher,
        viewer: ConversationViewer,
        access: Access,
        conversations: Conversations,
        messages: Messages,
        history: History,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._cipher = cipher
        self._viewer = viewer
        self._access = access
        self._conversations = conversations
        self._messages = messages
        self._history = history

    async def open(self, principal: Principal, name: ContextName) -> Opened:
        """The conversation about it, made when there is none yet.

        Raises ContextAccessDenied, NotFound (for who was removed from it), Forbidden, Unavailable.
        """
        async with self._unit_of_work.transaction() as repositories:
            await repositories.contexts.hold(name)
            standing = await self._allowed(repositories, principal, name, OPEN)
            conversation_id, created = standing.conversation_id, False
            if conversation_id is None:
                conversation_id, created = await self._begin(repositories, name)
            row = await repositories.conversations.find(conversation_id=conversation_id, viewer_id=principal.user_id)
        if row is None:  # removed between the two looks
            raise NotFound
        if created:
            self._publisher.publish(ConversationCreated(conversation_id=conversation_id))
        return Opened(self._viewer.view(row), created)

    async def open_with(self, principal: Principal, name: ContextName, *, participant_id: int) -> Opened:
        """`open` for who names the other person too, and learns nothing of contexts that are not theirs.

        Raises ValidationFailed, NotFound (whatever does not fit), Forbidden (the kind is switched off), Unavailable.
        """
        if participant_id == principal.user_id:
            raise ValidationFailed(fields={"participantId": "own_id"})
        async with self._unit_of_work.reading() as repositories:
            standing = await repositories.contexts.standing(name, user_id=principal.user_id)
        if standing is None or participant_id not in (standing.patient_id, standing.doctor_id):
            raise NotFound
        self._access.require_kind("contextual")
        if rights(standing, role=principal.role, kinds=self._access.kinds)[OPEN] is not None:
            raise NotFound
        return await self.open(principal, name)

    async def read(
        self,
        principal: Principal,
        name: ContextName,
        *,
        limit: int,
        before_seq: int | None,
        after_seq: int | None,
        mark_read: bool,
    ) -> HistoryPage:
        """Nothing, when nobody has written about it yet. Raises as `open`, and ValidationFailed."""
        async with self._unit_of_work.reading() as repositories:
            standing = await self._allowed(repositories, principal, name, READ)
        if standing.conversation_id is None:
            return HistoryPage([], has_more=False, next=None)
        return await self._history.page(
            principal,
            conversation_id=standing.conversation_id,
            limit=limit,
            before_seq=before_seq,
            after_seq=after_seq,
            mark_read=mark_read,
        )

    async def send(self, principal: Principal, name: ContextName, new: NewMessage) -> Posted:
        """Opens the conversation with the first message; `new` names none. Raises as `open` and Messages.post."""
        async with self._unit_of_work.reading() as repositories:
            # A repeat is answered whatever the state: once there is a conversation, that is judged where it is stored.
            standing = await self._allowed(repositories, principal, name, READ)
        conversation_id = standing.conversation_id
        if conversation_id is None:
            conversation_id = (await self.open(principal, name)).view.row.id
        return await self._messages.post(principal, new._replace(conversation_id=conversation_id))

    async def archive(self, principal: Principal, *, conversation_id: int) -> ConversationDetail:
        """For oneself, until the next message. Raises NotFound (also for conversations of another kind), Forbidden."""
        async with self._unit_of_work.reading() as repositories:
            membership = await self._access.membership(repositories, principal, conversation_id)
        if membership.kind != "contextual":
            raise NotFound
        settings = ConversationSettings(status="archived")
        return await self._conversations.settle(principal, conversation_id=conversation_id, settings=settings)

    async def permissions(self, principal: Principal, name: ContextName, *, role: str, user_id: int) -> Permissions:
        """One's own; administrators ask for anybody. Raises NotFound, also when the person does not have that role."""
        if user_id != principal.user_id and not principal.is_admin:
            raise NotFound
        async with self._unit_of_work.reading() as repositories:
            people = await repositories.rights.people([user_id])
            if [person.role for person in people] != [role]:
                raise NotFound
            standing = await repositories.contexts.standing(name, user_id=user_id)
        judged = rights(standing, role=role, kinds=self._access.kinds)
        return Permissions(
            name=name,
            user_id=user_id,
            role=role,
            version=None if standing is None else standing.version,
            conversation_id=None if standing is None else standing.conversation_id,
            reasons={action: reason_of(error, standing) for action, error in judged.items()},
        )

    async def _allowed(
        self, repositories: Repositories, principal: Principal, name: ContextName, action: str
    ) -> Standing:
        standing = await repositories.contexts.standing(name, user_id=principal.user_id)
        refused = rights(standing, role=principal.role, kinds=self._access.kinds)[action]
        if refused is not None:
            raise refused
        assert standing is not None, "a stranger has no right at all"
        return standing

    async def _begin(self, repositories: Repositories, name: ContextName) -> tuple[int, bool]:
        key = self._cipher.new_data_key()
        made = await repositories.contexts.insert_conversation(name, key_id=key.key_id, data_key=key.blob)
        if made is not None:
            return made, True
        # Another node was quicker: its row is committed, since ours waited for it.
        found = await repositories.contexts.conversation(name)
        assert found is not None
        return found.id, False
