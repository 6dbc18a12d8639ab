"""Users and care links as administrators and host applications manage them, from two nodes at once; whom one may talk to."""

import asyncio
import datetime
from collections.abc import Awaitable

import pytest

from repositories.care_links import LinkFilter
from repositories.unit_of_work import Database
from repositories.users import UserDetails, UserFilter
from services.care_links import LinkPeople, PersonKey
from services.errors import (
    Conflict,
    NotFound,
    ValidationFailed,
)
from services.events import CareLinkChanged, SessionsEnded, UserChanged
from services.principal import ADMIN, DOCTOR, MEMBER, MENTOR, PATIENT
from tests.support.people import Desk, login, pair, principal, refused

NEW_PASSWORD = "another fine password"
ROY = UserDetails(username="roy", first_name="Léa", last_name="Roy", email="roy@example.org", role=DOCTOR)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def second_desk(second_database: Database) -> Desk:
    return Desk(second_database)


async def test_eight_identical_puts_make_one_user(desk: Desk, second_desk: Desk) -> None:
    results = await asyncio.gather(
        *(node.admin.put(ROY, external_id="h-1", disabled=None) for _ in range(4) for node in (desk, second_desk))
    )
    assert sorted(result.created for result in results) == [False] * 7 + [True]
    assert len({result.user.id for result in results}) == 1
    # Nothing changed, so nothing is told and the row is as it was made.
    assert desk.published.facts == second_desk.published.facts == []
    assert results[0].user.created_at == results[0].user.updated_at


async def test_a_put_updates_and_leaves_disabled_alone_unless_told(desk: Desk) -> None:
    made = (await desk.admin.put(ROY, external_id="h-1", disabled=True)).user
    assert made.disabled
    renamed = UserDetails(username="roy2", first_name="Léa", last_name="Roy-Blanc", email=None, role=DOCTOR)
    result = await desk.admin.put(renamed, external_id="h-1", disabled=None)
    assert not result.created
    assert (result.user.username, result.user.last_name, result.user.email) == ("roy2", "Roy-Blanc", None)
    assert result.user.disabled
    assert not (await desk.admin.put(renamed, external_id="h-1", disabled=False)).user.disabled


async def test_taken_names_and_keys(desk: Desk) -> None:
    await desk.person(DOCTOR, username="Roy", external_id="h-1")
    other = await desk.person(DOCTOR, username="other", external_id="h-2")
    cases: list[tuple[Awaitable[object], str]] = [
        (desk.person(DOCTOR, username="ROY"), "username"),
        (desk.person(DOCTOR, username="new", external_id="h-1"), "externalId"),
        (desk.admin.put(ROY, external_id="h-3", disabled=None), "username"),
        (desk.admin.put(ROY, external_id="h-2", disabled=None), "username"),
        (desk.admin.change(user_id=other.id, changes={"username": "roy"}), "username"),
    ]
    for call, field in cases:
        error = await refused(call)
        assert isinstance(error, Conflict)
        assert error.fields == {field: "taken"}


async def test_a_password_reset_and_another_role_end_sessions(desk: Desk) -> None:
    user = await desk.person(PATIENT, username="roy")
    await login(desk)
    await desk.admin.change(user_id=user.id, changes={"password": NEW_PASSWORD})
    assert [type(fact) for fact in desk.published.facts] == [SessionsEnded]
    await login(desk, password=NEW_PASSWORD)
    desk.published.clear()
    changed = await desk.admin.change(user_id=user.id, changes={"role": MEMBER, "email": "a@example.org"})
    assert (changed.role, changed.email) == (MEMBER, "a@example.org")
    assert [type(fact) for fact in desk.published.facts] == [SessionsEnded, UserChanged]
    error = await refused(desk.admin.change(user_id=user.id, changes={"password": "short"}))
    assert isinstance(error, ValidationFailed)
    assert isinstance(await refused(desk.admin.change(user_id=10**12, changes={"username": "x"})), NotFound)
    assert isinstance(await refused(desk.admin.get(user_id=10**12)), NotFound)


async def test_the_role_of_somebody_with_links_stays(desk: Desk) -> None:
    patient, doctor = await desk.person(PATIENT), await desk.person(DOCTOR)
    await desk.link(patient, doctor)
    for user in (patient, doctor):
        error = await refused(desk.admin.change(user_id=user.id, changes={"role": MENTOR}))
        assert isinstance(error, Conflict)
        assert error.fields == {"role": "role_in_use"}


async def test_users_are_listed_filtered_and_paged(desk: Desk) -> None:
    ids = [(await desk.person(PATIENT, "Hélène", f"Number {number}")).id for number in range(5)]
    off = await desk.person(DOCTOR, "Marc", "Gone", disabled=True, email="Marc@Example.org", external_id="xqzw-0177")
    seen: list[int] = []
    before: int | None = None
    while True:
        page = await desk.admin.page(filters=UserFilter(q="helene numbr"), before=before, limit=2)
        seen += [item.id for item in page.items]
        if page.next is None:
            break
        before = int(page.next)
    assert seen == ids[::-1]
    for filters in (
        UserFilter(disabled=True),
        UserFilter(role=DOCTOR),
        UserFilter(q="marc@example.org"),
        UserFilter(q="xqzw-0177"),
    ):
        found = await desk.admin.page(filters=filters, before=None, limit=10)
        assert [item.id for item in found.items] == [off.id]


