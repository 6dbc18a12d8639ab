"""Access tokens, whoever signed them. Key and algorithms are chosen by `iss`, and never by what else a token says."""

import logging

import jwt

from server.security.claim_checks import BadClaim, PastExpiry
from server.security.compact import CompactToken, Malformed, read_compact
from server.security.host_tokens import HostTokens
from server.security.own_tokens import ISSUER, OwnTokens
from services.errors import AuthRequired, SessionExpired
from services.security_ports import Claims

_log = logging.getLogger(__name__)


class JwtAccessTokens:
    """services.security_ports.AccessTokens. Refusals are the same to the caller; the log says why."""

    def __init__(self, own: OwnTokens, host: HostTokens | None = None) -> None:
        """Raises ValueError when the host goes by our own name."""
        if host is not None and host.issuer == ISSUER:
            raise ValueError(f"the host's issuer must not be {ISSUER!r}")
        self._own = own
        self._host = host

    def issue(self, user_id: int, role: str, session_id: str, ttl: float | None = None) -> tuple[str, int]:
        return self._own.issue(user_id, role, session_id, ttl)

    async def verify(self, token: str) -> Claims:
        try:
            return await self._verify(read_compact(token))
        except PastExpiry:
            raise SessionExpired from None
        except (Malformed, BadClaim, jwt.PyJWTError) as error:
            _log.info("token refused: %s", error)
            raise AuthRequired from None

    async def _verify(self, token: CompactToken) -> Claims:
        """`iss` is not verified when it picks the issuer; that issuer's key and its own check of `iss` then do."""
        issuer = token.claims.get("iss")
        if issuer == ISSUER:
            return self._own.verify(token)
        if self._host is not None and issuer == self._host.issuer:
            return await self._host.verify(token)
        raise BadClaim("issuer")
