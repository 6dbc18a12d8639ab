"""The keys that wrap data keys, as ENCRYPTION_KEYS gives them: `id:base64,id2:base64`, the first one current. In a file
each may have a line of its own.

A wrapped data key is sealed as everything is (server.security.sealed), with the master key's id as additional data.
"""

import base64
import binascii
import os
import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.security.sealed import FORMAT, NONCE_BYTES, split
from server.settings import SettingsError
from services.security_ports import ContentDamaged, MasterKeyMissing, WrappedKey

KEY_BYTES = 32
_BETWEEN = re.compile(r"\s*[,\n]\s*")
KEY_ID = re.compile(r"[a-z0-9_-]{1,32}", re.ASCII)
_PURPOSE: Final = b"data key\x01"


class MasterKeys:
    """services.security_ports.MasterKeyService. Safe to use from several threads. Its repr shows ids only."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """`keys` by id, the current one first."""
        self._keys = MappingProxyType(dict(keys))
        self._wrappers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current_id = next(iter(self._keys))

    def __repr__(self) -> str:
        return f"MasterKeys({', '.join(self._keys)})"

    @property
    def by_id(self) -> Mapping[str, bytes]:
        return self._keys

    @property
    def current_id(self) -> str:
        return self._current_id

    @property
    def ids(self) -> Collection[str]:
        return self._keys.keys()

    def wrap(self, data_key: bytes) -> WrappedKey:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._wrappers[self._current_id].encrypt(nonce, data_key, _bound(self._current_id))
        return WrappedKey(self._current_id, FORMAT + nonce + sealed)

    def unwrap(self, key_id: str, blob: bytes) -> bytes:
        """Raises MasterKeyMissing, ContentDamaged."""
        wrapper = self._wrappers.get(key_id)
        if wrapper is None:
            raise MasterKeyMissing(
                f"Content was sealed under the master key {key_id!r}, which ENCRYPTION_KEYS does not hold. "
                "Put that key back behind the current one."
            )
        nonce, sealed = split(blob)
        try:
            return wrapper.decrypt(nonce, sealed, _bound(key_id))
        except InvalidTag:
            raise ContentDamaged(f"a data key does not open with the master key {key_id!r}") from None


def _bound(key_id: str) -> bytes:
    return _PURPOSE + key_id.encode()


def parse_master_keys(text: str) -> MasterKeys:
    """Raises SettingsError with a sentence that names the place in the list, never a key."""
    keys: dict[str, bytes] = {}
    for place, entry in enumerate(_BETWEEN.split(text.strip()), start=1):
        key_id, key = _parse_entry(entry, place)
        if key_id in keys:
            raise SettingsError(f"ENCRYPTION_KEYS holds two keys of the id {key_id!r}: give the newer one another.")
        if key in keys.values():
            raise SettingsError(f"ENCRYPTION_KEYS holds the key at place {place} twice: make a new one.")
        keys[key_id] = key
    return MasterKeys(keys)


def _parse_entry(entry: str, place: int) -> tuple[str, bytes]:
    key_id, colon, encoded = entry.partition(":")
    if not colon:
        raise SettingsError(f"ENCRYPTION_KEYS: place {place} is not of the form id:base64 (such as k1:…).")
    if not KEY_ID.fullmatch(key_id):
        raise SettingsError(f"ENCRYPTION_KEYS: the id at place {place} must be 1 to 32 of a-z, 0-9, _ and -.")
    try:
        key = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise SettingsError(
            f"ENCRYPTION_KEYS: the key {key_id!r} is not base64. Make one with: openssl rand -base64 {KEY_BYTES}"
        ) from None
    if len(key) != KEY_BYTES:
        raise SettingsError(
            f"ENCRYPTION_KEYS: the key {key_id!r} has {len(key)} bytes instead of {KEY_BYTES}. "
            f"Make one with: openssl rand -base64 {KEY_BYTES}"
        )
    return key_id, key
