"""Logging in, staying in and being thrown out, on a real database and from two nodes at once."""

import asyncio
import uuid
from collections.abc import Callable

import pytest

from repositories.unit_of_work import Database
from server.security.passwords import Argon2PasswordHasher, Cost
from services.errors import (
    AuthRequired,
    NotFound,
    RateLimitExceeded,
    SessionExpired,
    Unavailable,
    ValidationFailed,
)
from services.events import SessionsEnded, UserChanged, UserDisabled
from services.principal import ADMIN, DOCTOR, PATIENT
from tests.support.people import PASSWORD, Desk, login, principal, refused, some_session
from tests.support.postgres import ScratchDatabase, connected

NEW_PASSWORD = "another fine password"


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def second_desk(second_database: Database) -> Desk:
    return Desk(second_database)


@pytest.fixture
def owner(clean_database: ScratchDatabase) -> Callable[[str], None]:
    """Runs SQL as the owner of the tables: time travel for tests."""

    def run(sql: str) -> None:
        with connected(clean_database.owner_url) as cursor:
            cursor.execute(sql)

    return run


async def test_login_gives_a_token_that_names_a_listed_session(desk: Desk) -> None:
    user = await desk.person(DOCTOR, username="Roy")
    signed_in = await login(desk, "ROY")
    caller = await desk.authentication.authenticate(signed_in.access_token)
    assert (caller.user_id, caller.role) == (user.id, DOCTOR)
    page = await desk.sessions.page(caller, before=None, limit=10)
    assert [(str(item.row.id), item.current, item.row.address, item.row.device) for item in page.items] == [
        (caller.session_id, True, "192.0.2.7", "Test/1.0")
    ]
    assert signed_in.expires_in == 900


async def test_unknown_disabled_without_and_wrong_password_are_one_answer(desk: Desk) -> None:
    await desk.person(DOCTOR, username="known")
    await desk.person(DOCTOR, username="off", disabled=True)
    await desk.person(DOCTOR, username="hosted", password=None)
    answers = [
        await refused(login(desk, username, password))
        for username, password in (("known", "wrong"), ("off", PASSWORD), ("hosted", PASSWORD), ("nobody", PASSWORD))
    ]
    assert {(type(answer), answer.reason) for answer in answers} == {(AuthRequired, "wrong_login")}


async def test_only_failed_logins_count(desk: Desk) -> None:
    await desk.person(DOCTOR, username="roy")
    for _ in range(12):
        await login(desk)
    for _ in range(10):
        assert isinstance(await refused(login(desk, "Roy", "wrong")), AuthRequired)
    assert isinstance(await refused(login(desk)), RateLimitExceeded)


async def test_a_hash_of_an_older_cost_is_made_anew(desk: Desk) -> None:
    user = await desk.person(DOCTOR, username="roy")
    earlier = Argon2PasswordHasher(cost=Cost(passes=2, memory_kib=8, lanes=1))
    async with desk.database.transaction() as repositories:
        await repositories.users.set_password(user_id=user.id, password_hash=await earlier.hash(PASSWORD))
    await login(desk)
    async with desk.database.reading() as repositories:
        found = await repositories.users.credentials(user_id=user.id)
    assert found is not None
    assert "t=1" in (found.password_hash or "")
    await login(desk)


async def test_refresh_rotates_and_a_lost_reply_can_be_repeated(desk: Desk) -> None:
    await desk.person(DOCTOR, username="roy")
    first = await login(desk)
    second = await desk.auth.refresh(refresh_token=first.refresh_token)
    again = await desk.auth.refresh(refresh_token=first.refresh_token)
    assert second.refresh_token == again.refresh_token != first.refresh_token
    third = await desk.auth.refresh(refresh_token=second.refresh_token)
    assert third.refresh_token not in {first.refresh_token, second.refresh_token}
    assert (await desk.authentication.authenticate(third.access_token)).user_id == third.user.id


