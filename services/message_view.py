"""A message as clients see it, and the way there from a sealed row."""

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from repositories.messages import MessageRow
from services.attachment_view import Attachment, AttachmentOpener, files_of
from services.quotes import Quote, QuoteOpener
from services.reaction_view import Reaction, ReactionCipher
from services.security_ports import ContentCipher
from services.unreadable import DOES_NOT_OPEN, SAID_INSTEAD, Unreadable


class Context(NamedTuple):
    """The prescription or exam that a conversation is about. `version`: the one that it had when the message was written."""

    type: str
    id: str
    version: int | None = None


class Message(NamedTuple):
    """The same for every viewer: its status is that of the least advanced of the other participants.

    What the system says is {"code", "params"}, for clients to put into words.
    """

    id: int
    conversation_id: int
    seq: int
    change: int
    client_message_id: UUID | None
    sender_id: int | None
    sender_name: str | None
    sender_role: str | None
    type: str
    content: str | Mapping[str, Any]
    is_urgent: bool
    requires_response: bool
    action: str | None
    context: Context | None
    reply_to_id: int | None
    sent_at: datetime.datetime
    edited_at: datetime.datetime | None = None
    deleted_at: datetime.datetime | None = None
    delivered_at: datetime.datetime | None = None
    read_at: datetime.datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    reply_to: Quote | None = None

    @property
    def status(self) -> str:
        if self.read_at is not None:
            return "read"
        return "sent" if self.delivered_at is None else "delivered"

    @property
    def is_read(self) -> bool:
        return self.read_at is not None


def context_of(context_type: str | None, context_id: str | None, version: int | None) -> Context | None:
    if context_type is None or context_id is None:
        return None
    return Context(type=context_type, id=context_id, version=version)


def system_text(code: str, **params: Any) -> str:
    """What the system says, as it is sealed."""
    return json.dumps({"code": code, "params": params}, ensure_ascii=False)


def said_by_system(text: str) -> Mapping[str, Any]:
    """{"code", "params"}, from what was sealed."""
    said: Mapping[str, Any] = json.loads(text)
    return said


class SealedRow(Protocol):
    """What a row must have so that a text of its message can be opened."""

    @property
    def conversation_id(self) -> int: ...
    @property
    def sender_id(self) -> int | None: ...
    @property
    def message_key(self) -> UUID: ...
    @property
    def key_id(self) -> str: ...
    @property
    def data_key(self) -> bytes: ...


class MessageOpener:
    """Opens sealed rows. `unreadable` hears of those that do not open."""

    def __init__(self, *, cipher: ContentCipher, unreadable: Unreadable) -> None:
        self._cipher = cipher
        self.unreadable = unreadable
        self._files = AttachmentOpener(cipher=cipher)
        self._reactions = ReactionCipher(cipher=cipher)
        self.quotes = QuoteOpener(cipher=cipher)

    def open(self, row: MessageRow) -> Message:
        """One that does not open keeps its place, and nothing of it is shown: the system says so. A tombstone stays one."""
        try:
            text = self.text(row, row.content, row.version)
            return self._message(row, said_by_system(text) if row.type == "system" and text else text)
        except DOES_NOT_OPEN as error:
            self.unreadable.note(error, conversation_id=row.conversation_id, seq=row.seq)
        bare = replace(row, attachments=None, reactions=None, quoted=None)
        return self._message(bare, "") if row.deleted_at else self._message(replace(bare, type="system"), SAID_INSTEAD)

    def _message(self, row: MessageRow, content: str | Mapping[str, Any]) -> Message:
        return Message(
            id=row.id,
            conversation_id=row.conversation_id,
            seq=row.seq,
            change=row.change,
            client_message_id=row.client_message_id,
            sender_id=row.sender_id,
            sender_name=row.sender_name,
            sender_role=row.sender_role,
            type=row.type,
            content=content,
            is_urgent=row.is_urgent,
            requires_response=row.requires_response,
            action=row.action,
            context=context_of(row.context_type, row.context_id, row.context_version),
            reply_to_id=row.reply_to_id,
            sent_at=row.sent_at,
            edited_at=row.edited_at,
            deleted_at=row.deleted_at,
            delivered_at=row.delivered_at,
            read_at=row.read_at,
            attachments=self._attachments(row) if row.attachments and row.deleted_at is None else (),
            reactions=self._reacted(row) if row.reactions and row.deleted_at is None else (),
            reply_to=self._quoted(row) if row.quoted else None,
        )

    def _attachments(self, row: MessageRow) -> tuple[Attachment, ...]:
        return self._files.open_all(
            self._cipher.unwrap(row.key_id, row.data_key),
            files_of(row.attachments or ()),
            conversation_id=row.conversation_id,
            uploader_id=row.sender_id,
        )

    def _reacted(self, row: MessageRow) -> tuple[Reaction, ...]:
        return self._reactions.open_all(
            self._cipher.unwrap(row.key_id, row.data_key),
            row.reactions or (),
            conversation_id=row.conversation_id,
            message_key=row.message_key,
        )

    def _quoted(self, row: MessageRow) -> Quote | None:
        if row.quoted is None or row.reply_to_id is None:
            return None
        data_key = self._cipher.unwrap(row.key_id, row.data_key)
        return self.quotes.open(data_key, row.reply_to_id, row.quoted, conversation_id=row.conversation_id)

    def open_all(self, rows: Iterable[MessageRow]) -> list[Message]:
        return [self.open(row) for row in rows]

    def text(self, row: SealedRow, content: bytes, version: int) -> str:
        """Any version of the message's text: each was sealed with its own number. Raises ContentDamaged, MasterKeyMissing."""
        return self._cipher.decrypt(
            self._cipher.unwrap(row.key_id, row.data_key),
            content,
            conversation_id=row.conversation_id,
            sender_id=row.sender_id,
            message_key=row.message_key,
            version=version,
        )
