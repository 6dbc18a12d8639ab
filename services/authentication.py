"""Who stands behind a token, asked of the database each time: a right that was taken away acts at the next call."""

from collections.abc import Sequence
from dataclasses import dataclass

from repositories.users import Bearer, BearerKey
from services.errors import AuthRequired, SessionExpired
from services.ports import UnitOfWork
from services.principal import Principal
from services.security_ports import AccessTokens, Claims
from services.together import Together

# When a thousand come back at once, nobody minds a few milliseconds; a statement for each few of them would cost as much again.
BETWEEN_ARRIVALS = 0.005


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who opens a socket, with the number of messages that wait for them."""

    principal: Principal
    unread_count: int


class Authentication:
    """Our own tokens must name a session; those of a host application have none.

    Whoever asks at the same time shares a look; those who open sockets share theirs. `kinds` are the conversations whose
    unread messages count.
    """

    def __init__(self, *, unit_of_work: UnitOfWork, tokens: AccessTokens, kinds: frozenset[str]) -> None:
        self._unit_of_work = unit_of_work
        self._tokens = tokens
        self._kinds = kinds
        self._bearers: Together[BearerKey, Bearer | None] = Together(self._look)
        self._arrivals: Together[BearerKey, Bearer | None] = Together(self._look, rest=BETWEEN_ARRIVALS)

    async def authenticate(self, token: str) -> Principal:
        """Raises AuthRequired (not acceptable, unknown or disabled user), SessionExpired, Unavailable."""
        principal, _ = await self._accepted(token, greeted=False)
        return principal

    async def arrive(self, token: str) -> Arrival:
        """Raises as `authenticate`."""
        principal, bearer = await self._accepted(token, greeted=True)
        return Arrival(principal, bearer.unread or 0)

    async def _accepted(self, token: str, *, greeted: bool) -> tuple[Principal, Bearer]:
        claims = await self._tokens.verify(token)
        return await self._known(claims, _session_id(claims), greeted=greeted)

    async def recall(self, user_id: int, session_id: str | None, expires_at: float) -> Principal:
        """Somebody who was accepted a moment ago, for whom something of ours (a ticket) vouches. Raises as `authenticate`."""
        claims = Claims(user_id, None, session_id, expires_at, "")
        principal, _ = await self._known(claims, session_id, greeted=False)
        return principal

    async def _known(self, claims: Claims, session_id: str | None, *, greeted: bool) -> tuple[Principal, Bearer]:
        key = BearerKey(claims.subject, claims.external_id, session_id, greeted)
        bearer = await (self._arrivals if greeted else self._bearers).ask(key)
        if bearer is None or bearer.disabled:
            raise AuthRequired
        if session_id is not None and not bearer.session_known:
            raise AuthRequired
        if session_id is not None and not bearer.session_alive:
            raise SessionExpired
        return Principal(bearer.user_id, bearer.role, session_id, claims.expires_at), bearer

    async def _look(self, keys: Sequence[BearerKey]) -> Sequence[Bearer | None]:
        async with self._unit_of_work.reading() as repositories:
            return await repositories.users.bearers(keys, kinds=self._kinds)


def _session_id(claims: Claims) -> str | None:
    """Our own tokens, and only they, name the user by our id: each of them belongs to a session that can be ended."""
    if claims.subject is None:
        return None
    if claims.session_id is None:
        raise AuthRequired
    return claims.session_id
