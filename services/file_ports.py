"""Where large things are kept. What is in them is sealed before it comes here, and so are their names."""

from collections.abc import AsyncIterator
from typing import Protocol


class FileMissing(Exception):
    """There is nothing under this key."""


class FileStore(Protocol):
    """`key`: hexadecimal digits, made by us, never a name that somebody chose."""

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        """All or nothing: a write that fails leaves no trace. Returns the number of bytes."""

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Raises FileMissing at the first chunk."""

    async def delete(self, key: str) -> None:
        """No error when it is not there."""

    def keys(self) -> AsyncIterator[str]:
        """All of them, in no order: for the collection of orphans."""
