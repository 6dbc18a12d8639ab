"""Titles of contexts name drugs and illnesses: sealed as messages are, under a key of the context."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from repositories.contexts import SealedTitle
from services.ports import UnitOfWork
from services.security_ports import ContentCipher

# No conversation has this number, so that a title can never be taken for a message.
NO_CONVERSATION = 0


class ContextTitles:
    def __init__(self, *, cipher: ContentCipher) -> None:
        self._cipher = cipher

    def seal(self, title: str, *, version: int) -> SealedTitle:
        """Under a new key."""
        key, title_key = self._cipher.new_data_key(), self._cipher.new_message_key()
        return SealedTitle(
            self.seal_again(key.key_id, key.blob, title_key, title, version=version), title_key, key.key_id, key.blob
        )

    def seal_again(self, key_id: str, data_key: bytes, title_key: UUID, title: str, *, version: int) -> bytes:
        """Under the key that the context has."""
        return self._cipher.encrypt(
            self._cipher.unwrap(key_id, data_key),
            conversation_id=NO_CONVERSATION,
            sender_id=None,
            message_key=title_key,
            version=version,
            text=title,
        )

    def open(self, key_id: str, data_key: bytes, title_key: UUID, title: bytes, *, version: int) -> str:
        return self._cipher.decrypt(
            self._cipher.unwrap(key_id, data_key),
            title,
            conversation_id=NO_CONVERSATION,
            sender_id=None,
            message_key=title_key,
            version=version,
        )


def forget_title(unit_of_work: UnitOfWork) -> Callable[[int], Awaitable[None]]:
    """For retention: the title goes with the conversation about it."""

    async def forget(conversation_id: int) -> None:
        async with unit_of_work.transaction() as repositories:
            await repositories.contexts.destroy_title(conversation_id=conversation_id)

    return forget
