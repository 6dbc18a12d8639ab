"""Which doctor cares for which patient: the condition for their conversation, in step with the host application."""

import datetime
import time
from collections.abc import Sequence
from dataclasses import dataclass

from repositories.care_links import LinkFilter, LinkRow, LockedLink
from repositories.errors import ConstraintViolated
from repositories.repositories import Repositories
from services.errors import Conflict, NotFound, ValidationFailed
from services.events import CareLinkChanged
from services.ports import Clock, Publisher, UnitOfWork
from services.principal import DOCTOR, PATIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKey:
    """A person by our id or by the host application's."""

    user_id: int | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPeople:
    patient: PersonKey
    doctor: PersonKey


@dataclass(frozen=True, slots=True)
class LinkPage:
    items: Sequence[LinkRow]
    next: str | None


@dataclass(frozen=True, slots=True)
class PutLink:
    link: LinkRow
    created: bool


class CareLinks:
    """The people of a link never change; it can end and be opened again."""

    def __init__(self, *, unit_of_work: UnitOfWork, publisher: Publisher, clock: Clock = time.time) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._clock = clock

    async def page(self, *, filters: LinkFilter, before: int | None, limit: int) -> LinkPage:
        """Raises Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.care_links.page(filters=filters, before=before, limit=limit + 1)
        items = rows[:limit]
        return LinkPage(items, str(items[-1].id) if len(rows) > limit else None)

    async def put(self, people: LinkPeople, *, external_id: str, until: datetime.datetime | None) -> PutLink:
        """Make, end (`until` in the past) or open again (None) the link of that external id; repeatable.

        Raises ValidationFailed (unknown people, wrong roles, `until` to come), Conflict (the external id is of other
        people, or these two have another open link), Unavailable.
        """
        if until is not None and until.timestamp() > self._clock():
            raise ValidationFailed(fields={"until": "out_of_range"})
        try:
            async with self._unit_of_work.transaction() as repositories:
                patient_id, doctor_id = await people_of(repositories, people)
                link_id, created, changed = await _put(repositories, external_id, patient_id, doctor_id, until)
                link = await repositories.care_links.find(link_id=link_id)
        except ConstraintViolated as error:
            raise _taken(error) from error
        if changed:
            self._tell(patient_id, doctor_id)
        return PutLink(_present(link), created)

    async def add(self, people: LinkPeople) -> PutLink:
        """Make sure that the two have an open link. Raises ValidationFailed, Unavailable."""
        async with self._unit_of_work.transaction() as repositories:
            patient_id, doctor_id = await people_of(repositories, people)
            made = await repositories.care_links.insert(
                external_id=None, patient_id=patient_id, doctor_id=doctor_id, until=None
            )
            filters = LinkFilter(patient_id=patient_id, doctor_id=doctor_id, active=True)
            rows = await repositories.care_links.page(filters=filters, before=None, limit=1)
        if made is not None:
            self._tell(patient_id, doctor_id)
        return PutLink(_present(rows[0] if rows else None), made is not None)

    async def end(self, *, link_id: int | None = None, external_id: str | None = None) -> LinkRow:
        """By either key; one that had ended stays as it is. Raises NotFound, Unavailable."""
        async with self._unit_of_work.transaction() as repositories:
            locked = await repositories.care_links.lock(link_id=link_id, external_id=external_id)
            if locked is None:
                raise NotFound
            changed = locked.until is None and await repositories.care_links.end(
                patient_id=locked.patient_id, doctor_id=locked.doctor_id
            )
            link = await repositories.care_links.find(link_id=locked.id)
        if changed:
            self._tell(locked.patient_id, locked.doctor_id)
        return _present(link)

    async def end_between(self, people: LinkPeople) -> bool:
        """False when the two had no open link. Raises ValidationFailed, Unavailable."""
        async with self._unit_of_work.transaction() as repositories:
            patient_id, doctor_id = await people_of(repositories, people)
            ended = await repositories.care_links.end(patient_id=patient_id, doctor_id=doctor_id)
        if ended:
            self._tell(patient_id, doctor_id)
        return ended

    def _tell(self, patient_id: int, doctor_id: int) -> None:
        self._publisher.publish(CareLinkChanged(patient_id=patient_id, doctor_id=doctor_id))


async def people_of(repositories: Repositories, people: LinkPeople) -> tuple[int, int]:
    """(patient, doctor). Raises ValidationFailed for somebody unknown or of another role."""
    patient_id = await _person(repositories, people.patient, PATIENT, "patient")
    return patient_id, await _person(repositories, people.doctor, DOCTOR, "doctor")


async def _person(repositories: Repositories, key: PersonKey, role: str, side: str) -> int:
    field = f"{side}Id" if key.user_id is not None else f"{side}ExternalId"
    person = await repositories.care_links.person(user_id=key.user_id, external_id=key.external_id)
    if person is None:
        raise ValidationFailed(fields={field: "unknown_user"})
    if person.role != role:
        raise ValidationFailed(fields={field: "wrong_role"})
    return person.id


async def _put(
    repositories: Repositories, external_id: str, patient_id: int, doctor_id: int, until: datetime.datetime | None
) -> tuple[int, bool, bool]:
    """(id, whether it was made, whether rights changed). Which insert conflicted is found by looking, under a lock."""
    links = repositories.care_links
    made = await links.insert(external_id=external_id, patient_id=patient_id, doctor_id=doctor_id, until=until)
    if made is not None:
        return made, True, until is None
    locked = await links.lock(external_id=external_id)
    if locked is None:
        return await _adopt(repositories, external_id, patient_id, doctor_id), False, False
    if (locked.patient_id, locked.doctor_id) != (patient_id, doctor_id):
        raise Conflict(fields={"externalId": "taken"})
    if locked.until != until:
        await links.set_until(link_id=locked.id, until=until)
    return locked.id, False, _is_open(locked) != (until is None)


async def _adopt(repositories: Repositories, external_id: str, patient_id: int, doctor_id: int) -> int:
    """An open link that was made by hand becomes the host application's."""
    adopted = await repositories.care_links.adopt(external_id=external_id, patient_id=patient_id, doctor_id=doctor_id)
    if adopted is None:
        raise Conflict(fields={"patientId": "taken"})
    return adopted


def _is_open(link: LockedLink) -> bool:
    return link.until is None


def _taken(error: ConstraintViolated) -> Exception:
    return Conflict(fields={"patientId": "taken"}) if error.constraint == "care_links_one_open" else error


def _present(link: LinkRow | None) -> LinkRow:
    if link is None:
        raise NotFound
    return link
