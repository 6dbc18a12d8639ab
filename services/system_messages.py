"""What the server itself says in a conversation."""

from typing import Any

from repositories.contexts import Contextual
from repositories.repositories import Repositories
from services.events import MessagePosted
from services.message_view import system_text
from services.security_ports import ContentCipher


class SystemMessages:
    """Sealed and numbered as messages of people are; unread by nobody."""

    def __init__(self, *, cipher: ContentCipher) -> None:
        self._cipher = cipher

    async def append(
        self, repositories: Repositories, conversation: Contextual, code: str, **params: Any
    ) -> MessagePosted:
        """Inside a transaction only; the fact is to be published after COMMIT. Clients put `code` into words."""
        message_key = self._cipher.new_message_key()
        content = self._cipher.encrypt(
            self._cipher.unwrap(conversation.key_id, conversation.data_key),
            conversation_id=conversation.id,
            sender_id=None,
            message_key=message_key,
            version=1,
            text=system_text(code, **params),
        )
        appended = await repositories.messages.append_by_system(
            conversation_id=conversation.id, message_key=message_key, content=content
        )
        return MessagePosted(conversation_id=conversation.id, seq=appended.seq, change=appended.change)
