"""A conversation as one of its participants sees it, opened."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from repositories.conversation_rows import ConversationRow
from services.context_titles import ContextTitles
from services.message_view import said_by_system
from services.ports import OnlineLookup
from services.security_ports import ContentCipher
from services.unreadable import DOES_NOT_OPEN, SAID_INSTEAD, Unreadable

SNIPPET_LENGTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentContext:
    """The prescription or exam as it is now. A message of an older version than this one is about what was changed since."""

    type: str
    id: str
    version: int
    title: str
    closed: bool

    @property
    def state(self) -> str:
        return "closed" if self.closed else "active"


@dataclass(frozen=True, slots=True)
class ConversationView:
    """`snippet`: the beginning of the last message, None when there is no message, empty when the system said it: that is
    in `system`, and so is that the message does not open. Presence is hidden when nobody can write.
    """

    row: ConversationRow
    snippet: str | None
    online: bool
    context: PresentContext | None = None
    system: Mapping[str, Any] | None = None

    @property
    def itself(self) -> "ConversationView":
        """For presenters that nest parts of it under a name."""
        return self

    @property
    def last_message(self) -> "ConversationView | None":
        return None if self.snippet is None else self

    @property
    def last_files(self) -> "LastFiles | None":
        return None if self.row.last_files is None else LastFiles(*self.row.last_files)

    @property
    def can_reply(self) -> bool:
        return self.row.obstacle is None


@dataclass(frozen=True, slots=True)
class LastFiles:
    """Of the last message; `kind`: what all of them are, `file` when they differ."""

    count: int
    kind: str


class ConversationViewer:
    """`unreadable` hears of what does not open: a list is shown all the same."""

    def __init__(self, *, cipher: ContentCipher, online: OnlineLookup, unreadable: Unreadable) -> None:
        self._cipher = cipher
        self._unreadable = unreadable
        self._titles = ContextTitles(cipher=cipher)
        self._online = online

    def view(self, row: ConversationRow) -> ConversationView:
        online = row.obstacle is None and self._online.is_online(row.other_id)
        try:
            text = self._last_text(row)
            said = said_by_system(text) if row.last_type == "system" and text else None
        except DOES_NOT_OPEN as error:
            self._unreadable.note(error, conversation_id=row.id, seq=row.last_seq)
            if row.last_deleted_at is None:
                row = replace(row, last_type="system", last_files=None)
                return ConversationView(row, "", online, self._context(row), SAID_INSTEAD)
            text, said = "", None
        snippet = None if text is None else "" if said else text[:SNIPPET_LENGTH]
        return ConversationView(row, snippet, online, self._context(row), said)

    def _context(self, row: ConversationRow) -> PresentContext | None:
        sealed = (row.context_title, row.context_title_key, row.context_key_id, row.context_data_key)
        title, title_key, key_id, data_key = sealed
        if title is None or title_key is None or key_id is None or data_key is None:
            return None
        assert row.context_type is not None and row.context_id is not None and row.context_version is not None
        return PresentContext(
            type=row.context_type,
            id=row.context_id,
            version=row.context_version,
            title=self._title(row, row.context_version, key_id, data_key, title_key, title),
            closed=row.context_closed,
        )

    def _title(
        self, row: ConversationRow, version: int, key_id: str, data_key: bytes, title_key: UUID, title: bytes
    ) -> str:
        """Empty when it does not open, as when it was destroyed."""
        try:
            return self._titles.open(key_id, data_key, title_key, title, version=version)
        except DOES_NOT_OPEN as error:
            self._unreadable.note(error, conversation_id=row.id, seq=0)
            return ""

    def _last_text(self, row: ConversationRow) -> str | None:
        if row.last_content is None or row.last_message_key is None or row.last_version is None:
            return None
        return self._cipher.decrypt(
            self._cipher.unwrap(row.key_id, row.data_key),
            row.last_content,
            conversation_id=row.id,
            sender_id=row.last_sender_id,
            message_key=row.last_message_key,
            version=row.last_version,
        )
