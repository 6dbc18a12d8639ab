"""Logging in, staying in, logging out, changing the password."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from repositories.repositories import Repositories
from repositories.sessions import LockedSession
from repositories.users import Credentials, UserRow
from services.errors import AuthRequired, SessionExpired, ValidationFailed
from services.events import SessionsEnded
from services.limit_keys import address_key, name_key, password_key
from services.ports import Limiter, Publisher, UnitOfWork
from services.principal import Origin, Principal
from services.security_ports import AccessTokens, PasswordHasher, RefreshToken, RefreshTokens

# Two tabs may refresh at once, and a reply may be lost: so long the token before the last gives the same successor.
GRACE_SECONDS = 30.0
# What a session row keeps of the caller's name for the device.
DEVICE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Times are seconds from now."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: float
    user: UserRow
    session_id: str


class Auth:
    """`session_seconds`: a session that is not used for so long is over."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        limiter: Limiter,
        hasher: PasswordHasher,
        tokens: AccessTokens,
        refresh_tokens: RefreshTokens,
        session_seconds: float,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._limiter = limiter
        self._hasher = hasher
        self._tokens = tokens
        self._refresh_tokens = refresh_tokens
        self._session_seconds = session_seconds

    async def login(self, *, username: str, password: str, origin: Origin) -> SignedIn:
        """Only failures count against the limits. One answer, as slow as any, for unknown, disabled and wrong.

        Raises AuthRequired, RateLimitExceeded, Unavailable.
        """
        with self._guess(("login_address", address_key(origin.address)), ("login_name", name_key(username))):
            return await self._login(username, password, origin)

    @contextmanager
    def _guess(self, *limits: tuple[str, str]) -> Iterator[None]:
        """Counts against the limits when it was wrong. What our own trouble stopped was no guess."""
        for limit, key in limits:
            self._limiter.take(limit, key)
        wrong = False
        try:
            yield
        except (AuthRequired, ValidationFailed):
            wrong = True
            raise
        finally:
            for limit, key in () if wrong else limits:
                self._limiter.give_back(limit, key)

    async def _login(self, username: str, password: str, origin: Origin) -> SignedIn:
        async with self._unit_of_work.reading() as repositories:
            credentials = await repositories.users.credentials_by_username(username=username)
        return await self._checked(credentials, password, origin)

    async def _checked(self, credentials: Credentials | None, password: str, origin: Origin) -> SignedIn:
        known_hash = None if credentials is None or credentials.disabled else credentials.password_hash
        if not await self._hasher.verify(known_hash, password) or credentials is None or known_hash is None:
            raise AuthRequired(reason="wrong_login", about=credentials.user_id if credentials else None)
        password_hash = await self._renewed_hash(credentials.user_id, known_hash, password)
        return await self._open_session(credentials.user_id, password_hash, origin)

    async def _renewed_hash(self, user_id: int, known_hash: str, password: str) -> str:
        """The hash to go by: made anew when the cost of hashing was raised since."""
        if not self._hasher.needs_rehash(known_hash):
            return known_hash
        better = await self._hasher.hash(password)
        async with self._unit_of_work.transaction() as repositories:
            replaced = await repositories.users.replace_password(
                user_id=user_id, password_hash=better, expected_hash=known_hash
            )
        return better if replaced else known_hash

    async def _open_session(self, user_id: int, password_hash: str, origin: Origin) -> SignedIn:
        session_id = uuid.uuid4()
        async with self._unit_of_work.transaction() as repositories:
            made = await repositories.sessions.insert(
                session_id=session_id,
                user_id=user_id,
                password_hash=password_hash,
                seconds=self._session_seconds,
                address=origin.address,
                device=origin.device[:DEVICE_LENGTH],
            )
            user = await repositories.users.find(user_id=user_id)
        if not made or user is None:
            # Disabled, or the password replaced, since it was checked.
            raise AuthRequired(reason="wrong_login")
        return self._signed_in(user, str(session_id), generation=1)

    def _signed_in(self, user: UserRow, session_id: str, *, generation: int) -> SignedIn:
        token, expires_in = self._tokens.issue(user.id, user.role, session_id)
        refresh_token = self._refresh_tokens.issue(session_id, generation)
        return SignedIn(token, expires_in, refresh_token, self._session_seconds, user, session_id)

    async def refresh(self, *, refresh_token: str | None) -> SignedIn:
        """A new access token and the next refresh token. One that was replaced longer ago ends the session: it was
        stolen, or its successor was.

        Raises AuthRequired (none, or not one of ours), SessionExpired, Unavailable.
        """
        shown = self._refresh_tokens.parse(refresh_token or "")
        session_id = uuid.UUID(shown.session_id)
        async with self._unit_of_work.transaction() as repositories:
            session = await repositories.sessions.lock(session_id=session_id, grace=GRACE_SECONDS)
            if session is None:
                raise AuthRequired
            if session.ended or session.expired:
                raise SessionExpired
            generation = _successor(session, shown)
            user = await self._follow(repositories, session, generation)
        if user is None or generation is None:
            self._publisher.publish(SessionsEnded(user_id=session.user_id, session_ids=(shown.session_id,)))
            raise SessionExpired
        return self._signed_in(user, shown.session_id, generation=generation)

    async def _follow(
        self, repositories: Repositories, session: LockedSession, generation: int | None
    ) -> UserRow | None:
        """Move the session on, or end it when there is nowhere to go."""
        user = await repositories.users.find(user_id=session.user_id)
        if generation is None or user is None or user.disabled:
            reason = "reuse" if generation is None else "disabled"
            await repositories.sessions.end(session_id=session.id, user_id=session.user_id, reason=reason)
            return None
        if generation > session.generation:
            await repositories.sessions.rotate(session_id=session.id, seconds=self._session_seconds)
        return user

    async def logout(self, *, refresh_token: str | None) -> Principal | None:
        """Ends the session of that token, whatever its generation; without one nothing happens. Returns whose it was.

        Raises Unavailable.
        """
        try:
            shown = self._refresh_tokens.parse(refresh_token or "")
        except AuthRequired:
            return None
        session_id = uuid.UUID(shown.session_id)
        async with self._unit_of_work.transaction() as repositories:
            session = await repositories.sessions.lock(session_id=session_id, grace=GRACE_SECONDS)
            if session is None:
                return None
            user = await repositories.users.find(user_id=session.user_id)
            ended = await repositories.sessions.end(session_id=session_id, user_id=session.user_id, reason="logout")
        if ended:
            self._publisher.publish(SessionsEnded(user_id=session.user_id, session_ids=(shown.session_id,)))
        return Principal(user.id, user.role, shown.session_id, 0.0) if ended and user else None

    async def me(self, principal: Principal) -> UserRow:
        """Raises AuthRequired, Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            user = await repositories.users.find(user_id=principal.user_id)
        if user is None:
            raise AuthRequired
        return user

    async def change_password(self, principal: Principal, *, current: str, new: str) -> None:
        """Ends the user's other sessions. Failures are limited like those of a login.

        Raises ValidationFailed (currentPassword, newPassword), RateLimitExceeded, Unavailable.
        """
        user = await self.me(principal)
        with self._guess(("login_name", password_key(principal.user_id))):
            known_hash = await self._known_hash(principal, current)
        if new == current:
            raise ValidationFailed(fields={"newPassword": "same_password"})
        self._hasher.check_policy(new, user.username, field="newPassword")
        await self._replace_password(principal, known_hash, await self._hasher.hash(new))

    async def _known_hash(self, principal: Principal, current: str) -> str:
        """Raises ValidationFailed, Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            credentials = await repositories.users.credentials(user_id=principal.user_id)
        known_hash = credentials.password_hash if credentials else None
        if not await self._hasher.verify(known_hash, current) or known_hash is None:
            raise ValidationFailed(fields={"currentPassword": "wrong_password"})
        return known_hash

    async def _replace_password(self, principal: Principal, known_hash: str, new_hash: str) -> None:
        kept = uuid.UUID(principal.session_id) if principal.session_id else None
        async with self._unit_of_work.transaction() as repositories:
            replaced = await repositories.users.replace_password(
                user_id=principal.user_id, password_hash=new_hash, expected_hash=known_hash
            )
            if not replaced:
                raise ValidationFailed(fields={"currentPassword": "wrong_password"})
            ended = await repositories.sessions.end_all(
                user_id=principal.user_id, except_id=kept, reason="password_changed"
            )
        if ended:
            self._publisher.publish(SessionsEnded(user_id=principal.user_id, session_ids=ended))


def _successor(session: LockedSession, shown: RefreshToken) -> int | None:
    """The generation that follows what was shown; None when it can no longer be followed."""
    if shown.generation == session.generation:
        return session.generation + 1
    if shown.generation == session.generation - 1 and session.in_grace:
        return session.generation
    return None
