"""Rows of sessions, and what two transactions at once do to them."""

import asyncio
import uuid

from repositories.unit_of_work import Database
from services.principal import PATIENT
from tests.support.people import Desk


async def insert(database: Database, user_id: int, password_hash: str | None = None) -> uuid.UUID | None:
    session_id = uuid.uuid4()
    async with database.transaction() as repositories:
        made = await repositories.sessions.insert(
            session_id=session_id,
            user_id=user_id,
            password_hash=password_hash,
            seconds=60,
            address="192.0.2.1",
            device="d",
        )
    return session_id if made else None


async def test_no_session_for_a_disabled_user_or_a_replaced_password(database: Database) -> None:
    desk = Desk(database)
    user, off = await desk.person(PATIENT), await desk.person(PATIENT, disabled=True)
    assert await insert(database, user.id) is not None
    assert await insert(database, user.id, "not the hash") is None
    assert await insert(database, off.id) is None
    assert await insert(database, 10**12) is None


async def test_disabling_waits_for_a_login_and_ends_its_session(database: Database, second_database: Database) -> None:
    """Without the share lock the session would be committed after those of the user were ended, and live."""
    desk = Desk(second_database)
    user = await desk.person(PATIENT)
    session_id = uuid.uuid4()
    async with database.transaction() as repositories:
        await repositories.sessions.insert(
            session_id=session_id, user_id=user.id, password_hash=None, seconds=60, address=None, device="d"
        )
        disabling = asyncio.create_task(desk.admin.change(user_id=user.id, changes={"disabled": True}))
        done, _ = await asyncio.wait({disabling}, timeout=0.3)
        assert not done
    await disabling
    async with database.reading() as repositories:
        assert await repositories.sessions.page(user_id=user.id, before=None, limit=5) == []


async def test_the_second_of_two_locks_sees_what_the_first_wrote(database: Database, second_database: Database) -> None:
    user = await Desk(database).person(PATIENT)
    session_id = await insert(database, user.id)
    assert session_id is not None

    async def second() -> tuple[int, bool]:
        async with second_database.transaction() as repositories:
            locked = await repositories.sessions.lock(session_id=session_id, grace=30)
        assert locked is not None
        return locked.generation, locked.in_grace

    async with database.transaction() as repositories:
        await repositories.sessions.lock(session_id=session_id, grace=30)
        waiting = asyncio.create_task(second())
        done, _ = await asyncio.wait({waiting}, timeout=0.3)
        assert not done
        await repositories.sessions.rotate(session_id=session_id, seconds=60)
    assert await waiting == (2, True)


async def test_grace_is_as_long_as_asked(database: Database) -> None:
    user = await Desk(database).person(PATIENT)
    session_id = await insert(database, user.id)
    assert session_id is not None
    for grace, in_grace in ((30.0, True), (0.0, False)):
        async with database.transaction() as repositories:
            locked = await repositories.sessions.lock(session_id=session_id, grace=grace)
        assert locked is not None
        assert (locked.in_grace, locked.ended, locked.expired) == (in_grace, False, False)


async def test_all_but_one_end(database: Database) -> None:
    user = await Desk(database).person(PATIENT)
    kept, *others = [await insert(database, user.id) for _ in range(3)]
    async with database.transaction() as repositories:
        ended = await repositories.sessions.end_all(user_id=user.id, except_id=kept, reason="x")
    assert set(ended) == {str(session_id) for session_id in others}
    async with database.reading() as repositories:
        assert [row.id for row in await repositories.sessions.page(user_id=user.id, before=None, limit=5)] == [kept]


async def test_of_two_nodes_that_start_at_once_one_is_first(database: Database, second_database: Database) -> None:
    async def start(node: Database, value: str) -> dict[str, str]:
        async with node.transaction() as repositories:
            known = await repositories.instance.entries()
            if not known:
                await repositories.instance.keep(key="fingerprint.jwt_secret", value=value)
            return known

    found = await asyncio.gather(*(start(node, value) for value in "abcd" for node in (database, second_database)))
    assert sum(not known for known in found) == 1
    async with database.transaction() as repositories:
        await repositories.instance.keep(key="fingerprint.jwt_secret", value="later")
        assert len(set((await repositories.instance.entries()).values()) & set("abcd")) == 1
