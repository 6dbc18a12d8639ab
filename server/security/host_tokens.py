"""Access tokens that a host application signs for its users: asymmetric only, for one issuer and one audience."""

import time
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

import jwt

from server.security.claim_checks import BadClaim, Rules, check_claims, check_header
from server.security.compact import CompactToken
from server.security.verification_key import HOST_ALGORITHMS, VerificationKey
from services.ports import Clock
from services.security_ports import Claims

MAX_LIFE: Final = 24 * 3600.0
LEEWAY: Final = 60.0
_MAX_SUBJECT: Final = 255
_MAX_KEY_ID: Final = 256


class KeySource(Protocol):
    async def find(self, key_id: str | None) -> Iterable[VerificationKey]:
        """Keys that such a token may be signed with, most often one. Raises Unavailable when they cannot be had for now."""


class PinnedKey:
    """The one key of HOST_JWT_PUBLIC_KEY; `kid` of a token is only a hint and not needed."""

    def __init__(self, key: VerificationKey) -> None:
        self._key = key

    async def find(self, key_id: str | None) -> Iterable[VerificationKey]:
        return [self._key]


class HostTokens:
    def __init__(self, *, issuer: str, audience: str, keys: KeySource, now: Clock = time.time) -> None:
        self.issuer = issuer
        self._keys = keys
        self._now = now
        self._jws = jwt.PyJWS(algorithms=sorted(HOST_ALGORITHMS))
        self._rules = Rules(
            issuer=issuer,
            audience=audience,
            audience_lists=True,
            types=frozenset({None, "jwt", "at+jwt"}),
            leeway=LEEWAY,
            max_life=MAX_LIFE,
        )

    async def verify(self, token: CompactToken) -> Claims:
        """Raises BadClaim, PastExpiry, PyJWT's errors, Unavailable."""
        algorithm = check_header(token.header, self._rules, HOST_ALGORITHMS)
        keys = await self._keys.find(_key_id(token.header))
        if not any(self._is_signed(token, key, algorithm) for key in keys):
            raise BadClaim("signature")
        subject = _external_id(token.claims)
        return Claims(None, subject, None, check_claims(token.claims, self._rules, self._now()), self.issuer)

    def _is_signed(self, token: CompactToken, key: VerificationKey, algorithm: str) -> bool:
        if algorithm not in key.algorithms:
            return False
        try:
            self._jws.decode(token.text, key.key, algorithms=[algorithm])
        except jwt.InvalidSignatureError:
            return False
        return True


def _key_id(header: Mapping[str, Any]) -> str | None:
    """Only ever compared with known ones: never part of a path, a query or an address."""
    key_id = header.get("kid")
    if key_id is None:
        return None
    if not isinstance(key_id, str) or len(key_id) > _MAX_KEY_ID:
        raise BadClaim("key id")
    return key_id


def _external_id(claims: dict[str, Any]) -> str:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= _MAX_SUBJECT:
        raise BadClaim("subject")
    # Control characters and lone surrogates cannot be stored, so nobody can have such an id.
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in subject):
        raise BadClaim("subject")
    return subject
