"""Editing and deleting what one has sent."""

from repositories.messages import LockedMessage, MessageRow
from services.access import Access, refusal
from services.errors import Conflict, Forbidden, NotFound
from services.events import MessageDeleted, MessageEdited
from services.message_view import Message, MessageOpener
from services.messages import check_content
from services.ports import Publisher, UnitOfWork
from services.principal import Principal
from services.security_ports import ContentCipher


class MessageChanges:
    """`edit_seconds`: how long one's own message can be changed; 0: always."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        cipher: ContentCipher,
        opener: MessageOpener,
        access: Access,
        max_content_length: int,
        edit_seconds: float,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._cipher = cipher
        self._opener = opener
        self._access = access
        self._max_content_length = max_content_length
        self._edit_seconds = edit_seconds

    async def edit(self, principal: Principal, *, message_id: int, content: str) -> Message:
        """Only one's own, within the time given for it; the earlier text is kept.

        Raises NotFound, Forbidden, Conflict, ValidationFailed, Unavailable.
        """
        async with self._unit_of_work.transaction() as repositories:
            locked = await repositories.messages.lock(message_id=message_id, user_id=principal.user_id)
            locked = self._require_changeable(principal, locked)
            check_content(content, self._max_content_length, with_files=locked.with_files)
            await repositories.messages.replace_content(locked, self._seal_again(locked, content))
            row = await repositories.messages.find(message_id=message_id, viewer_id=principal.user_id)
        message = self._opener.open(_present(row))
        self._publisher.publish(
            MessageEdited(
                conversation_id=message.conversation_id, seq=message.seq, change=message.change, message=message
            )
        )
        return message

    async def delete(self, principal: Principal, *, message_id: int) -> Message:
        """Leaves a tombstone: nothing to read, its place in the order kept. Again: the tombstone that is there.

        Raises NotFound, Forbidden, Conflict, Unavailable.
        """
        async with self._unit_of_work.transaction() as repositories:
            locked = await repositories.messages.lock(message_id=message_id, user_id=principal.user_id)
            again = locked is not None and locked.sender_id == principal.user_id and locked.deleted_at is not None
            if not again:
                locked = self._require_changeable(principal, locked)
                await repositories.messages.make_tombstone(locked, self._seal_again(locked, ""))
            row = await repositories.messages.find(message_id=message_id, viewer_id=principal.user_id)
        message = self._opener.open(_present(row))
        if not again:
            self._publisher.publish(
                MessageDeleted(
                    conversation_id=message.conversation_id, seq=message.seq, change=message.change, message=message
                )
            )
        return message

    def _require_changeable(self, principal: Principal, locked: LockedMessage | None) -> LockedMessage:
        if locked is None:
            raise NotFound
        self._access.require_kind(locked.kind)
        if locked.sender_id != principal.user_id:
            raise Forbidden(reason="not_own")
        if locked.obstacle is not None:
            raise refusal(locked.obstacle)
        if locked.deleted_at is not None:
            raise Conflict(reason="message_deleted")
        if self._edit_seconds and locked.age > self._edit_seconds:
            raise Forbidden(reason="too_late")
        return locked

    def _seal_again(self, locked: LockedMessage, text: str) -> bytes:
        return self._cipher.encrypt(
            self._cipher.unwrap(locked.key_id, locked.data_key),
            conversation_id=locked.conversation_id,
            sender_id=locked.sender_id,
            message_key=locked.message_key,
            version=locked.version + 1,
            text=text,
        )


def _present(row: MessageRow | None) -> MessageRow:
    """The row that this very transaction has locked."""
    assert row is not None
    return row
