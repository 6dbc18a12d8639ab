"""Reacting to messages with an emoji, and taking it back."""

from typing import NamedTuple

from repositories.messages import LockedMessage
from repositories.repositories import Repositories
from services.access import Access, refusal
from services.errors import Conflict, Forbidden, NotFound
from services.events import MessageReacted
from services.message_view import Message, MessageOpener
from services.ports import Publisher, UnitOfWork
from services.principal import Principal
from services.reaction_view import ReactionCipher, Used
from services.security_ports import ContentCipher, ContentDamaged


class Reacted(NamedTuple):
    """`changed`: False when it was so already, and nobody was told."""

    message: Message
    changed: bool


class Reactions:
    """`most`: how many different emojis of one person a message takes; 0: any number."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        cipher: ContentCipher,
        opener: MessageOpener,
        access: Access,
        most: int,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._cipher = cipher
        self._sealed = ReactionCipher(cipher=cipher)
        self._opener = opener
        self._access = access
        self._most = most

    async def add(self, principal: Principal, *, message_id: int, emoji: str) -> Reacted:
        """Raises NotFound, Forbidden, Conflict, Unavailable."""
        return await self._set(principal, message_id=message_id, emoji=emoji, wanted=True)

    async def remove(self, principal: Principal, *, message_id: int, emoji: str) -> Reacted:
        """Raises as `add`."""
        return await self._set(principal, message_id=message_id, emoji=emoji, wanted=False)

    async def _set(self, principal: Principal, *, message_id: int, emoji: str, wanted: bool) -> Reacted:
        async with self._unit_of_work.transaction() as repositories:
            locked = self._require_open(
                await repositories.messages.lock(message_id=message_id, user_id=principal.user_id)
            )
            changed = await self._changed(repositories, principal.user_id, locked, emoji, wanted=wanted)
            row = await repositories.messages.find(message_id=message_id, viewer_id=principal.user_id)
        assert row is not None, "this very transaction has locked it"
        message = self._opener.open(row)
        if changed:
            self._publisher.publish(
                MessageReacted(
                    conversation_id=message.conversation_id, seq=message.seq, change=message.change, message=message
                )
            )
        return Reacted(message, changed)

    async def _changed(
        self, repositories: Repositories, user_id: int, locked: LockedMessage, emoji: str, *, wanted: bool
    ) -> bool:
        conversation_id, message_key = locked.conversation_id, locked.message_key
        data_key = self._cipher.unwrap(locked.key_id, locked.data_key)
        # A statement of its own: what another click of this person stored is only seen once the lock is had.
        so_far = await repositories.reactions.of(message_id=locked.id, user_id=user_id, conversation_id=conversation_id)
        try:
            mine = self._sealed.open(
                data_key, so_far.content, conversation_id=conversation_id, user_id=user_id, message_key=message_key
            )
        except ContentDamaged:  # nobody is shown any of it, and the next click stands in its place
            mine = []
        others = [one for one in mine if one.emoji != emoji]
        if (len(others) < len(mine)) is wanted:
            return False
        used = self._with(others, Used(emoji, so_far.last_change + 1)) if wanted else others
        content = self._sealed.seal(
            data_key, used, conversation_id=conversation_id, user_id=user_id, message_key=message_key
        )
        await repositories.reactions.keep(
            message_id=locked.id, user_id=user_id, conversation_id=conversation_id, content=content
        )
        return True

    def _with(self, used: list[Used], another: Used) -> list[Used]:
        if self._most and len(used) >= self._most:
            raise Conflict(reason="too_many_reactions")
        return [*used, another]

    def _require_open(self, locked: LockedMessage | None) -> LockedMessage:
        if locked is None:
            raise NotFound
        self._access.require_kind(locked.kind)
        if locked.obstacle is not None:
            raise refusal(locked.obstacle)
        if locked.deleted_at is not None:
            raise Conflict(reason="message_deleted")
        if locked.type == "system":
            raise Forbidden(reason="system_message")
        return locked
