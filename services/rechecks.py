"""What takes long to give out is given out only for as long as the right to it lasts: asked again while it flows."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from services.principal import Principal

SECONDS = 0.5
Ask = Callable[[], Awaitable[Any]]
# (user, session, end of the token) → who it is. Raises what a call with such a token would be answered.
Recall = Callable[[int, str | None, float], Awaitable[Principal]]


@dataclass(frozen=True, slots=True)
class Rechecks:
    """`recall`: of services.authentication."""

    recall: Recall
    seconds: float = SECONDS

    async def through(self, principal: Principal, chunks: AsyncIterator[bytes], still: Ask) -> AsyncIterator[bytes]:
        """The same, until the session of `principal` ends or `still` raises. Raises what those raise."""
        asked = time.monotonic()
        async for chunk in chunks:
            if time.monotonic() - asked > self.seconds:
                await self.recall(principal.user_id, principal.session_id, principal.expires_at)
                await still()
                asked = time.monotonic()
            yield chunk
