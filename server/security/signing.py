"""The key that signs exports: Ed25519, 32 random bytes in base64."""

import base64
import binascii
import hashlib
import os

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.settings import SettingsError

SEED_BYTES = 32
_PURPOSE = b"colloque export signing 1"


class Ed25519Signer:
    """services.export_ports.Signer. Its repr shows no key."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._key.public_key().public_bytes_raw()
        self.public_key = base64.b64encode(public).decode()
        self.key_id = key_id(public)

    def sign(self, data: bytes) -> str:
        return base64.b64encode(self._key.sign(data)).decode()


def key_id(public_key: bytes) -> str:
    """What people compare."""
    return hashlib.sha256(public_key).hexdigest()[:32]


def verifies(public_key: bytes, signature: bytes, data: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def new_signing_key() -> str:
    return base64.b64encode(os.urandom(SEED_BYTES)).decode()


def parse_signing_key(text: str) -> bytes:
    """Raises SettingsError."""
    try:
        seed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        seed = b""
    if len(seed) != SEED_BYTES:
        raise SettingsError(
            f"EXPORT_SIGNING_KEY is not {SEED_BYTES} bytes in base64: openssl rand -base64 {SEED_BYTES}"
        )
    return seed


def derived_signing_key(jwt_secret: bytes) -> bytes:
    """Where none was set beside an external database: the same on every node that has the same JWT_SECRET."""
    return HKDF(hashes.SHA256(), SEED_BYTES, salt=None, info=_PURPOSE).derive(jwt_secret)
