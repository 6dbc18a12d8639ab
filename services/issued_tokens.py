"""Access tokens made by hand, for scripts and tests: each has a session, so that it is listed and can be ended."""

import uuid

from services.errors import NotFound
from services.ports import UnitOfWork
from services.security_ports import AccessTokens


class IssuedTokens:
    def __init__(self, *, unit_of_work: UnitOfWork, tokens: AccessTokens) -> None:
        self._unit_of_work = unit_of_work
        self._tokens = tokens

    async def issue(self, *, user_id: int, seconds: float, device: str) -> str:
        """`device` is what the list of sessions shows. Raises NotFound (unknown or disabled user), Unavailable."""
        session_id = uuid.uuid4()
        async with self._unit_of_work.transaction() as repositories:
            made = await repositories.sessions.insert(
                session_id=session_id, user_id=user_id, password_hash=None, seconds=seconds, address=None, device=device
            )
            user = await repositories.users.find(user_id=user_id)
        if not made or user is None:
            raise NotFound
        token, _ = self._tokens.issue(user_id, user.role, str(session_id), seconds)
        return token
