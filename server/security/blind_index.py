"""Keyed hashes of words: HMAC-SHA256, cut to 64 bits.

secret (random, sealed under a master key) → reader's key = HMAC(secret, purpose · reader) → hash = HMAC(key, block · term)
The secret never changes, only its seal does: when master keys are rotated the index stays as it is.
"""

import hashlib
import hmac
import os
import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.security.master_keys import KEY_BYTES, MasterKeys
from services.security_ports import ContentDamaged, WrappedKey

FORMAT: Final = b"\x01"
NONCE_BYTES: Final = 12
KEPT_READERS = 5_000

_PURPOSE = b"search secret\x01"
_READER = struct.Struct(">14sq")
_READER_PURPOSE = b"search reader\x01"
_BLOCK = struct.Struct(">q")
_HASH = struct.Struct(">q")
_HASH_AT_FRONT = _HASH.unpack_from
_HMAC_BLOCK_BYTES = 64


class HmacReaderHashes:
    """HMAC with its two keyed states made once: hmac.digest() would make them again for each word, at three times the cost."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(_HMAC_BLOCK_BYTES, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def of(self, block: int, terms: Iterable[bytes]) -> list[int]:
        in_block = self._inner.copy()
        in_block.update(_BLOCK.pack(block))
        return [self._hash(in_block, term) for term in terms]

    def _hash(self, in_block: Any, term: bytes) -> int:
        inner = in_block.copy()
        inner.update(term)
        outer = self._outer.copy()
        outer.update(inner.digest())
        found: int = _HASH_AT_FRONT(outer.digest())[0]
        return found


class HmacBlindIndexKeys:
    """services.search_ports.BlindIndexKeys."""

    def __init__(self, master_keys: MasterKeys) -> None:
        self._master_keys = master_keys
        self._opened = lru_cache(maxsize=4)(self._open)
        self._readers = lru_cache(maxsize=KEPT_READERS)(self._derive)

    def new_secret(self) -> WrappedKey:
        return self._seal(os.urandom(KEY_BYTES))

    def rewrap(self, secret: WrappedKey) -> WrappedKey:
        opened = self._opened(secret)
        return secret if secret.key_id == self._master_keys.current_id else self._seal(opened)

    def reader(self, secret: WrappedKey, reader_id: int) -> HmacReaderHashes:
        return self._readers(secret, reader_id)

    def _derive(self, secret: WrappedKey, reader_id: int) -> HmacReaderHashes:
        return HmacReaderHashes(
            hmac.digest(self._opened(secret), _READER.pack(_READER_PURPOSE, reader_id), hashlib.sha256)
        )

    def _seal(self, secret: bytes) -> WrappedKey:
        key_id = self._master_keys.current_id
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._master_keys.of(key_id)).encrypt(nonce, secret, _bound(key_id))
        return WrappedKey(key_id, FORMAT + nonce + sealed)

    def _open(self, secret: WrappedKey) -> bytes:
        key, blob = self._master_keys.of(secret.key_id), secret.blob
        head = len(FORMAT) + NONCE_BYTES
        if not blob.startswith(FORMAT) or len(blob) <= head:
            raise ContentDamaged("the secret of the search index is cut off or of an unknown format")
        try:
            return AESGCM(key).decrypt(blob[len(FORMAT) : head], blob[head:], _bound(secret.key_id))
        except InvalidTag:
            raise ContentDamaged(
                f"the secret of the search index does not open with the master key {secret.key_id!r}"
            ) from None


def _bound(key_id: str) -> bytes:
    return _PURPOSE + key_id.encode()
