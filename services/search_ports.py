"""What search needs of cryptography, as Protocols. server/security binds the real ones."""

from collections.abc import Iterable
from typing import Protocol

from services.security_ports import WrappedKey


class ReaderHashes(Protocol):
    """The hashes under one reader's key."""

    def of(self, block: int, terms: Iterable[bytes]) -> list[int]:
        """64 bits each, signed. The same term has another hash in another block, and for another reader."""


class BlindIndexKeys(Protocol):
    """The secret of the index, from which the readers' keys are derived."""

    def new_secret(self) -> WrappedKey: ...

    def reader(self, secret: WrappedKey, reader_id: int) -> ReaderHashes:
        """Raises MasterKeyMissing, ContentDamaged."""
