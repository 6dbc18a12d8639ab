"""What the export needs of the outside; server/exports and server/security bind it."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol
from uuid import UUID

# One message, or the head of a document, as it stands in JSON.
Plain = Mapping[str, Any]


class Signer(Protocol):
    """Ed25519."""

    @property
    def key_id(self) -> str: ...

    @property
    def public_key(self) -> str:
        """Base64 of its 32 bytes."""

    def sign(self, data: bytes) -> str:
        """Base64 of the signature."""


class PdfPrinter(Protocol):
    def print(self, head: Plain, messages: AsyncIterator[Plain]) -> AsyncIterator[bytes]:
        """Off the event loop. Raises PrintingFailed."""


class PrintingFailed(Exception):
    """The printer ended without a document."""


class ArchiveSealer(Protocol):
    """Seals an archive as it comes, under a key of its own; `token` binds it to its row."""

    def new_key(self) -> str: ...

    def seal(self, key: str, token: UUID, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]: ...

    def open(self, key: str, token: UUID, sealed: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Raises ContentDamaged."""
