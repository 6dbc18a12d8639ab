"""A conversation as one of its participants sees it, opened."""

from dataclasses import dataclass

from repositories.conversations import ConversationRow
from services.message_view import Context, context_of
from services.ports import OnlineLookup
from services.security_ports import ContentCipher

SNIPPET_LENGTH = 100


@dataclass(frozen=True, slots=True)
class ConversationView:
    """`snippet`: the beginning of the last message, None when there is no message. Presence is hidden when nobody can write."""

    row: ConversationRow
    snippet: str | None
    online: bool

    @property
    def context(self) -> Context | None:
        return context_of(self.row.context_type, self.row.context_id)

    @property
    def itself(self) -> "ConversationView":
        """For presenters that nest parts of it under a name."""
        return self

    @property
    def last_message(self) -> "ConversationView | None":
        return None if self.snippet is None else self

    @property
    def can_reply(self) -> bool:
        return self.row.obstacle is None


class ConversationViewer:
    def __init__(self, *, cipher: ContentCipher, online: OnlineLookup) -> None:
        self._cipher = cipher
        self._online = online

    def view(self, row: ConversationRow) -> ConversationView:
        online = row.obstacle is None and self._online.is_online(row.other_id)
        return ConversationView(row, self._snippet(row), online)

    def _snippet(self, row: ConversationRow) -> str | None:
        if row.last_content is None or row.last_message_key is None or row.last_version is None:
            return None
        text = self._cipher.decrypt(
            self._cipher.unwrap(row.key_id, row.data_key),
            row.last_content,
            conversation_id=row.id,
            sender_id=row.last_sender_id,
            message_key=row.last_message_key,
            version=row.last_version,
        )
        return text[:SNIPPET_LENGTH]
