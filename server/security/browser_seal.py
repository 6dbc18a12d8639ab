"""The key with which a person's browser seals what was not sent yet. Nothing is stored; any node gives the same one."""

import hmac
from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class BrowserSeal:
    """Derived from JWT_SECRET: when that is changed, what was sealed before cannot be opened any more."""

    def __init__(self, jwt_secret: bytes) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"colloque browser seal 1")
        self._key = derive.derive(jwt_secret)

    def key_of(self, user_id: int) -> str:
        """32 bytes in base64, for that person only."""
        return b64encode(hmac.digest(self._key, str(user_id).encode(), sha256)).decode()
