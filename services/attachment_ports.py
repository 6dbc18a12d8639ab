"""What the service of attachments needs of the outside: who takes files in, seals and opens them. server/files binds them."""

import enum
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from services.security_ports import DataKey


class FileKey:
    """The key of one file. Only the cipher that made it can look inside."""

    __slots__ = ()


class Part(enum.IntEnum):
    """A file and its thumbnail are sealed under the same key, and told apart."""

    WHOLE = 0
    THUMBNAIL = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What was found out about a file by looking inside. Sizes are those of what is given out."""

    media_type: str
    size: int
    thumbnail_size: int | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What a file's key is bound to: in another row, or with another type or size, it does not open."""

    conversation_id: int
    uploader_id: int
    token: UUID
    facts: FileFacts


class Received(Protocol):
    """A file that was taken in: it waits, sealed, until the `async with` ends."""

    @property
    def key(self) -> FileKey: ...

    @property
    def facts(self) -> FileFacts: ...

    @property
    def infected_with(self) -> str | None:
        """What the scanner called it. Such a file is as it came, not looked into, and may be given to nobody."""

    def sealed(self, part: Part) -> AsyncIterator[bytes]: ...


class Intake(Protocol):
    def receive(
        self, chunks: AsyncIterator[bytes], *, token: UUID, extension: str
    ) -> AbstractAsyncContextManager[Received]:
        """Reads to the end, in memory that does not grow with the file, and has it scanned and looked into.

        `extension`: what its name says it is, or "". Raises UnsupportedFile, PayloadTooLarge, ValidationFailed (empty),
        Unavailable when the scanner is away.
        """


class Span(NamedTuple):
    """Bytes of a file as people see it: `length` of them from `start`."""

    start: int
    length: int


class SealedRange(NamedTuple):
    """Where these bytes lie in the store."""

    start: int
    length: int


class FileCipher(Protocol):
    def wrap(self, data_key: DataKey, key: FileKey, bound: Bound) -> bytes: ...

    def unwrap(self, data_key: DataKey, wrapped: bytes, bound: Bound) -> FileKey:
        """Raises ContentDamaged when anything is not as it was given to `wrap`."""

    def sealed_range(self, span: Span, size: int) -> SealedRange: ...

    def open(
        self, key: FileKey, sealed: AsyncIterator[bytes], *, token: UUID, part: Part, span: Span, size: int
    ) -> AsyncIterator[bytes]:
        """`sealed`: what lies in `sealed_range`. Raises ContentDamaged before anything that is not as it was sealed."""


class Ticket(NamedTuple):
    """Whoever shows it may read this file as that user, as long as that session lives, until `expires_at`."""

    attachment_id: int
    thumbnail: bool
    user_id: int
    session_id: str | None
    expires_at: int


class Tickets(Protocol):
    def issue(self, ticket: Ticket) -> str: ...

    def parse(self, text: str) -> Ticket:
        """Raises AuthRequired for what `issue` did not make. Says nothing of its age."""
