"""What mentors say of themselves, and the picture that goes with it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from repositories.mentors import ProfileChange
from services.access import Access
from services.attachment_ports import FileCipher, Intake, Part, Received, Span
from services.attachments import UPLOAD_SECONDS
from services.errors import Forbidden, NotFound, Unavailable, UnsupportedFile
from services.file_names import checked_name, extension_of
from services.mentors import MentorProfile, Mentors
from services.ports import UnitOfWork
from services.principal import MENTOR, Principal

PICTURE_TYPES = ("image/jpeg", "image/png")


@dataclass(frozen=True, slots=True)
class Picture:
    """A small JPEG; `read` gives the bytes of a span."""

    content: bytes
    name: str = "avatar.jpg"
    media_type: str = "image/jpeg"

    @property
    def size(self) -> int:
        return len(self.content)

    async def read(self, span: Span) -> AsyncIterator[bytes]:
        yield self.content[span.start : span.start + span.length]


class MentorProfiles:
    def __init__(
        self, *, unit_of_work: UnitOfWork, access: Access, mentors: Mentors, intake: Intake, file_cipher: FileCipher
    ) -> None:
        self._unit_of_work = unit_of_work
        self._access = access
        self._mentors = mentors
        self._intake = intake
        self._file_cipher = file_cipher

    async def own(self, principal: Principal) -> MentorProfile:
        """Raises Forbidden, Unavailable."""
        self._require_mentor(principal)
        return await self._mentors.get(principal, mentor_id=principal.user_id)

    async def change(self, principal: Principal, change: ProfileChange) -> MentorProfile:
        """Raises Forbidden, Unavailable."""
        self._require_mentor(principal)
        async with self._unit_of_work.transaction() as repositories:
            if not await repositories.mentors.change(change, user_id=principal.user_id):
                raise NotFound
        return await self._mentors.get(principal, mentor_id=principal.user_id)

    async def show(self, principal: Principal, *, name: str, chunks: AsyncIterator[bytes]) -> MentorProfile:
        """A picture of oneself, looked into and scanned as files of messages are. Only what the server itself has drawn of
        it is kept, so that nothing that came with it goes any further.

        Raises Forbidden, ValidationFailed, UnsupportedFile, PayloadTooLarge, Unavailable.
        """
        self._require_mentor(principal)
        token = uuid4()
        try:
            async with (
                asyncio.timeout(UPLOAD_SECONDS),
                self._intake.receive(chunks, token=token, extension=extension_of(checked_name(name))) as received,
            ):
                content = await self._drawn(received, token)
        except TimeoutError as error:
            raise Unavailable from error
        async with self._unit_of_work.transaction() as repositories:
            await repositories.mentors.keep_picture(user_id=principal.user_id, content=content)
        return await self._mentors.get(principal, mentor_id=principal.user_id)

    async def hide(self, principal: Principal) -> MentorProfile:
        """Takes the picture away. Raises Forbidden, Unavailable."""
        self._require_mentor(principal)
        async with self._unit_of_work.transaction() as repositories:
            await repositories.mentors.drop_picture(user_id=principal.user_id)
        return await self._mentors.get(principal, mentor_id=principal.user_id)

    async def picture(self, *, mentor_id: int) -> Picture:
        """Raises NotFound, Forbidden, Unavailable."""
        self._access.require_kind("mentoring")
        async with self._unit_of_work.reading() as repositories:
            content = await repositories.mentors.picture(mentor_id=mentor_id)
        if content is None:
            raise NotFound
        return Picture(content)

    async def _drawn(self, received: Received, token: UUID) -> bytes:
        size = received.facts.thumbnail_size
        if received.infected_with is not None:
            raise UnsupportedFile(reason="file_infected")
        if size is None or received.facts.media_type not in PICTURE_TYPES:
            raise UnsupportedFile(reason="file_type")
        span = Span(0, size)
        place = self._file_cipher.sealed_range(span, size)
        whole = b"".join([piece async for piece in received.sealed(Part.THUMBNAIL)])
        sealed = whole[place.start : place.start + place.length]
        opened = self._file_cipher.open(
            received.key, _at_once(sealed), token=token, part=Part.THUMBNAIL, span=span, size=size
        )
        return b"".join([piece async for piece in opened])

    def _require_mentor(self, principal: Principal) -> None:
        self._access.require_kind("mentoring")
        if principal.role != MENTOR:
            raise Forbidden(reason="only_mentors")


async def _at_once(data: bytes) -> AsyncIterator[bytes]:
    yield data
