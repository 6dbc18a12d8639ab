"""Content at rest: AES-256-GCM under a data key for each conversation, itself sealed under a master key with an id.

Formats start with a byte, so that another one can be told from them later:
  content  0x01 · nonce (12) · ciphertext and tag
  data key 0x01 · nonce (12) · ciphertext and tag (48), the master key's id as additional data
Nonces are random: 96 bits are safe for 2**32 messages of one conversation, and need no counter that two nodes share.
"""

import os
import struct
from functools import lru_cache
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.security.master_keys import KEY_BYTES, MasterKeys
from server.security.randomness import RandomPool
from services.security_ports import ContentDamaged, DataKey, WrappedKey

FORMAT: Final = b"\x01"
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
MESSAGE_KEY_BYTES: Final = 16
HEAD_BYTES: Final = len(FORMAT) + NONCE_BYTES
KEPT = 20_000

# Every part has a fixed width, so no two sets of parts give the same bytes. A flag tells "no sender" from the sender 0.
_BOUND = struct.Struct(">8sq?q16sI")
_PURPOSE = b"message\x01"
_KEY_PURPOSE = b"data key\x01"


class AesDataKey(DataKey):
    """Holds the prepared AES object: to set one up for each message would cost more than the sealing."""

    __slots__ = ("aead",)

    def __init__(self, key: bytes) -> None:
        self.aead = AESGCM(key)


class AesContentCipher:
    """services.security_ports.ContentCipher. Safe to use from several threads."""

    def __init__(self, master_keys: MasterKeys, *, kept: int = KEPT) -> None:
        self._master_keys = master_keys
        self._wrappers = {key_id: AESGCM(key) for key_id, key in master_keys.by_id.items()}
        self._nonces = RandomPool(NONCE_BYTES)
        self._message_keys = RandomPool(MESSAGE_KEY_BYTES)
        self._opened = lru_cache(maxsize=kept)(self._open)

    def new_message_key(self) -> UUID:
        return UUID(bytes=self._message_keys.take(), version=4)

    def new_data_key(self) -> WrappedKey:
        return self._wrap(os.urandom(KEY_BYTES))

    def unwrap(self, key_id: str, blob: bytes) -> AesDataKey:
        return self._opened(key_id, bytes(blob))

    def rewrap(self, key_id: str, blob: bytes) -> WrappedKey:
        if key_id == self._master_keys.current_id:
            self.unwrap(key_id, blob)
            return WrappedKey(key_id, blob)
        return self._wrap(self._unsealed(key_id, blob))

    def encrypt(
        self,
        data_key: DataKey,
        *,
        conversation_id: int,
        sender_id: int | None,
        message_key: UUID,
        version: int,
        text: str,
    ) -> bytes:
        nonce = self._nonces.take()
        bound = _bound(conversation_id, sender_id, message_key, version)
        return FORMAT + nonce + _aead(data_key).encrypt(nonce, text.encode(), bound)

    def decrypt(
        self,
        data_key: DataKey,
        content: bytes,
        *,
        conversation_id: int,
        sender_id: int | None,
        message_key: UUID,
        version: int,
    ) -> str:
        nonce, sealed = _split(content)
        bound = _bound(conversation_id, sender_id, message_key, version)
        try:
            return _aead(data_key).decrypt(nonce, sealed, bound).decode()
        except InvalidTag:
            raise ContentDamaged(f"a message of conversation {conversation_id} does not open") from None

    def _wrap(self, key: bytes) -> WrappedKey:
        key_id = self._master_keys.current_id
        nonce = os.urandom(NONCE_BYTES)
        return WrappedKey(key_id, FORMAT + nonce + self._wrappers[key_id].encrypt(nonce, key, _bound_key(key_id)))

    def _open(self, key_id: str, blob: bytes) -> AesDataKey:
        return AesDataKey(self._unsealed(key_id, blob))

    def _unsealed(self, key_id: str, blob: bytes) -> bytes:
        self._master_keys.of(key_id)
        nonce, sealed = _split(blob)
        try:
            return self._wrappers[key_id].decrypt(nonce, sealed, _bound_key(key_id))
        except InvalidTag:
            raise ContentDamaged(f"a data key does not open with the master key {key_id!r}") from None


def _bound(conversation_id: int, sender_id: int | None, message_key: UUID, version: int) -> bytes:
    return _BOUND.pack(_PURPOSE, conversation_id, sender_id is not None, sender_id or 0, message_key.bytes, version)


def _bound_key(key_id: str) -> bytes:
    return _KEY_PURPOSE + key_id.encode()


def _split(stored: bytes) -> tuple[bytes, bytes]:
    """Nonce and ciphertext of either format."""
    stored = bytes(stored)
    if not stored.startswith(FORMAT):
        raise ContentDamaged(f"stored bytes are of the unknown format 0x{stored[:1].hex() or '--'}")
    if len(stored) < HEAD_BYTES + TAG_BYTES:
        raise ContentDamaged("stored bytes are cut off")
    return stored[len(FORMAT) : HEAD_BYTES], stored[HEAD_BYTES:]


def _aead(data_key: DataKey) -> AESGCM:
    if not isinstance(data_key, AesDataKey):
        raise TypeError(f"{type(data_key).__name__} is no key of this cipher")
    return data_key.aead
