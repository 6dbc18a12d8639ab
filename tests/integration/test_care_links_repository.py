"""Rows of care links."""

import asyncio
import datetime

import pytest

from repositories.care_links import LinkFilter
from repositories.errors import ConstraintViolated
from repositories.unit_of_work import Database
from services.principal import DOCTOR, PATIENT
from tests.support.people import Desk, pair


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_links_are_filtered_and_paged(desk: Desk) -> None:
    doctor, other = await desk.person(DOCTOR), await desk.person(DOCTOR)
    patients = [await desk.person(PATIENT, "Ana", f"N{number}", external_id=f"p-{number}") for number in range(4)]
    ids = [(await desk.links.add(pair(patient, doctor))).link.id for patient in patients]
    await desk.links.add(pair(patients[0], other))
    await desk.links.end(link_id=ids[1])
    seen: list[int] = []
    before: int | None = None
    for _ in range(2):
        page = await desk.links.page(filters=LinkFilter(doctor_id=doctor.id), before=before, limit=2)
        seen += [row.id for row in page.items]
        before = int(page.next) if page.next else None
    assert before is None
    assert seen == ids[::-1]
    ended = await desk.links.page(filters=LinkFilter(active=False), before=None, limit=9)
    assert [(row.id, row.patient_external_id, row.patient_name) for row in ended.items] == [(ids[1], "p-1", "Ana N1")]
    of_patient = await desk.links.page(filters=LinkFilter(patient_id=patients[0].id, active=True), before=None, limit=9)
    assert {row.doctor_id for row in of_patient.items} == {doctor.id, other.id}


async def test_a_link_that_is_over_begins_before_it_ends(desk: Desk) -> None:
    patient, doctor = await desk.person(PATIENT), await desk.person(DOCTOR)
    past = datetime.datetime(2020, 5, 1, tzinfo=datetime.UTC)
    link = (await desk.links.put(pair(patient, doctor), external_id="l", until=past)).link
    assert link.until is not None
    assert link.since <= link.until == past


async def test_the_database_refuses_a_second_open_link(desk: Desk) -> None:
    patient, doctor = await desk.person(PATIENT), await desk.person(DOCTOR)
    first = (await desk.links.put(pair(patient, doctor), external_id="a", until=None)).link
    await desk.links.end(link_id=first.id)
    await desk.links.add(pair(patient, doctor))
    with pytest.raises(ConstraintViolated) as error:
        async with desk.database.transaction() as repositories:
            await repositories.care_links.set_until(link_id=first.id, until=None)
    assert error.value.constraint == "care_links_one_open"


async def test_the_role_of_linked_people_is_held_until_the_link_is_stored(
    desk: Desk, second_database: Database
) -> None:
    """Without the share lock a doctor could become something else between the check and the insert."""
    patient, doctor = await desk.person(PATIENT), await desk.person(DOCTOR)
    async with second_database.transaction() as repositories:
        assert await repositories.care_links.person(user_id=doctor.id) is not None
        changing = asyncio.create_task(desk.admin.change(user_id=doctor.id, changes={"role": PATIENT}))
        done, _ = await asyncio.wait({changing}, timeout=0.3)
        assert not done
        await repositories.care_links.insert(external_id=None, patient_id=patient.id, doctor_id=doctor.id, until=None)
    with pytest.raises(Exception, match="CONFLICT"):
        await changing
