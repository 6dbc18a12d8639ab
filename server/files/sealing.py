"""Opens spans of sealed files, and wraps their keys under the conversation's data key."""

import os
import struct
from collections.abc import AsyncIterator
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.files.chunks import CHUNK, FORMAT, SEALED_CHUNK, AesFileKey, check_format, sealed_size
from server.security.cipher import AesDataKey
from services.attachment_ports import Bound, FileKey, Part, SealedRange, Span
from services.security_ports import ContentDamaged, DataKey

NONCE_BYTES = 12
HEAD_BYTES = len(FORMAT) + NONCE_BYTES
_BOUND = struct.Struct(">9sqq16sqq")
_PURPOSE = b"file key\x01"


class AesFileCipher:
    """services.attachment_ports.FileCipher."""

    def wrap(self, data_key: DataKey, key: FileKey, bound: Bound) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + nonce + _aead(data_key).encrypt(nonce, _own(key).secret, _bytes_of(bound))

    def unwrap(self, data_key: DataKey, wrapped: bytes, bound: Bound) -> AesFileKey:
        check_format(wrapped[:1])
        try:
            return AesFileKey(_aead(data_key).decrypt(wrapped[1:HEAD_BYTES], wrapped[HEAD_BYTES:], _bytes_of(bound)))
        except InvalidTag:
            raise ContentDamaged(f"the key of file {bound.token} does not open") from None

    def sealed_range(self, span: Span, size: int) -> SealedRange:
        first, last = _places(span)
        start = 1 + first * SEALED_CHUNK
        end = min(1 + (last + 1) * SEALED_CHUNK, sealed_size(size))
        return SealedRange(start, end - start)

    async def open(
        self, key: FileKey, sealed: AsyncIterator[bytes], *, token: UUID, part: Part, span: Span, size: int
    ) -> AsyncIterator[bytes]:
        first, last = _places(span)
        final = (size - 1) // CHUNK
        skip, left, place = span.start - first * CHUNK, span.length, first
        async for chunk in _regrouped(sealed):
            data = _own(key).open_chunk(chunk, token=token, part=part, place=place, last=place == final)
            yield data[skip : skip + left]
            left -= len(data) - skip
            skip, place = 0, place + 1
        if place != last + 1:
            raise ContentDamaged(f"file {token} is cut off")


def _places(span: Span) -> tuple[int, int]:
    """Of the first and the last chunk that hold these bytes."""
    return span.start // CHUNK, (span.start + span.length - 1) // CHUNK


async def _regrouped(sealed: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """However the store cuts them, as whole sealed chunks."""
    rest = bytearray()
    async for piece in sealed:
        rest += piece
        while len(rest) >= SEALED_CHUNK:
            yield bytes(rest[:SEALED_CHUNK])
            del rest[:SEALED_CHUNK]
    if rest:
        yield bytes(rest)


def _bytes_of(bound: Bound) -> bytes:
    """What is bound has a fixed width but for the type, which comes last."""
    fixed = _BOUND.pack(
        _PURPOSE,
        bound.conversation_id,
        bound.uploader_id,
        bound.token.bytes,
        bound.facts.size,
        bound.facts.thumbnail_size or 0,
    )
    return fixed + bound.facts.media_type.encode()


def _aead(data_key: DataKey) -> AESGCM:
    if not isinstance(data_key, AesDataKey):
        raise TypeError(f"{type(data_key).__name__} is no key of this cipher")
    return data_key.aead


def _own(key: FileKey) -> AesFileKey:
    if not isinstance(key, AesFileKey):
        raise TypeError(f"{type(key).__name__} is no key of this cipher")
    return key