async def test_two_tabs_refresh_at_once(desk: Desk, second_desk: Desk) -> None:
    await desk.person(DOCTOR, username="roy")
    start = await login(desk)
    both = await asyncio.gather(
        *(node.auth.refresh(refresh_token=start.refresh_token) for _ in range(4) for node in (desk, second_desk))
    )
    assert len({item.refresh_token for item in both}) == 1
    async with desk.database.transaction() as repositories:
        session_id = uuid.UUID(desk.refresh_tokens.parse(start.refresh_token).session_id)
        session = await repositories.sessions.lock(session_id=session_id, grace=30)
    assert session is not None
    assert session.generation == 2


async def test_a_token_older_than_the_last_ends_the_session(desk: Desk) -> None:
    await desk.person(DOCTOR, username="roy")
    first = await login(desk)
    second = await desk.auth.refresh(refresh_token=first.refresh_token)
    third = await desk.auth.refresh(refresh_token=second.refresh_token)
    assert isinstance(await refused(desk.auth.refresh(refresh_token=first.refresh_token)), SessionExpired)
    session_id = desk.refresh_tokens.parse(first.refresh_token).session_id
    assert desk.published.of(SessionsEnded) == [SessionsEnded(user_id=first.user.id, session_ids=(session_id,))]
    assert isinstance(await refused(desk.auth.refresh(refresh_token=third.refresh_token)), SessionExpired)
    assert isinstance(await refused(desk.authentication.authenticate(third.access_token)), SessionExpired)


async def test_after_the_grace_the_last_token_is_reuse_too(desk: Desk, owner: Callable[[str], None]) -> None:
    await desk.person(DOCTOR, username="roy")
    first = await login(desk)
    await desk.auth.refresh(refresh_token=first.refresh_token)
    owner("UPDATE sessions SET rotated_at = now() - interval '31 seconds'")
    assert isinstance(await refused(desk.auth.refresh(refresh_token=first.refresh_token)), SessionExpired)
    assert len(desk.published.of(SessionsEnded)) == 1


async def test_a_session_that_was_not_used_is_over(desk: Desk, owner: Callable[[str], None]) -> None:
    await desk.person(DOCTOR, username="roy")
    first = await login(desk)
    owner("UPDATE sessions SET expires_at = now() - interval '1 second'")
    assert isinstance(await refused(desk.auth.refresh(refresh_token=first.refresh_token)), SessionExpired)
    assert isinstance(await refused(desk.authentication.authenticate(first.access_token)), SessionExpired)
    caller = principal(first.user)
    assert (await desk.sessions.page(caller, before=None, limit=10)).items == []


@pytest.mark.parametrize("token", [None, "", "rubbish", "a.b.c"])
async def test_what_is_no_refresh_token_is_refused_and_logs_nobody_out(desk: Desk, token: str | None) -> None:
    assert isinstance(await refused(desk.auth.refresh(refresh_token=token)), AuthRequired)
    await desk.auth.logout(refresh_token=token)
    assert desk.published.facts == []


async def test_a_refresh_token_of_a_session_that_never_was(desk: Desk) -> None:
    token = desk.refresh_tokens.issue(str(some_session()), 1)
    assert isinstance(await refused(desk.auth.refresh(refresh_token=token)), AuthRequired)
    await desk.auth.logout(refresh_token=token)
    assert desk.published.facts == []


async def test_logout_ends_the_session_once(desk: Desk) -> None:
    await desk.person(DOCTOR, username="roy")
    signed_in = await login(desk)
    for _ in range(2):
        await desk.auth.logout(refresh_token=signed_in.refresh_token)
    assert len(desk.published.of(SessionsEnded)) == 1
    assert isinstance(await refused(desk.authentication.authenticate(signed_in.access_token)), SessionExpired)


async def test_a_new_password_ends_the_other_sessions(desk: Desk) -> None:
    await desk.person(DOCTOR, username="roy")
    kept, other = await login(desk), await login(desk)
    caller = await desk.authentication.authenticate(kept.access_token)
    await desk.auth.change_password(caller, current=PASSWORD, new=NEW_PASSWORD)
    assert await desk.authentication.authenticate(kept.access_token) == caller
    assert isinstance(await refused(desk.authentication.authenticate(other.access_token)), SessionExpired)
    assert isinstance(await refused(login(desk)), AuthRequired)
    await login(desk, password=NEW_PASSWORD)
    session_id = desk.refresh_tokens.parse(other.refresh_token).session_id
    assert desk.published.facts == [SessionsEnded(user_id=caller.user_id, session_ids=(session_id,))]


