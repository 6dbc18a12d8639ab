"""What must be kept beyond its retention: by whom it was said and why, and who lifted it and why."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from repositories.errors import ConstraintViolated
from repositories.legal_holds import HoldRow
from services.errors import NotFound, ValidationFailed
from services.ports import UnitOfWork
from services.principal import Principal

PAGE = 200


@dataclass(frozen=True, slots=True)
class HoldPage:
    items: Sequence[HoldRow]
    next: str | None


class LegalHolds:
    """Who calls puts it on the trail: the boundary of REST with the administrator, a command with the name that was given."""

    def __init__(self, *, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def place(
        self, *, conversation_id: int | None = None, user_id: int | None = None, reason: str, placed_by: str
    ) -> HoldRow:
        """On one conversation, or on all of a person, those to come included. Raises NotFound, ValidationFailed."""
        _require(reason=reason, placedBy=placed_by)
        if (conversation_id is None) == (user_id is None):
            raise ValidationFailed(fields={"conversationId": "required"})
        try:
            async with self._unit_of_work.transaction() as repositories:
                placed = await repositories.legal_holds.place(
                    conversation_id=conversation_id, user_id=user_id, reason=reason.strip(), placed_by=placed_by.strip()
                )
        except ConstraintViolated as error:
            raise NotFound from error
        return _found(placed)

    async def release(self, *, hold_id: int, reason: str, released_by: str) -> HoldRow:
        """Raises NotFound (also for one that was released before), ValidationFailed."""
        _require(reason=reason, releasedBy=released_by)
        async with self._unit_of_work.transaction() as repositories:
            released = await repositories.legal_holds.release(
                hold_id=hold_id, reason=reason.strip(), released_by=released_by.strip()
            )
        return _found(released)

    async def page(self, *, before: int | None, with_released: bool, limit: int) -> HoldPage:
        """Latest first. Raises Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.legal_holds.page(before_id=before, with_released=with_released, limit=limit + 1)
        items = rows[:limit]
        return HoldPage(items, str(items[-1].id) if len(rows) > limit else None)

    async def name_of(self, principal: Principal) -> str:
        """For those that come by REST: who is signed in says so."""
        async with self._unit_of_work.reading() as repositories:
            user = await repositories.users.find(user_id=principal.user_id)
        return "" if user is None else f"{user.first_name} {user.last_name} ({user.id})"

    async def all(self, *, with_released: bool) -> AsyncIterator[HoldRow]:
        """Latest first."""
        before: int | None = None
        while True:
            async with self._unit_of_work.reading() as repositories:
                rows = await repositories.legal_holds.page(before_id=before, with_released=with_released, limit=PAGE)
            for row in rows:
                yield row
            if len(rows) < PAGE:
                return
            before = rows[-1].id


def _found(row: HoldRow | None) -> HoldRow:
    if row is None:
        raise NotFound
    return row


def _require(**texts: str) -> None:
    missing = {name: "required" for name, text in texts.items() if not text.strip()}
    if missing:
        raise ValidationFailed(fields=missing)
