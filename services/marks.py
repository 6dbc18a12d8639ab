"""Read and delivered: watermarks that only move forward, and what is left unread."""

from dataclasses import dataclass

from repositories.marks import Moved
from services.access import Access
from services.errors import NotFound
from services.events import ConversationChanged, MessagesDelivered, MessagesRead
from services.ports import Publisher, UnitOfWork
from services.principal import Principal


@dataclass(frozen=True, slots=True)
class ReadResult:
    """`unread_count` is the caller's total over all conversations."""

    updated_count: int
    unread_count: int


class Marks:
    def __init__(self, *, unit_of_work: UnitOfWork, publisher: Publisher, access: Access) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._access = access

    async def read(self, principal: Principal, *, conversation_id: int, up_to_seq: int | None = None) -> ReadResult:
        """Everything when `up_to_seq` is None. Raises NotFound, Forbidden, Unavailable."""
        async with self._unit_of_work.transaction() as repositories:
            await self._access.membership(repositories, principal, conversation_id)
            moved = _present(
                await repositories.marks.move(
                    conversation_id=conversation_id, user_id=principal.user_id, kind="read", up_to=up_to_seq
                )
            )
            unread = await repositories.marks.unread_total(user_id=principal.user_id, kinds=self._access.kinds)
        self._publish_read(principal, conversation_id, moved)
        return ReadResult(updated_count=moved.updated_count, unread_count=unread)

    async def read_message(self, principal: Principal, *, message_id: int) -> ReadResult:
        """Up to that message. Raises NotFound, Forbidden, Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            row = await repositories.messages.find(message_id=message_id, viewer_id=principal.user_id)
        if row is None:
            raise NotFound
        return await self.read(principal, conversation_id=row.conversation_id, up_to_seq=row.seq)

    async def delivered(self, principal: Principal, *, conversation_id: int, up_to_seq: int) -> int:
        """Returns the watermark. Raises NotFound, Forbidden, Unavailable."""
        async with self._unit_of_work.transaction() as repositories:
            await self._access.membership(repositories, principal, conversation_id)
            moved = _present(
                await repositories.marks.move(
                    conversation_id=conversation_id, user_id=principal.user_id, kind="delivered", up_to=up_to_seq
                )
            )
        if moved.moved:
            self._publisher.publish(
                MessagesDelivered(
                    conversation_id=conversation_id,
                    user_id=principal.user_id,
                    delivered_seq=moved.delivered_seq,
                    delivered_at=moved.at,
                )
            )
        return moved.delivered_seq

    async def unread_count(self, principal: Principal) -> int:
        async with self._unit_of_work.reading() as repositories:
            return await repositories.marks.unread_total(user_id=principal.user_id, kinds=self._access.kinds)

    def _publish_read(self, principal: Principal, conversation_id: int, moved: Moved) -> None:
        if moved.moved:
            self._publisher.publish(
                MessagesRead(
                    conversation_id=conversation_id,
                    user_id=principal.user_id,
                    updated_count=moved.updated_count,
                    read_seq=moved.read_seq,
                    read_at=moved.at,
                )
            )
        elif moved.unmarked:
            self._publisher.publish(ConversationChanged(conversation_id=conversation_id, user_id=principal.user_id))


def _present(moved: Moved | None) -> Moved:
    if moved is None:  # removed between the two statements
        raise NotFound
    return moved
