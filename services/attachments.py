"""Files that go with messages: taken in before the message is sent, given out to who may read it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

from repositories.attachments import AttachmentRow, NewAttachment
from repositories.conversations import Membership
from services.access import Access, refusal
from services.attachment_ports import Bound, FileCipher, FileFacts, Intake, Part, Received, Span, Ticket, Tickets
from services.attachment_reader import AttachmentReader, store_key
from services.attachment_view import Attachment, AttachmentOpener
from services.errors import AuthRequired, NotFound, Unavailable, UnsupportedFile, ValidationFailed
from services.file_names import checked_name, extension_of
from services.file_ports import FileStore
from services.ports import UnitOfWork
from services.principal import Origin, Principal
from services.rechecks import Rechecks
from services.security_ports import ContentCipher
from services.trail_ports import Trail, TrailEntry

TICKET_SECONDS = 60
# A client that sends a byte now and then shall not keep a file open for ever.
UPLOAD_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """`read` gives the bytes of a span."""

    name: str
    media_type: str
    size: int
    read: Callable[[Span], AsyncIterator[bytes]]


class Attachments:
    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        access: Access,
        intake: Intake,
        store: FileStore,
        content_cipher: ContentCipher,
        file_cipher: FileCipher,
        opener: AttachmentOpener,
        tickets: Tickets,
        trail: Trail,
        rechecks: Rechecks,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._access = access
        self._intake = intake
        self._store = store
        self._content_cipher = content_cipher
        self._file_cipher = file_cipher
        self._reader = AttachmentReader(content_cipher=content_cipher, file_cipher=file_cipher, store=store)
        self._opener = opener
        self._tickets = tickets
        self._trail = trail
        self._rechecks = rechecks
        self._now = now

    async def upload(
        self,
        principal: Principal,
        origin: Origin,
        *,
        conversation_id: Callable[[], int | None],
        name: str,
        chunks: AsyncIterator[bytes],
    ) -> Attachment:
        """To be sent with a message of this conversation by the same person, within a day. Which conversation that is has been
        said once all chunks have come; said before, it is refused before they come.

        Raises NotFound, Forbidden, Conflict, ValidationFailed, UnsupportedFile, PayloadTooLarge, Unavailable.
        """
        name = checked_name(name)
        membership = await self._writable(principal, conversation_id())
        token = uuid4()
        try:
            async with (
                asyncio.timeout(UPLOAD_SECONDS),
                self._intake.receive(chunks, token=token, extension=extension_of(name)) as received,
            ):
                membership = membership or await self._writable(principal, conversation_id())
                if membership is None:
                    raise ValidationFailed(fields={"conversationId": "required"})
                attachment_id = await self._keep(principal, membership, name, token, received)
        except TimeoutError as error:
            raise Unavailable from error
        except UnsupportedFile as error:
            self._note(
                "attachment.upload", principal, origin, None, conversation_id(), reason=error.reason or error.code
            )
            error.noted()
            raise
        infected_with, facts = received.infected_with, received.facts
        if infected_with is not None:
            self._note("attachment.upload", principal, origin, attachment_id, conversation_id(), reason="infected")
            raise UnsupportedFile(reason="file_infected").noted()
        self._note("attachment.upload", principal, origin, attachment_id, conversation_id())
        return _view(attachment_id, name, facts)

    async def download(
        self, principal: Principal, origin: Origin, *, attachment_id: int, thumbnail: bool = False
    ) -> Download:
        """Raises NotFound, Forbidden."""
        row = await self._find(principal, origin, attachment_id)
        size = row.thumbnail_size if thumbnail else row.size
        if size is None:
            raise NotFound
        data_key = self._content_cipher.unwrap(row.key_id, row.data_key)
        name = self._opener.name(
            data_key,
            row.name,
            conversation_id=row.conversation_id,
            uploader_id=row.uploader_id,
            token=row.token,
        )
        self._note(
            "attachment.download",
            principal,
            origin,
            row.id,
            row.conversation_id,
            reason="thumbnail" if thumbnail else None,
        )
        part = Part.THUMBNAIL if thumbnail else Part.WHOLE
        return Download(
            name=f"{name}.jpg" if thumbnail else name,
            media_type="image/jpeg" if thumbnail else row.media_type,
            size=size,
            read=lambda span: self._rechecks.through(
                principal, self._reader.read(row, part, span), lambda: self._row(principal, attachment_id)
            ),
        )

    async def ticket(self, principal: Principal, origin: Origin, *, attachment_id: int, thumbnail: bool = False) -> str:
        """For an address that an `<img>` or `<audio>` can load within a minute. Raises NotFound, Forbidden."""
        row = await self._find(principal, origin, attachment_id)
        if thumbnail and row.thumbnail_size is None:
            raise NotFound
        ticket = Ticket(row.id, thumbnail, principal.user_id, principal.session_id, int(self._now()) + TICKET_SECONDS)
        self._note("attachment.ticket", principal, origin, row.id, row.conversation_id)
        return self._tickets.issue(ticket)

    def checked_ticket(self, text: str, *, attachment_id: int) -> Ticket:
        """Raises AuthRequired for a ticket that is not ours, of another file, or too old. Its session may have ended."""
        ticket = self._tickets.parse(text)
        if ticket.attachment_id != attachment_id or ticket.expires_at < self._now():
            raise AuthRequired
        return ticket

    async def _writable(self, principal: Principal, conversation_id: int | None) -> Membership | None:
        if conversation_id is None:
            return None
        async with self._unit_of_work.reading() as repositories:
            membership = await self._access.membership(repositories, principal, conversation_id)
        if membership.obstacle is not None:
            raise refusal(membership.obstacle)
        return membership

    async def _find(self, principal: Principal, origin: Origin, attachment_id: int) -> AttachmentRow:
        try:
            row = await self._row(principal, attachment_id)
        except NotFound as error:
            self._note("attachment.download", principal, origin, attachment_id, None, reason="NOT_FOUND")
            error.noted()
            raise
        self._access.require_kind(row.kind)
        return row

    async def _row(self, principal: Principal, attachment_id: int) -> AttachmentRow:
        async with self._unit_of_work.reading() as repositories:
            row = await repositories.attachments.find(attachment_id=attachment_id, viewer_id=principal.user_id)
        if row is None:
            raise NotFound
        return row

    async def _keep(
        self, principal: Principal, membership: Membership, name: str, token: UUID, received: Received
    ) -> int:
        """The row first: whatever breaks after that is found by it, and collected."""
        conversation_id, uploader_id = membership.conversation_id, principal.user_id
        data_key = self._content_cipher.unwrap(membership.key_id, membership.data_key)
        facts = received.facts
        bound = Bound(conversation_id=conversation_id, uploader_id=uploader_id, token=token, facts=facts)
        new = NewAttachment(
            conversation_id=conversation_id,
            uploader_id=uploader_id,
            token=token,
            name=self._opener.seal_name(
                data_key, name, conversation_id=conversation_id, uploader_id=uploader_id, token=token
            ),
            file_key=self._file_cipher.wrap(data_key, received.key, bound),
            media_type=facts.media_type,
            size=facts.size,
            thumbnail_size=facts.thumbnail_size,
            width=facts.width,
            height=facts.height,
            infected_with=received.infected_with,
        )
        async with self._unit_of_work.transaction() as repositories:
            attachment_id = await repositories.attachments.add(new)
        if attachment_id is None:
            raise NotFound
        await self._store.write(store_key(token, Part.WHOLE), received.sealed(Part.WHOLE))
        if facts.thumbnail_size is not None:
            await self._store.write(store_key(token, Part.THUMBNAIL), received.sealed(Part.THUMBNAIL))
        async with self._unit_of_work.transaction() as repositories:
            if not await repositories.attachments.stored(attachment_id=attachment_id):
                raise Unavailable
        return attachment_id

    def _note(
        self,
        action: str,
        principal: Principal,
        origin: Origin,
        attachment_id: int | None,
        conversation_id: int | None,
        *,
        reason: str | None = None,
    ) -> None:
        self._trail.note(
            TrailEntry(
                action=action,
                principal=principal,
                origin=origin,
                object_type="attachment",
                object_id=None if attachment_id is None else str(attachment_id),
                conversation_id=conversation_id,
                result="ok" if reason in (None, "thumbnail") else "denied",
                reason=reason,
            )
        )


def _view(attachment_id: int, name: str, facts: FileFacts) -> Attachment:
    return Attachment(
        attachment_id,
        name,
        facts.media_type,
        facts.size,
        facts.width,
        facts.height,
        facts.thumbnail_size is not None,
    )
