"""Files at rest: AES-256-GCM in chunks, each bound to its file, its part, its place and whether it is the last.

A sealed part is the byte 0x01 and then, for each 64 KiB, ciphertext and tag. A key seals one file once, so the nonce is a
counter: part (1) · is last (1) · zeros (2) · place (8). Chunks that were cut off, swapped, left out or brought from
elsewhere do not open; any span can be read without what is before it.
"""

import os
import struct
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.attachment_ports import FileKey, Part
from services.security_ports import ContentDamaged

FORMAT: Final = b"\x01"
CHUNK: Final = 65_536
TAG: Final = 16
SEALED_CHUNK: Final = CHUNK + TAG
KEY_BYTES: Final = 32
_NONCE = struct.Struct(">B?xxQ")


class AesFileKey(FileKey):
    __slots__ = ("aead", "secret")

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self.aead = AESGCM(secret)

    @classmethod
    def new(cls) -> "AesFileKey":
        return cls(os.urandom(KEY_BYTES))

    def seal_chunk(self, data: bytes, *, token: UUID, part: Part, place: int, last: bool) -> bytes:
        return self.aead.encrypt(_NONCE.pack(part, last, place), data, token.bytes)

    def open_chunk(self, sealed: bytes, *, token: UUID, part: Part, place: int, last: bool) -> bytes:
        """Raises ContentDamaged."""
        try:
            return self.aead.decrypt(_NONCE.pack(part, last, place), sealed, token.bytes)
        except InvalidTag:
            raise ContentDamaged(f"chunk {place} of file {token} does not open") from None


class ChunkSealer:
    """Takes bytes as they come; `feed` and `finish` give sealed bytes to be written one after the other."""

    def __init__(self, key: AesFileKey, *, token: UUID, part: Part) -> None:
        self._key = key
        self._token = token
        self._part = part
        self._rest = bytearray()
        self._place = 0

    def feed(self, data: bytes) -> bytes:
        self._rest += data
        sealed = []
        while len(self._rest) > CHUNK:  # the last chunk may be a whole one: it must wait for what follows
            sealed.append(self._seal(bytes(self._rest[:CHUNK]), last=False))
            del self._rest[:CHUNK]
        return b"".join(sealed)

    def finish(self) -> bytes:
        return self._seal(bytes(self._rest), last=True)

    def _seal(self, data: bytes, *, last: bool) -> bytes:
        head = FORMAT if self._place == 0 else b""
        sealed = self._key.seal_chunk(data, token=self._token, part=self._part, place=self._place, last=last)
        self._place += 1
        return head + sealed


def seal_all(key: AesFileKey, data: bytes, *, token: UUID, part: Part) -> Iterator[bytes]:
    sealer = ChunkSealer(key, token=token, part=part)
    for start in range(0, len(data), CHUNK):
        yield sealer.feed(data[start : start + CHUNK])
    yield sealer.finish()


def open_all(key: AesFileKey, sealed: bytes, *, token: UUID, part: Part) -> Iterator[bytes]:
    """Raises ContentDamaged."""
    check_format(sealed[:1])
    places = range(1, len(sealed), SEALED_CHUNK)
    for place, start in enumerate(places):
        chunk = sealed[start : start + SEALED_CHUNK]
        yield key.open_chunk(chunk, token=token, part=part, place=place, last=place == len(places) - 1)


def check_format(head: bytes) -> None:
    if head != FORMAT:
        raise ContentDamaged(f"a sealed file is of the unknown format 0x{head.hex() or '--'}")


def sealed_size(size: int) -> int:
    return len(FORMAT) + size + max(1, -(-size // CHUNK)) * TAG
