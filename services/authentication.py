"""Who stands behind a token, asked of the database each time: a right that was taken away acts at the next call."""

from uuid import UUID

from services.errors import AuthRequired, SessionExpired
from services.ports import UnitOfWork
from services.principal import Principal
from services.security_ports import AccessTokens, Claims


class Authentication:
    """Our own tokens must name a session; those of a host application have none."""

    def __init__(self, *, unit_of_work: UnitOfWork, tokens: AccessTokens) -> None:
        self._unit_of_work = unit_of_work
        self._tokens = tokens

    async def authenticate(self, token: str) -> Principal:
        """Raises AuthRequired (not acceptable, unknown or disabled user), SessionExpired, Unavailable."""
        claims = await self._tokens.verify(token)
        session_id = _session_id(claims)
        async with self._unit_of_work.reading() as repositories:
            bearer = await repositories.users.bearer(
                user_id=claims.subject, external_id=claims.external_id, session_id=session_id
            )
        if bearer is None or bearer.disabled:
            raise AuthRequired
        if session_id is not None and not bearer.session_known:
            raise AuthRequired
        if session_id is not None and not bearer.session_alive:
            raise SessionExpired
        session = None if session_id is None else str(session_id)
        return Principal(bearer.user_id, bearer.role, session, claims.expires_at)


def _session_id(claims: Claims) -> UUID | None:
    """Our own tokens, and only they, name the user by our id: each of them belongs to a session that can be ended."""
    if claims.subject is None:
        return None
    try:
        return UUID(claims.session_id or "")
    except ValueError:
        raise AuthRequired from None