async def test_eight_identical_puts_make_one_link(desk: Desk, second_desk: Desk) -> None:
    patient, doctor = await desk.person(PATIENT, external_id="p"), await desk.person(DOCTOR, external_id="d")
    people = LinkPeople(patient=PersonKey(external_id="p"), doctor=PersonKey(external_id="d"))
    results = await asyncio.gather(
        *(node.links.put(people, external_id="l-1", until=None) for _ in range(4) for node in (desk, second_desk))
    )
    assert sorted(result.created for result in results) == [False] * 7 + [True]
    told = [*desk.published.facts, *second_desk.published.facts]
    assert told == [CareLinkChanged(patient_id=patient.id, doctor_id=doctor.id)]
    assert len((await desk.links.page(filters=LinkFilter(), before=None, limit=9)).items) == 1


async def test_of_two_links_of_the_same_people_one_is_open(desk: Desk, second_desk: Desk) -> None:
    patient, doctor = await desk.person(PATIENT), await desk.person(DOCTOR)
    results = await asyncio.gather(
        *(
            node.links.put(pair(patient, doctor), external_id=f"l-{number}", until=None)
            for number, node in enumerate([desk, second_desk] * 4)
        ),
        return_exceptions=True,
    )
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert all(isinstance(result, Conflict) for result in results if isinstance(result, BaseException))


async def test_a_link_ends_and_opens_again(desk: Desk) -> None:
    patient, doctor = await desk.person(PATIENT), await desk.person(DOCTOR)
    people, told = pair(patient, doctor), desk.published.facts
    await desk.links.put(people, external_id="l", until=None)
    ended_at = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    ended = (await desk.links.put(people, external_id="l", until=ended_at)).link
    assert (ended.until, ended.active) == (ended_at, False)
    await desk.links.put(people, external_id="l", until=ended_at)
    assert len(told) == 2
    assert (await desk.links.put(people, external_id="l", until=None)).link.active
    assert len(told) == 3
    assert not (await desk.links.end(external_id="l")).active
    assert not (await desk.links.end(link_id=ended.id)).active
    assert len(told) == 4
    assert isinstance(await refused(desk.links.end(link_id=10**12)), NotFound)


async def test_links_that_cannot_be(desk: Desk) -> None:
    patient, doctor, other = [await desk.person(role) for role in (PATIENT, DOCTOR, PATIENT)]
    tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    nobody = LinkPeople(patient=PersonKey(external_id="?"), doctor=PersonKey(user_id=doctor.id))
    for people, until, fields in (
        (pair(doctor, patient), None, {"patientId": "wrong_role"}),
        (pair(patient, other), None, {"doctorId": "wrong_role"}),
        (nobody, None, {"patientExternalId": "unknown_user"}),
        (pair(patient, doctor), tomorrow, {"until": "out_of_range"}),
    ):
        error = await refused(desk.links.put(people, external_id="l", until=until))
        assert isinstance(error, ValidationFailed)
        assert error.fields == fields
    await desk.links.put(pair(patient, doctor), external_id="l", until=None)
    error = await refused(desk.links.put(pair(other, doctor), external_id="l", until=None))
    assert isinstance(error, Conflict)
    assert error.fields == {"externalId": "taken"}


async def test_opening_again_beside_another_open_link_is_a_conflict(desk: Desk) -> None:
    patient, doctor = await desk.person(PATIENT), await desk.person(DOCTOR)
    await desk.links.put(pair(patient, doctor), external_id="old", until=None)
    await desk.links.end(external_id="old")
    await desk.links.put(pair(patient, doctor), external_id="new", until=None)
    error = await refused(desk.links.put(pair(patient, doctor), external_id="old", until=None))
    assert isinstance(error, Conflict)


async def test_a_link_made_by_hand_becomes_the_hosts(desk: Desk) -> None:
    patient, doctor = await desk.person(PATIENT), await desk.person(DOCTOR)
    by_hand = await desk.links.add(pair(patient, doctor))
    assert by_hand.created
    assert not (await desk.links.add(pair(patient, doctor))).created
    adopted = await desk.links.put(pair(patient, doctor), external_id="l", until=None)
    assert (adopted.created, adopted.link.id, adopted.link.external_id) == (False, by_hand.link.id, "l")
    assert len(desk.published.facts) == 1
    assert await desk.links.end_between(pair(patient, doctor))
    assert not await desk.links.end_between(pair(patient, doctor))
    assert len(desk.published.facts) == 2


async def test_whom_one_may_talk_to(desk: Desk) -> None:
    patient, doctor, stranger = [await desk.person(role) for role in (PATIENT, DOCTOR, DOCTOR)]
    member, mentor, admin = [await desk.person(role) for role in (MEMBER, MENTOR, ADMIN)]
    await desk.link(patient, doctor)
    desk.online.ids.add(doctor.id)
    expected = {patient: [doctor], doctor: [patient], stranger: [], member: [mentor], mentor: [member], admin: []}
    for viewer, partners in expected.items():
        page = await desk.people.partners(principal(viewer), before=None, limit=50)
        assert [(item.row.id, item.online) for item in page.items] == [(p.id, p.id == doctor.id) for p in partners]
    await desk.links.end_between(pair(patient, doctor))
    await desk.admin.change(user_id=mentor.id, changes={"disabled": True})
    for viewer in (patient, doctor, member):
        assert (await desk.people.partners(principal(viewer), before=None, limit=50)).items == []


@pytest.mark.parametrize(("kind", "visible"), [("care", [True, False]), ("mentoring", [False, True])])
async def test_a_kind_that_is_off_hides_its_people(database: Database, kind: str, visible: list[bool]) -> None:
    desk = Desk(database, kinds=frozenset({kind}))
    patient, doctor = await desk.person(PATIENT), await desk.person(DOCTOR)
    member, _ = await desk.person(MEMBER), await desk.person(MENTOR)
    await desk.link(patient, doctor)
    seen = [await desk.people.partners(principal(viewer), before=None, limit=5) for viewer in (patient, member)]
    assert [bool(page.items) for page in seen] == visible
