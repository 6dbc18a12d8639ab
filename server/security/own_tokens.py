"""Access tokens that this server signs: HS256 with JWT_SECRET."""

import re
import time
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import jwt
from jwt.algorithms import HMACAlgorithm

from server.security.claim_checks import BadClaim, Rules, check_claims, check_header
from server.security.compact import CompactToken
from services.ports import Clock
from services.security_ports import Claims

ISSUER: Final = "colloque"
ALGORITHM: Final = "HS256"
# RFC 8725 §3.11: a type of its own, so that no other JWT made with the same key passes for an access token.
TYPE: Final = "at+jwt"
MIN_SECRET_BYTES: Final = 32
_LARGEST_ID: Final = 2**63 - 1
_USER_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
# As str(UUID) writes it, and no other way.
_SESSION_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
# Several nodes may differ by a little. Life is ours to choose (seeded tokens live longer), so it is not bounded here.
_RULES = Rules(
    issuer=ISSUER,
    audience=ISSUER,
    audience_lists=False,
    types=frozenset({TYPE}),
    leeway=5.0,
    max_life=float("inf"),
)


class OwnTokens:
    def __init__(self, jwt_secret: bytes, *, life: float, now: Clock = time.time) -> None:
        """Raises ValueError when the secret is shorter than 32 bytes."""
        if len(jwt_secret) < MIN_SECRET_BYTES:
            raise ValueError(f"the JWT secret needs {MIN_SECRET_BYTES} bytes")
        self._secret = jwt_secret
        self._life = life
        self._now = now
        self._hmac = HMACAlgorithm(HMACAlgorithm.SHA256)
        self._key = self._hmac.prepare_key(jwt_secret)

    def issue(self, user_id: int, role: str, session_id: str, ttl: float | None = None) -> tuple[str, int]:
        """The token and its life in whole seconds."""
        issued, life = int(self._now()), int(self._life if ttl is None else ttl)
        claims = {
            "iss": ISSUER,
            "aud": ISSUER,
            "sub": str(user_id),
            "role": role,
            "sid": str(UUID(session_id)),
            "iat": issued,
            "exp": issued + life,
        }
        return jwt.encode(claims, self._secret, ALGORITHM, headers={"typ": TYPE}), life

    def verify(self, token: CompactToken) -> Claims:
        """Raises BadClaim, PastExpiry."""
        if token.header.keys() != {"alg", "typ"}:
            raise BadClaim("header that we do not write")
        check_header(token.header, _RULES, (ALGORITHM,))
        # The token was read already, more strictly than PyJWT would read it again.
        if not self._hmac.verify(token.signed, self._key, token.signature):
            raise BadClaim("signature")
        subject, session_id = _subject(token.claims), _session(token.claims)
        if not isinstance(token.claims.get("role"), str):
            raise BadClaim("role")
        expires = check_claims(token.claims, _RULES, self._now())
        return Claims(subject, None, session_id, expires, ISSUER)


def _subject(claims: Mapping[str, Any]) -> int:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not _USER_ID.fullmatch(subject) or int(subject) > _LARGEST_ID:
        raise BadClaim("subject")
    return int(subject)


def _session(claims: Mapping[str, Any]) -> str:
    session_id = claims.get("sid")
    if not isinstance(session_id, str) or not _SESSION_ID.fullmatch(session_id):
        raise BadClaim("session")
    return session_id
