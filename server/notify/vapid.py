"""Who pushes: one key of this installation, by which push services know it (RFC 8292)."""

import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from server.notify.aes128gcm import CURVE, decoded, public_point, unpadded
from server.settings import SettingsError

PRIVATE_BYTES = 32
LIFE_SECONDS = 12 * 3600
# A token is used again until so long before its end.
MARGIN_SECONDS = 3600
MOST_ORIGINS = 100


def new_private_key() -> str:
    """As it is kept in a file."""
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    return unpadded(number.to_bytes(PRIVATE_BYTES, "big"))


class Vapid:
    """`text`: the private key as 32 bytes in base64url. `contact`: a mailto: or https: address for push services, or ""."""

    def __init__(self, text: str, *, contact: str) -> None:
        """Raises SettingsError."""
        try:
            self.secret = decoded(text)
            if len(self.secret) != PRIVATE_BYTES:
                raise ValueError("wrong length")
            self._key = ec.derive_private_key(int.from_bytes(self.secret, "big"), CURVE)
        except ValueError:
            raise SettingsError(
                f"VAPID_PRIVATE_KEY must be a private key of P-256: {PRIVATE_BYTES} bytes in base64url, "
                "as `npx web-push generate-vapid-keys` makes them."
            ) from None
        self.public_key = unpadded(public_point(self._key))
        self._contact = contact
        self._tokens: dict[str, tuple[float, str]] = {}

    def authorization(self, origin: str) -> str:
        """The header for a push service."""
        now = time.time()
        until, token = self._tokens.get(origin, (0.0, ""))
        if now >= until - MARGIN_SECONDS:
            until = now + LIFE_SECONDS
            claims = {"aud": origin, "exp": int(until), **({"sub": self._contact} if self._contact else {})}
            token = jwt.encode(claims, self._key, algorithm="ES256")
            if len(self._tokens) >= MOST_ORIGINS:
                self._tokens.clear()
            self._tokens[origin] = (until, token)
        return f"vapid t={token}, k={self.public_key}"
