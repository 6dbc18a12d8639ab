"""Titles of contexts name drugs and illnesses: sealed as messages are, under a key of the context."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

from repositories.contexts import SealedTitle
from services.ports import UnitOfWork
from services.security_ports import ContentCipher
from services.unreadable import DOES_NOT_OPEN

# No conversation has this number, so that a title can never be taken for a message.
NO_CONVERSATION = 0


class ContextTitles:
    def __init__(self, *, cipher: ContentCipher) -> None:
        self._cipher = cipher

    def seal(self, title: str, *, version: int) -> SealedTitle:
        """Under a new key."""
        key = self._cipher.new_data_key()
        empty = SealedTitle(b"", self._cipher.new_message_key(), key.key_id, key.blob)
        return self._seal(empty, title, version=version)

    def seal_again(self, sealed: SealedTitle, title: str, *, version: int) -> SealedTitle:
        """Under the key that the context has, if that opens."""
        try:
            return self._seal(sealed, title, version=version)
        except DOES_NOT_OPEN:
            return self.seal(title, version=version)

    def _seal(self, under: SealedTitle, title: str, *, version: int) -> SealedTitle:
        content = self._cipher.encrypt(
            self._cipher.unwrap(under.key_id, under.data_key),
            conversation_id=NO_CONVERSATION,
            sender_id=None,
            message_key=under.title_key,
            version=version,
            text=title,
        )
        return replace(under, title=content)

    def open(self, key_id: str, data_key: bytes, title_key: UUID, title: bytes, *, version: int) -> str:
        """Raises ContentDamaged, MasterKeyMissing."""
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
