"""What is in an export: the conversation, its people, every message with who had it when. Read page by page."""

import datetime
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from repositories.conversations import ParticipantRow
from repositories.exports import ConversationHead, Receipt
from repositories.repositories import Repositories
from services.errors import NotFound
from services.export_files import archive_path
from services.export_ports import Plain
from services.message_view import Message, MessageOpener
from services.ports import UnitOfWork

FORMAT = "colloque-export/1"
PAGE = 100


def moment(at: datetime.datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds."""
    return None if at is None else at.astimezone(datetime.UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


class ExportSource:
    """One conversation up to `up_to_seq`. May be read as often as there are documents to be made of it.

    `with_files`: they lie beside the documents, and messages say where. `only_of`: what this person wrote, and nothing else.
    """

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        opener: MessageOpener,
        conversation_id: int,
        up_to_seq: int,
        asked_by: int,
        with_files: bool = False,
        only_of: int | None = None,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._opener = opener
        self.conversation_id = conversation_id
        self.up_to_seq = up_to_seq
        self._asked_by = asked_by
        self._with_files = with_files
        self._only_of = only_of

    async def head(self, *, now: datetime.datetime) -> Plain:
        """Raises NotFound, Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            head = await repositories.exports.head(conversation_id=self.conversation_id)
            people = await repositories.conversations.participants([self.conversation_id])
        if head is None:
            raise NotFound
        return {
            "format": FORMAT,
            "exportedAt": moment(now),
            "exportedBy": self._asked_by,
            "upToSeq": self.up_to_seq,
            "conversation": _conversation(head),
            "participants": [_person(row) for row in people],
        }

    async def messages(
        self,
        *,
        after_seq: int = 0,
        up_to_seq: int | None = None,
        reached: Callable[[int], Any] = lambda _seq: None,
    ) -> AsyncIterator[Plain]:
        """Ascending by seq; `reached` is told the seq at the end of each page.

        Raises NotFound once it is shredded, Unavailable. What does not open keeps its place, and says so.
        """
        last = self.up_to_seq if up_to_seq is None else min(up_to_seq, self.up_to_seq)
        while after_seq < last:
            async with self._unit_of_work.reading() as repositories:
                page, receipts = await self._page(repositories, after_seq, last)
            if not page:
                return
            for message in page:
                if self._only_of is not None and message.sender_id != self._only_of:
                    continue
                yield _message(message, receipts.get(message.seq, ()), with_files=self._with_files)
            after_seq = page[-1].seq
            reached(after_seq)

    async def _page(
        self, repositories: Repositories, after_seq: int, last: int
    ) -> tuple[list[Message], dict[int, list[Receipt]]]:
        rows = await repositories.messages.after(conversation_id=self.conversation_id, after_seq=after_seq, limit=PAGE)
        if any(not row.key_id for row in rows):  # what was destroyed meanwhile reads as empty, and that is no export
            raise NotFound
        page = self._opener.open_all(row for row in rows if row.seq <= last)
        receipts: dict[int, list[Receipt]] = {}
        for receipt in await repositories.exports.receipts(
            conversation_id=self.conversation_id, after_seq=after_seq, up_to_seq=page[-1].seq if page else after_seq
        ):
            receipts.setdefault(receipt.seq, []).append(receipt)
        return page, receipts


def _conversation(head: ConversationHead) -> Plain:
    context = {"type": head.context_type, "id": head.context_id} if head.context_type else None
    return {
        "id": head.id,
        "kind": head.kind,
        "status": head.status,
        "context": context,
        "createdAt": moment(head.created_at),
    }


def _person(row: ParticipantRow) -> Plain:
    return {
        "userId": row.user_id,
        "name": f"{row.first_name} {row.last_name}",
        "role": row.role,
        "joinedAt": moment(row.joined_at),
        "leftAt": moment(row.left_at),
    }


def _message(message: Message, receipts: Sequence[Receipt], *, with_files: bool) -> Plain:
    return {
        "id": message.id,
        "seq": message.seq,
        "senderId": message.sender_id,
        "senderName": message.sender_name,
        "senderRole": message.sender_role,
        "type": message.type,
        "content": message.content,
        "isUrgent": message.is_urgent,
        "requiresResponse": message.requires_response,
        "action": message.action,
        "contextVersion": message.context.version if message.context else None,
        "replyToId": message.reply_to_id,
        "replyTo": message.reply_to.seq if message.reply_to else None,
        "reactions": [{"emoji": each.emoji, "userIds": list(each.user_ids)} for each in message.reactions],
        "attachments": [
            {
                "id": file.id,
                "name": file.name,
                "mediaType": file.media_type,
                "size": file.size,
                "path": archive_path(file.id, file.name) if with_files else None,
            }
            for file in message.attachments
        ],
        "sentAt": moment(message.sent_at),
        "editedAt": moment(message.edited_at),
        "deletedAt": moment(message.deleted_at),
        "receipts": [
            {"userId": row.user_id, "deliveredAt": moment(row.delivered_at), "readAt": moment(row.read_at)}
            for row in receipts
        ],
    }
