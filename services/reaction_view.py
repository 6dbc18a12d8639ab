"""Reactions as messages show them, and the way there from sealed rows.

All that one person feels about one message is sealed as one text, a list of [emoji, change]: whoever reads the database learns
neither which emojis there are nor that two of them are the same.
"""

import base64
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from services.security_ports import ContentCipher, ContentDamaged, DataKey

log = logging.getLogger(__name__)
# Texts of messages count up from version 1: no text opens as reactions, and no reactions as a text.
REACTIONS_VERSION = 2**32 - 1


class Used(NamedTuple):
    """`change`: that of the conversation when it came."""

    emoji: str
    change: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """`user_ids` in the order in which they came."""

    emoji: str
    user_ids: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.user_ids)


class ReactionCipher:
    def __init__(self, *, cipher: ContentCipher) -> None:
        self._cipher = cipher

    def seal(
        self, data_key: DataKey, used: Sequence[Used], *, conversation_id: int, user_id: int, message_key: UUID
    ) -> bytes:
        return self._cipher.encrypt(
            data_key,
            conversation_id=conversation_id,
            sender_id=user_id,
            message_key=message_key,
            version=REACTIONS_VERSION,
            text=json.dumps(used, ensure_ascii=False),
        )

    def open(
        self, data_key: DataKey, content: bytes | None, *, conversation_id: int, user_id: int, message_key: UUID
    ) -> list[Used]:
        """None: never any. Raises ContentDamaged."""
        if content is None:
            return []
        text = self._cipher.decrypt(
            data_key,
            content,
            conversation_id=conversation_id,
            sender_id=user_id,
            message_key=message_key,
            version=REACTIONS_VERSION,
        )
        return [Used(emoji, change) for emoji, change in json.loads(text or "[]")]

    def open_all(
        self, data_key: DataKey, rows: Iterable[Sequence[Any]], *, conversation_id: int, message_key: UUID
    ) -> tuple[Reaction, ...]:
        """Of [user, sealed] pairs as the view message_rows tells them. What is damaged takes nothing else with it."""
        used: list[tuple[int, str, int]] = []
        for user_id, content in rows:
            try:
                mine = self.open(
                    data_key,
                    base64.b64decode(content),
                    conversation_id=conversation_id,
                    user_id=user_id,
                    message_key=message_key,
                )
            except ContentDamaged:
                log.exception("reactions of user %d in conversation %d do not open", user_id, conversation_id)
            else:
                used += [(change, emoji, user_id) for emoji, change in mine]
        people: dict[str, list[int]] = {}
        for _, emoji, user_id in sorted(used):
            people.setdefault(emoji, []).append(user_id)
        return tuple(Reaction(emoji, tuple(user_ids)) for emoji, user_ids in people.items())
