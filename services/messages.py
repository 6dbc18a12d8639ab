"""Sending messages."""

import asyncio
import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from repositories.messages import Appended, Draft, MessageRow
from services.access import Access, refusal
from services.attachment_view import Attachment, files_of
from services.attachments_of_sends import AttachmentsOfSends
from services.data_keys import ConversationKey, DataKeys
from services.errors import Conflict, DomainError, NotFound, RateLimitExceeded, Unavailable, ValidationFailed
from services.events import MessagePosted
from services.message_view import Message, MessageOpener, context_of
from services.message_writer import MessageWriter
from services.outcome import Outcome
from services.ports import Limiter, Publisher, UnitOfWork
from services.principal import Principal
from services.quotes import Quote
from services.security_ports import ContentCipher
from services.unreadable import DOES_NOT_OPEN

RATE = "message"
# "own": stored by an earlier try whose answer was lost.
STORED = ("stored", "own")


# What is made for each message is a NamedTuple: as immutable as a frozen dataclass, made in a third of the time. Those of
# many fields are made of them in their order, which takes half as long as with keywords.
class NewMessage(NamedTuple):
    """What a client wants to send; content is trimmed already."""

    conversation_id: int
    content: str
    client_message_id: UUID | None = None
    type: str = "text"
    attachment_ids: tuple[int, ...] = ()
    is_urgent: bool = False
    requires_response: bool = False
    action: str | None = None
    reply_to_id: int | None = None


class Posted(NamedTuple):
    message: Message
    duplicate: bool


class Messages:
    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        limiter: Limiter,
        cipher: ContentCipher,
        data_keys: DataKeys,
        writer: MessageWriter,
        opener: MessageOpener,
        access: Access,
        attachments: AttachmentsOfSends,
        max_content_length: int,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._limiter = limiter
        self._cipher = cipher
        self._data_keys = data_keys
        self._writer = writer
        self._opener = opener
        self._access = access
        self._attachments = attachments
        self._max_content_length = max_content_length
        self._recalls: set[asyncio.Task[Posted]] = set()

    async def post(self, principal: Principal, new: NewMessage) -> Posted:
        """Stored when this returns, never before. A repeated client id gives the first message, and tells nobody.

        Raises NotFound, Forbidden, Conflict, ValidationFailed, RateLimitExceeded, Unavailable.
        """
        return await (await self.submit(principal, new))

    async def submit(self, principal: Principal, new: NewMessage) -> Outcome[Posted]:
        """Takes the message's place in line and returns; the outcome is that of `post`, and so is what is raised."""
        check_content(new.content, self._max_content_length, with_files=bool(new.attachment_ids))
        files: tuple[Attachment, ...] = ()
        if new.attachment_ids:
            files = await self._attachments.look_up(
                principal, conversation_id=new.conversation_id, attachment_ids=new.attachment_ids
            )
        try:
            key = await self._data_keys.of(new.conversation_id)
            if key.kind not in self._access.kinds:
                await self._refuse_switched_off(principal, new.conversation_id)
        except NotFound:
            # A try at a conversation of others is counted, too: the rate must not tell that from one that is not there.
            self._limiter.take(RATE, str(principal.user_id))
            raise
        try:
            self._limiter.take(RATE, str(principal.user_id))
        except RateLimitExceeded:
            if (known := await self._known(principal, new)) is None:  # a repeat is free
                raise
            return Outcome.of(known)
        quote = None if new.reply_to_id is None else await self._quote(new.conversation_id, new.reply_to_id, key)
        return self._line_up(principal, new, key, files, quote)

    def submit_at_once(self, principal: Principal, new: NewMessage) -> Outcome[Posted] | None:
        """`submit` without waiting; None when it would have to look something up, and nothing was done."""
        key = self._data_keys.at_hand(new.conversation_id)
        if key is None or key.kind not in self._access.kinds or new.attachment_ids or new.reply_to_id is not None:
            return None
        check_content(new.content, self._max_content_length)
        try:
            self._limiter.take(RATE, str(principal.user_id))
        except RateLimitExceeded:
            return None
        return self._line_up(principal, new, key)

    def _line_up(
        self,
        principal: Principal,
        new: NewMessage,
        key: ConversationKey,
        files: tuple[Attachment, ...] = (),
        quote: Quote | None = None,
    ) -> Outcome[Posted]:
        conversation_id, text, client_id, kind, file_ids, is_urgent, needs_response, action, reply_to_id = new
        sender_id = principal.user_id
        message_key, content = self._cipher.seal_new(key.data_key, conversation_id, sender_id, text)
        draft = Draft(
            conversation_id,
            sender_id,
            message_key,
            client_id,
            kind,
            content,
            is_urgent,
            needs_response,
            action,
            reply_to_id,
            file_ids,
        )
        outcome: Outcome[Posted] = Outcome()
        self._writer.append(draft, partial(self._answered, principal, new, files, quote, outcome))
        return outcome

    async def _quote(self, conversation_id: int, message_id: int, key: ConversationKey) -> Quote | None:
        """None when there is no such message, which is judged when the reply is stored; so is whether the sender may see it."""
        async with self._unit_of_work.reading() as repositories:
            quoted = await repositories.messages.quoted(conversation_id=conversation_id, message_id=message_id)
        if quoted is None:
            return None
        return self._opener.quotes.open(key.data_key, message_id, quoted, conversation_id=conversation_id)

    async def _refuse_switched_off(self, principal: Principal, conversation_id: int) -> None:
        """To who has no part in it even that is not told: membership comes first."""
        async with self._unit_of_work.reading() as repositories:
            await self._access.membership(repositories, principal, conversation_id)

    def _answered(
        self,
        principal: Principal,
        new: NewMessage,
        files: tuple[Attachment, ...],
        quote: Quote | None,
        outcome: Outcome[Posted],
        answer: Appended | None,
        error: BaseException | None,
    ) -> None:
        """The room is told before the sender, and also when the sender has gone meanwhile."""
        if answer is None:
            outcome.fail(error or Unavailable())
        elif answer.verdict in STORED:
            message = _as_sent(new, principal.user_id, answer, files, quote)
            self._publisher.publish(
                MessagePosted(
                    conversation_id=message.conversation_id, seq=message.seq, change=message.change, message=message
                )
            )
            outcome.resolve(Posted(message, duplicate=False))
        elif answer.verdict == "repeat":
            self._recall(principal, new, outcome)
        else:
            outcome.fail(_verdict_error(answer.verdict))

    def _recall(self, principal: Principal, new: NewMessage, outcome: Outcome[Posted]) -> None:
        """Look up what a repeat was sent as."""
        task = asyncio.create_task(self._recalled(principal, new))
        self._recalls.add(task)

        def done(task: asyncio.Task[Posted]) -> None:
            self._recalls.discard(task)
            if task.cancelled():
                outcome.fail(Unavailable())
            elif (error := task.exception()) is not None:
                outcome.fail(error)
            else:
                outcome.resolve(task.result())

        task.add_done_callback(done)

    async def _recalled(self, principal: Principal, new: NewMessage) -> Posted:
        self._limiter.give_back(RATE, str(principal.user_id))
        if (known := await self._known(principal, new)) is None:  # removed between the two looks
            raise NotFound
        return known

    async def _known(self, principal: Principal, new: NewMessage) -> Posted | None:
        """Raises Conflict when the client id was used for something else."""
        if new.client_message_id is None:
            return None
        async with self._unit_of_work.reading() as repositories:
            row = await repositories.messages.find_by_client_id(
                conversation_id=new.conversation_id,
                sender_id=principal.user_id,
                client_message_id=new.client_message_id,
            )
            if row is None:
                return None
            first = await repositories.messages.first_content(message_id=row.id) if row.version > 1 else row.content
        if not self._same(new, row, first or row.content):
            raise Conflict(reason="client_id_reused")
        return Posted(self._opener.open(row), duplicate=True)

    def _same(self, new: NewMessage, row: MessageRow, first_content: bytes) -> bool:
        asked = (new.type, new.is_urgent, new.requires_response, new.action, new.reply_to_id, list(new.attachment_ids))
        files = [file.id for file in files_of(row.attachments or ())]
        stored = (row.type, row.is_urgent, row.requires_response, row.action, row.reply_to_id, files)
        return asked == stored and self._is_text(new.content, row, first_content)

    def _is_text(self, content: str, row: MessageRow, first_content: bytes) -> bool:
        """What does not open is taken for the same: who asks again for ever would learn no more."""
        try:
            return content == self._opener.text(row, first_content, 1)
        except DOES_NOT_OPEN:
            return True


