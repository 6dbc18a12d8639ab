"""Which files a send may bring: judged before it is lined up, and once more where it is stored."""

from collections.abc import Sequence

from services.access import Access
from services.attachment_view import Attachment, AttachmentOpener
from services.errors import ValidationFailed
from services.ports import UnitOfWork
from services.principal import Principal
from services.security_ports import ContentCipher

FIELD = "attachmentIds"


class AttachmentsOfSends:
    """`most`: files a message; 0: no limit."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        access: Access,
        cipher: ContentCipher,
        opener: AttachmentOpener,
        most: int,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._access = access
        self._cipher = cipher
        self._opener = opener
        self._most = most

    async def look_up(
        self, principal: Principal, *, conversation_id: int, attachment_ids: Sequence[int]
    ) -> tuple[Attachment, ...]:
        """In the order asked for. Used ones too: a repeat names them again, and is told apart where messages are stored.

        Raises NotFound, Forbidden, ValidationFailed.
        """
        if len(set(attachment_ids)) != len(attachment_ids):
            raise ValidationFailed(fields={FIELD: "given_twice"})
        if self._most and len(attachment_ids) > self._most:
            raise ValidationFailed(fields={FIELD: f"too_long:{self._most}"})
        async with self._unit_of_work.reading() as repositories:
            membership = await self._access.membership(repositories, principal, conversation_id)
            found = await repositories.attachments.attachable(
                attachment_ids=attachment_ids, conversation_id=conversation_id, uploader_id=principal.user_id
            )
        by_id = {file.id: file for file in found}
        if len(by_id) < len(attachment_ids):
            raise ValidationFailed(fields={FIELD: "unknown_attachment"})
        return self._opener.open_all(
            self._cipher.unwrap(membership.key_id, membership.data_key),
            [by_id[attachment_id] for attachment_id in attachment_ids],
            conversation_id=conversation_id,
            uploader_id=principal.user_id,
        )
