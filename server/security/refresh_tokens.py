"""Refresh tokens `<session>.<generation>.<mac>`: nothing but the session's generation is to be stored."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.errors import AuthRequired
from services.security_ports import RefreshToken

MAX_LENGTH: Final = 128
MAX_GENERATION: Final = 2**31 - 1


class MacRefreshTokens:
    """services.security_ports.RefreshTokens. The key is derived: no access token passes for one of these."""

    def __init__(self, jwt_secret: bytes) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"colloque refresh token 1")
        self._key = derive.derive(jwt_secret)

    def issue(self, session_id: str, generation: int) -> str:
        """Raises ValueError unless the session id is a UUID and the generation fits the database."""
        if not 0 <= generation <= MAX_GENERATION:
            raise ValueError(f"generation {generation} is out of range")
        body = f"{UUID(session_id)}.{generation}"
        mac = hmac.new(self._key, body.encode(), hashlib.sha256).digest()
        return f"{body}.{urlsafe_b64encode(mac).decode().rstrip('=')}"

    def parse(self, token: str) -> RefreshToken:
        if len(token) > MAX_LENGTH or not token.isascii() or token.count(".") != 2:
            raise AuthRequired
        session_id, generation, _ = token.split(".")
        try:
            genuine = self.issue(session_id, int(generation))
        except ValueError:
            raise AuthRequired from None
        # The whole token is compared, not the mac alone: other spellings of the same session and number are refused.
        if not hmac.compare_digest(genuine.encode(), token.encode()):
            raise AuthRequired
        return RefreshToken(session_id, int(generation))
