"""Who looked into a conversation, for those who take part in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from repositories.trail import AccessRow
from services.access import Access
from services.errors import NotFound, ValidationFailed
from services.ports import UnitOfWork
from services.principal import Principal


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Latest first."""

    items: Sequence[AccessRow]
    next: str | None


class AccessLog:
    def __init__(self, *, unit_of_work: UnitOfWork, access: Access) -> None:
        self._unit_of_work = unit_of_work
        self._access = access

    async def page(self, principal: Principal, *, conversation_id: int, before: str | None, limit: int) -> AccessPage:
        """For participants and administrators. Raises NotFound, Forbidden, ValidationFailed (before), Unavailable."""
        before_id = _position(before)
        async with self._unit_of_work.reading() as repositories:
            if not principal.is_admin:
                await self._access.membership(repositories, principal, conversation_id)
            elif not await repositories.conversations.exists(conversation_id=conversation_id):
                raise NotFound
            rows = await repositories.trail.access_log(
                conversation_id=conversation_id, before_id=before_id, limit=limit + 1
            )
        items = rows[:limit]
        return AccessPage(items, str(items[-1].id) if len(rows) > limit else None)


def _position(before: str | None) -> int | None:
    if before is None:
        return None
    if not (before.isascii() and before.isdecimal() and len(before) < 19):
        raise ValidationFailed(fields={"before": "bad_cursor"})
    return int(before)