@pytest.mark.parametrize(
    ("current", "new", "fields"),
    [
        ("wrong", NEW_PASSWORD, {"currentPassword": "wrong_password"}),
        (PASSWORD, PASSWORD, {"newPassword": "same_password"}),
        (PASSWORD, "short", {"newPassword": "too_short:10"}),
    ],
)
async def test_a_password_that_will_not_do(desk: Desk, current: str, new: str, fields: dict[str, str]) -> None:
    user = await desk.person(DOCTOR, username="roy")
    error = await refused(desk.auth.change_password(principal(user), current=current, new=new))
    assert isinstance(error, ValidationFailed)
    assert error.fields == fields
    await login(desk)


async def test_guessing_the_password_in_a_stolen_session_is_limited(desk: Desk) -> None:
    caller = principal(await desk.person(DOCTOR))
    for _ in range(10):
        await refused(desk.auth.change_password(caller, current="wrong", new=NEW_PASSWORD))
    error = await refused(desk.auth.change_password(caller, current=PASSWORD, new=NEW_PASSWORD))
    assert isinstance(error, RateLimitExceeded)


async def test_what_the_server_is_too_busy_to_check_is_no_guess(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = principal(await desk.person(DOCTOR, username="roy"))
    with monkeypatch.context() as busy:
        # As if a flood of logins had taken all places.
        busy.setattr(desk.hasher, "_limit", 0)
        for _ in range(11):
            assert isinstance(await refused(desk.auth.change_password(caller, current="x", new="y")), Unavailable)
            assert isinstance(await refused(login(desk)), Unavailable)
    await login(desk)
    await desk.auth.change_password(caller, current=PASSWORD, new=NEW_PASSWORD)


async def test_no_spelling_of_a_name_has_guesses_of_its_own(desk: Desk) -> None:
    """To PostgreSQL a dotted capital I is an i: who can log in by a spelling, guesses by it."""
    await desk.person(DOCTOR, username="mimi")
    spellings = ("mimi", "MIMI", "m\u0130mi", "mim\u0130", "M\u0130M\u0130")
    for spelling in spellings:
        await login(desk, spelling)
    assert {key for limit, key in desk.limiter.taken if limit == "login_name"} == {"mimi"}


async def test_whoever_knows_an_id_cannot_keep_its_owner_from_a_new_password(desk: Desk) -> None:
    caller = principal(await desk.person(DOCTOR))
    for name in (f"user:{caller.user_id}", f" {caller.user_id}".strip(), f"{caller.user_id}"):
        for _ in range(10):
            await refused(login(desk, name))
    await desk.auth.change_password(caller, current=PASSWORD, new=NEW_PASSWORD)


async def test_of_two_changes_of_password_at_once_one_wins(desk: Desk, second_desk: Desk) -> None:
    user = await desk.person(DOCTOR, username="roy")
    words = [f"new password number {number}" for number in range(6)]
    results = await asyncio.gather(
        *(
            node.auth.change_password(principal(user), current=PASSWORD, new=word)
            for node, word in zip([desk, second_desk] * 3, words, strict=True)
        ),
        return_exceptions=True,
    )
    assert sum(result is None for result in results) == 1
    await login(desk, password=words[results.index(None)])


async def test_a_disabled_user_is_out_everywhere_at_once(desk: Desk) -> None:
    user = await desk.person(DOCTOR, username="roy")
    signed_in = await login(desk)
    await desk.admin.change(user_id=user.id, changes={"disabled": True})
    assert isinstance(await refused(desk.authentication.authenticate(signed_in.access_token)), AuthRequired)
    assert isinstance(await refused(desk.auth.refresh(refresh_token=signed_in.refresh_token)), SessionExpired)
    assert isinstance(await refused(login(desk)), AuthRequired)
    assert [type(fact) for fact in desk.published.facts] == [SessionsEnded, UserDisabled]
    await desk.admin.change(user_id=user.id, changes={"disabled": False})
    assert desk.published.facts[-1] == UserChanged(user_id=user.id)
    # What was ended stays ended.
    assert isinstance(await refused(desk.authentication.authenticate(signed_in.access_token)), SessionExpired)


async def test_logins_racing_with_being_disabled_leave_no_session(desk: Desk, second_desk: Desk) -> None:
    user = await desk.person(DOCTOR, username="roy")
    await asyncio.gather(
        *(login(node) for _ in range(4) for node in (desk, second_desk)),
        desk.admin.change(user_id=user.id, changes={"disabled": True}),
        return_exceptions=True,
    )
    assert (await desk.sessions.page(principal(user), before=None, limit=50)).items == []


async def test_a_session_is_ended_by_its_owner_or_an_administrator_only(desk: Desk) -> None:
    owner, other = await desk.person(DOCTOR, username="roy"), await desk.person(PATIENT)
    caller = await desk.authentication.authenticate((await login(desk)).access_token)
    session_id = uuid.UUID(caller.session_id or "")
    foreign = await refused(desk.sessions.end(user_id=other.id, session_id=session_id, reason="x"))
    assert isinstance(foreign, NotFound)
    await desk.sessions.end(user_id=owner.id, session_id=session_id, reason="ended_by_owner")
    assert isinstance(
        await refused(desk.authentication.authenticate((await login(desk)).access_token[:-3])), AuthRequired
    )
    twice = await refused(desk.sessions.end(user_id=owner.id, session_id=session_id, reason="x"))
    assert isinstance(twice, NotFound)
    assert await desk.sessions.end_all(user_id=owner.id, reason="x") == 1
    assert await desk.sessions.end_all(user_id=owner.id, reason="x") == 0
    # All of them, with or without a session: the sockets of host tokens too.
    assert desk.published.of(SessionsEnded)[1:] == [SessionsEnded(user_id=owner.id, session_ids=None)] * 2
    assert isinstance(await refused(desk.sessions.end_all(user_id=10**12, reason="x")), NotFound)


async def test_sessions_are_paged(desk: Desk) -> None:
    user = await desk.person(DOCTOR)
    for _ in range(5):
        await desk.token(user)
    admin, seen, before = principal(await desk.person(ADMIN)), [], None
    for _ in range(3):
        page = await desk.sessions.page_of(admin, user_id=user.id, before=before, limit=2)
        seen += [item.row.id for item in page.items]
        before = uuid.UUID(page.next) if page.next else None
    assert before is None
    assert len(set(seen)) == 5
    assert isinstance(await refused(desk.sessions.page_of(admin, user_id=10**12, before=None, limit=2)), NotFound)


async def test_a_token_made_by_hand_is_listed_and_can_be_ended(desk: Desk) -> None:
    user = await desk.person(PATIENT)
    token = await desk.token(user)
    caller = await desk.authentication.authenticate(token)
    page = await desk.sessions.page(caller, before=None, limit=5)
    assert [item.row.device for item in page.items] == ["test"]
    await desk.sessions.end_all(user_id=user.id, reason="x")
    assert isinstance(await refused(desk.authentication.authenticate(token)), SessionExpired)
    for user_id in (10**12, (await desk.person(PATIENT, disabled=True)).id):
        error = await refused(desk.issued.issue(user_id=user_id, seconds=60, device="x"))
        assert isinstance(error, NotFound)


async def test_a_token_of_a_session_that_is_unknown_or_somebody_elses(desk: Desk) -> None:
    one, other = await desk.person(PATIENT), await desk.person(PATIENT)
    caller = await desk.authentication.authenticate(await desk.token(other))
    for session_id in (str(some_session()), caller.session_id or ""):
        token, _ = desk.tokens.issue(one.id, PATIENT, session_id)
        assert isinstance(await refused(desk.authentication.authenticate(token)), AuthRequired)