def check_content(content: str, max_length: int, *, with_files: bool = False) -> None:
    """`max_length` in code points; 0: no limit. A message with files need not say anything."""
    if not content and not with_files:
        raise ValidationFailed(fields={"content": "empty"})
    if max_length and len(content) > max_length:
        raise ValidationFailed(fields={"content": f"too_long:{max_length}"})


def _as_sent(
    new: NewMessage, sender_id: int, answer: Appended, files: tuple[Attachment, ...], quote: Quote | None
) -> Message:
    """What was just stored, without reading it back."""
    conversation_id, content, client_id, kind, _, is_urgent, needs_response, action, reply_to_id = new
    _, message_id, seq, change, sent_at, name, role, context_type, context_id, context_version = answer
    assert message_id is not None and seq is not None and change is not None and sent_at is not None
    context = None if context_type is None else context_of(context_type, context_id, context_version)
    never: datetime.datetime | None = None  # edited, deleted, delivered or read
    return Message(
        message_id,
        conversation_id,
        seq,
        change,
        client_id,
        sender_id,
        name,
        role,
        kind,
        content,
        is_urgent,
        needs_response,
        action,
        context,
        reply_to_id,
        sent_at,
        never,
        never,
        never,
        never,
        files,
        (),
        quote,
    )


def _verdict_error(verdict: str) -> DomainError:
    if verdict == "not_found":
        return NotFound()
    if verdict == "unknown_attachment":
        return ValidationFailed(fields={"attachmentIds": "unknown_attachment"})
    if verdict == "unknown_reply_to":
        return ValidationFailed(fields={"replyToId": "unknown_message"})
    return refusal(verdict)
