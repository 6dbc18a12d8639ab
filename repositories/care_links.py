"""Care links: which doctor cares for which patient, and since when until when."""

import datetime
from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class LinkPerson:
    id: int
    role: str


@dataclass(frozen=True, slots=True)
class LockedLink:
    """Open while `until` is None."""

    id: int
    external_id: str | None
    patient_id: int
    doctor_id: int
    until: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class LinkRow:
    id: int
    external_id: str | None
    since: datetime.datetime
    until: datetime.datetime | None
    active: bool
    patient_id: int
    patient_external_id: str | None
    patient_username: str
    patient_name: str
    doctor_id: int
    doctor_external_id: str | None
    doctor_username: str
    doctor_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFilter:
    patient_id: int | None = None
    doctor_id: int | None = None
    active: bool | None = None


class CareLinkRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def person(self, *, user_id: int | None = None, external_id: str | None = None) -> LinkPerson | None:
        """Their role cannot change before the transaction ends. Inside a transaction only."""
        return await self._statements.one("find_link_person", LinkPerson, user_id=user_id, external_id=external_id)

    async def insert(
        self, *, external_id: str | None, patient_id: int, doctor_id: int, until: datetime.datetime | None
    ) -> int | None:
        """None when the external id is taken or the two have an open link."""
        made: int | None = await self._statements.value(
            "insert_care_link", external_id=external_id, patient_id=patient_id, doctor_id=doctor_id, until=until
        )
        return made

    async def lock(self, *, link_id: int | None = None, external_id: str | None = None) -> LockedLink | None:
        """By either key. Inside a transaction only."""
        return await self._statements.one("lock_care_link", LockedLink, link_id=link_id, external_id=external_id)

    async def adopt(self, *, external_id: str, patient_id: int, doctor_id: int) -> int | None:
        """Give the open link of the two this external id; None when there is none without one."""
        adopted: int | None = await self._statements.value(
            "adopt_care_link", external_id=external_id, patient_id=patient_id, doctor_id=doctor_id
        )
        return adopted

    async def set_until(self, *, link_id: int, until: datetime.datetime | None) -> None:
        """Raises ConstraintViolated("care_links_one_open") when the two have another open link."""
        await self._statements.run("set_care_link_until", link_id=link_id, until=until)

    async def end(self, *, patient_id: int, doctor_id: int) -> bool:
        """False when the two have no open link."""
        return await self._statements.run("end_care_link", patient_id=patient_id, doctor_id=doctor_id) > 0

    async def find(self, *, link_id: int) -> LinkRow | None:
        rows = await self._list(link_id, LinkFilter(), None, 1)
        return rows[0] if rows else None

    async def page(self, *, filters: LinkFilter, before: int | None, limit: int) -> list[LinkRow]:
        return await self._list(None, filters, before, limit)

    async def _list(self, link_id: int | None, filters: LinkFilter, before: int | None, limit: int) -> list[LinkRow]:
        return await self._statements.many(
            "list_care_links",
            LinkRow,
            link_id=link_id,
            patient_id=filters.patient_id,
            doctor_id=filters.doctor_id,
            active=filters.active,
            before=before,
            limit=limit,
        )
