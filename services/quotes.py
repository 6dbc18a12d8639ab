"""What a reply shows of the message that it answers."""

import base64
import logging
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from services.security_ports import ContentCipher, ContentDamaged, DataKey

log = logging.getLogger(__name__)

EXCERPT_LENGTH = 140


class Quote(NamedTuple):
    """`excerpt` is empty when there is nothing to show: deleted, a file without words, said by the system."""

    id: int
    seq: int
    sender_id: int | None
    sender_name: str | None
    type: str
    excerpt: str
    deleted: bool


class QuoteOpener:
    def __init__(self, *, cipher: ContentCipher) -> None:
        self._cipher = cipher

    def open(self, data_key: DataKey, message_id: int, quoted: Sequence[Any], *, conversation_id: int) -> Quote:
        """`quoted` as the view quoted_messages tells it. A text that is damaged takes nothing else with it."""
        seq, sender_id, sender_name, kind, content, message_key, version, deleted = quoted
        excerpt = ""
        if not deleted and kind != "system":
            try:
                text = self._cipher.decrypt(
                    data_key,
                    base64.b64decode(content),
                    conversation_id=conversation_id,
                    sender_id=sender_id,
                    message_key=UUID(message_key),
                    version=version,
                )
            except ContentDamaged:
                log.exception("what message %d said does not open", message_id)
            else:
                excerpt = excerpt_of(text)
        return Quote(message_id, seq, sender_id, sender_name, kind, excerpt, deleted)


def excerpt_of(text: str) -> str:
    """Its beginning on one line."""
    line = " ".join(text[: EXCERPT_LENGTH * 4].split())
    if len(line) <= EXCERPT_LENGTH:
        return line
    return line[: EXCERPT_LENGTH - 1].rstrip() + "…"
