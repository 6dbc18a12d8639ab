"""Searching people as they are typed, in one query a page."""

import pytest

from repositories.errors import ConstraintViolated
from repositories.unit_of_work import Database
from repositories.users import BearerKey, PartnerFilter, PartnerRow, UserDetails, UserRow
from services.principal import DOCTOR, MEMBER, MENTOR, PATIENT
from tests.support.house import House
from tests.support.people import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def partners(
    desk: Desk, viewer_id: int, q: str | None = None, *, before: int | None = None, limit: int = 50
) -> list[PartnerRow]:
    async with desk.database.reading() as repositories:
        return await repositories.users.partners(
            viewer_id=viewer_id, filters=PartnerFilter(care=True, counterpart=None, q=q), before=before, limit=limit
        )


async def clinic(desk: Desk) -> tuple[UserRow, dict[str, int]]:
    """A patient and the doctors who care for them, by last name."""
    patient = await desk.person(PATIENT)
    names = [("Hélène", "Dupont"), ("Marc", "Lefèvre"), ("José", "Müller"), ("Anne", "O'Brien-100%_sure")]
    doctors = [await desk.person(DOCTOR, first, last) for first, last in names]
    for doctor in doctors:
        await desk.link(patient, doctor)
    return patient, {doctor.last_name: doctor.id for doctor in doctors}


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("helene", "Dupont"),
        ("HÉLÈNE DUPONT", "Dupont"),
        ("dupont helene", "Dupont"),
        ("dup", "Dupont"),
        ("upon", "Dupont"),
        ("dupnt", "Dupont"),
        ("dupomt", "Dupont"),
        ("lefevre", "Lefèvre"),
        ("lefebvre", "Lefèvre"),
        ("muler", "Müller"),
        ("jose mul", "Müller"),
        ("100%_sure", "O'Brien-100%_sure"),
    ],
)
async def test_accents_case_order_and_typos_do_not_matter(desk: Desk, q: str, found: str) -> None:
    patient, ids = await clinic(desk)
    assert (await partners(desk, patient.id, q))[0].id == ids[found]


@pytest.mark.parametrize("q", ["zzz", "helene muller", "%", "_ _", "\\"])
async def test_what_fits_nobody_finds_nobody(desk: Desk, q: str) -> None:
    patient, ids = await clinic(desk)
    assert {row.id for row in await partners(desk, patient.id, q)} <= {ids["O'Brien-100%_sure"]}


@pytest.mark.parametrize("q", [None, "", "  "])
async def test_without_words_all_are_listed_by_name(desk: Desk, q: str | None) -> None:
    patient, _ = await clinic(desk)
    names = [row.last_name for row in await partners(desk, patient.id, q)]
    assert names == ["Dupont", "Lefèvre", "Müller", "O'Brien-100%_sure"]


@pytest.mark.parametrize("q", [None, "e"])
async def test_pages_together_are_the_whole(desk: Desk, q: str | None) -> None:
    patient, _ = await clinic(desk)
    whole = [row.id for row in await partners(desk, patient.id, q)]
    seen: list[int] = []
    while page := await partners(desk, patient.id, q, before=seen[-1] if seen else None, limit=1):
        seen += [row.id for row in page]
    assert len(whole) >= 2
    assert seen == whole


async def test_a_partner_comes_with_the_conversation_unless_somebody_was_removed(desk: Desk, house: House) -> None:
    pair = await house.care_pair()
    assert [row.conversation_id for row in await partners(desk, pair.first.user_id)] == [pair.conversation_id]
    await house.conversations.set_left(conversation_id=pair.conversation_id, user_id=pair.second.user_id, left=True)
    assert await partners(desk, pair.first.user_id) == []


async def test_the_role_narrows_down(desk: Desk) -> None:
    member, mentor = await desk.person(MEMBER), await desk.person(MENTOR)
    for role, ids in ((MENTOR, [mentor.id]), (DOCTOR, []), (None, [mentor.id])):
        filters = PartnerFilter(care=False, counterpart=MENTOR, role=role)
        async with desk.database.reading() as repositories:
            rows = await repositories.users.partners(viewer_id=member.id, filters=filters, before=None, limit=5)
        assert [row.id for row in rows] == ids


async def test_an_update_that_changes_nothing_says_so(desk: Desk) -> None:
    user = await desk.person(DOCTOR, "Léa", "Roy", username="roy")
    await desk.person(DOCTOR, username="blanc")
    same = UserDetails(username="roy", first_name="Léa", last_name="Roy", email=None, role=DOCTOR)
    other = UserDetails(username="BLANC", first_name="Léa", last_name="Roy", email=None, role=DOCTOR)
    async with desk.database.transaction() as repositories:
        assert not await repositories.users.update(same, user_id=user.id)
    with pytest.raises(ConstraintViolated) as error:
        async with desk.database.transaction() as repositories:
            await repositories.users.update(other, user_id=user.id)
    assert error.value.constraint == "users_username_key"


async def test_a_bearer_is_found_by_either_key_with_its_own_sessions_only(desk: Desk) -> None:
    user, other = await desk.person(PATIENT, external_id="h-1"), await desk.person(PATIENT)
    caller = await desk.authentication.authenticate(await desk.token(user))
    async with desk.database.reading() as repositories:
        users = repositories.users
        page = await repositories.sessions.page(user_id=caller.user_id, before=None, limit=1)
        keys = [
            BearerKey(external_id="h-1"),
            BearerKey(user_id=10**12, external_id="h-1"),
            BearerKey(user_id=user.id, session_id=str(page[0].id)),
            BearerKey(user_id=other.id, session_id=str(page[0].id), greeted=True),
            BearerKey(),
        ]
        by_key, nobody, own, foreign, nothing = await users.bearers(keys, kinds={"care"})
    assert by_key is not None
    assert own is not None
    assert foreign is not None
    assert (by_key.user_id, by_key.session_known, by_key.unread) == (user.id, False, None)
    assert (own.session_known, own.session_alive, own.unread) == (True, True, None)
    assert (foreign.user_id, foreign.session_known, foreign.unread) == (other.id, False, 0)
    assert (nobody, nothing) == (None, None)
