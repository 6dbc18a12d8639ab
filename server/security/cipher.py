"""Content at rest: AES-256-GCM under a data key for each conversation, itself wrapped under a master key with an id.

Nonces are random: 96 bits are safe for 2**32 messages of one conversation, and need no counter that two nodes share.
"""

import os
import struct
from functools import lru_cache
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.security.master_keys import KEY_BYTES
from server.security.randomness import RandomPool
from server.security.sealed import FORMAT, NONCE_BYTES, split
from services.security_ports import NO_KEY, ContentDamaged, DataKey, MasterKeyService, WrappedKey

MESSAGE_KEY_BYTES: Final = 16
# What a new message needs of chance: its key, then its nonce.
SEED_BYTES: Final = MESSAGE_KEY_BYTES + NONCE_BYTES
KEPT = 20_000

# Every part has a fixed width, so no two sets of parts give the same bytes. A flag tells "no sender" from the sender 0.
_BOUND = struct.Struct(">8sq?q16sI")
_PURPOSE = b"message\x01"
# What a random octet becomes where a UUID says that it is random.
_VERSION_4 = bytes(0x40 | octet & 0x0F for octet in range(256))
_VARIANT = bytes(0x80 | octet & 0x3F for octet in range(256))


class AesDataKey(DataKey):
    """Holds the prepared AES object: to set one up for each message would cost more than the sealing."""

    __slots__ = ("aead",)

    def __init__(self, key: bytes) -> None:
        self.aead = AESGCM(key)


class DestroyedKey(DataKey):
    """Of a conversation whose retention is over: what it sealed is noise."""

    __slots__ = ()


class AesContentCipher:
    """services.security_ports.ContentCipher. Safe to use from several threads."""

    def __init__(self, master_keys: MasterKeyService, *, kept: int = KEPT) -> None:
        self._master_keys = master_keys
        self._nonces = RandomPool(NONCE_BYTES)
        self._seeds = RandomPool(SEED_BYTES, _seeds)
        self._opened = lru_cache(maxsize=kept)(self._open)

    def new_message_key(self) -> UUID:
        return UUID(bytes=self._seeds.take()[:MESSAGE_KEY_BYTES])

    def new_data_key(self) -> WrappedKey:
        return self._master_keys.wrap(os.urandom(KEY_BYTES))

    def unwrap(self, key_id: str, blob: bytes) -> DataKey:
        return self._opened(key_id, bytes(blob))

    def rewrap(self, key_id: str, blob: bytes) -> WrappedKey:
        if key_id == self._master_keys.current_id:
            self.unwrap(key_id, blob)
            return WrappedKey(key_id, blob)
        return self._master_keys.wrap(self._master_keys.unwrap(key_id, blob))

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
        if type(data_key) is DestroyedKey:
            # Not refused here: only the database knows what the sender may learn. It stores nothing in what is closed for good.
            return b""
        nonce = self._nonces.take()
        bound = _bound(conversation_id, sender_id, message_key, version)
        return FORMAT + nonce + _aead(data_key).encrypt(nonce, text.encode(), bound)

    def seal_new(self, data_key: DataKey, conversation_id: int, sender_id: int, text: str) -> tuple[bytes, bytes]:
        seed = self._seeds.take()
        message_key, nonce = seed[:MESSAGE_KEY_BYTES], seed[MESSAGE_KEY_BYTES:]
        if type(data_key) is DestroyedKey:  # as in `encrypt`
            return message_key, b""
        if type(data_key) is not AesDataKey:
            raise _no_key_of_ours(data_key)
        bound = _BOUND.pack(_PURPOSE, conversation_id, True, sender_id, message_key, 1)  # noqa: FBT003  # as in _bound
        return message_key, FORMAT + nonce + data_key.aead.encrypt(nonce, text.encode(), bound)

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
        if type(data_key) is DestroyedKey:
            return ""
        nonce, sealed = split(content)
        bound = _bound(conversation_id, sender_id, message_key, version)
        try:
            return _aead(data_key).decrypt(nonce, sealed, bound).decode()
        except InvalidTag:
            raise ContentDamaged(f"a message of conversation {conversation_id} does not open") from None

    def _open(self, key_id: str, blob: bytes) -> DataKey:
        if (key_id, blob) == NO_KEY:
            return DestroyedKey()
        return AesDataKey(self._master_keys.unwrap(key_id, blob))


def _bound(conversation_id: int, sender_id: int | None, message_key: UUID, version: int) -> bytes:
    return _BOUND.pack(_PURPOSE, conversation_id, sender_id is not None, sender_id or 0, message_key.bytes, version)


def _seeds(length: int) -> bytes:
    """Random, but for the bits by which a message key is a UUID of version 4: set for many at a time."""
    seeds = bytearray(os.urandom(length))
    seeds[6::SEED_BYTES] = seeds[6::SEED_BYTES].translate(_VERSION_4)
    seeds[8::SEED_BYTES] = seeds[8::SEED_BYTES].translate(_VARIANT)
    return bytes(seeds)


def _aead(data_key: DataKey) -> AESGCM:
    if type(data_key) is not AesDataKey:
        raise _no_key_of_ours(data_key)
    return data_key.aead


def _no_key_of_ours(data_key: DataKey) -> TypeError:
    return TypeError(f"{type(data_key).__name__} is no key of this cipher")
