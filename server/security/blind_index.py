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
from typing import Any

from server.security.master_keys import KEY_BYTES, MasterKeys
from services.security_ports import WrappedKey

KEPT_READERS = 5_000

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
        return self._master_keys.wrap(os.urandom(KEY_BYTES))

    def reader(self, secret: WrappedKey, reader_id: int) -> HmacReaderHashes:
        return self._readers(secret, reader_id)

    def _derive(self, secret: WrappedKey, reader_id: int) -> HmacReaderHashes:
        return HmacReaderHashes(
            hmac.digest(self._opened(secret), _READER.pack(_READER_PURPOSE, reader_id), hashlib.sha256)
        )

    def _open(self, secret: WrappedKey) -> bytes:
        return self._master_keys.unwrap(secret.key_id, secret.blob)
