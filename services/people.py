"""Whom one may talk to: found by name, or listed to start a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass

from repositories.users import PartnerFilter, PartnerRow
from services.ports import OnlineLookup, UnitOfWork
from services.principal import DOCTOR, MEMBER, MENTOR, PATIENT, Principal

COUNTERPARTS = {MEMBER: MENTOR, MENTOR: MEMBER}


@dataclass(frozen=True, slots=True)
class PersonView:
    row: PartnerRow
    online: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    items: Sequence[PersonView]
    next: str | None


class People:
    """`kinds` are the kinds of conversation that the installation has switched on."""

    def __init__(self, *, unit_of_work: UnitOfWork, online: OnlineLookup, kinds: frozenset[str]) -> None:
        self._unit_of_work = unit_of_work
        self._online = online
        self._kinds = kinds

    async def partners(
        self, principal: Principal, *, q: str | None = None, role: str | None = None, before: int | None, limit: int
    ) -> PeoplePage:
        """Patient and doctor: those with an open care link. Mentor and member: each other's role. Nobody disabled, and
        nobody in whose conversation with the caller one of the two was removed. Raises Unavailable.
        """
        filters = PartnerFilter(
            care=principal.role in (PATIENT, DOCTOR) and "care" in self._kinds,
            counterpart=COUNTERPARTS.get(principal.role) if "mentoring" in self._kinds else None,
            q=q,
            role=role,
        )
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.users.partners(
                viewer_id=principal.user_id, filters=filters, before=before, limit=limit + 1
            )
        items = [PersonView(row, self._online.is_online(row.id)) for row in rows[:limit]]
        return PeoplePage(items, str(items[-1].row.id) if len(rows) > limit else None)
