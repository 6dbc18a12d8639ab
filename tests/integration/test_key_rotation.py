"""Wrapping data keys anew on a real database: whole, in pieces, by several at once, and what still needs an old key."""

import asyncio
import os

import pytest

from repositories.unit_of_work import Database
from server.security.cipher import AesContentCipher
from server.security.fingerprints import KeysDiffer, check_fingerprints, fingerprints, missing_keys
from server.security.master_keys import MasterKeys
from server.security.secrets_store import Secrets
from services.key_rotation import KeyRotation, KeyState, Progress, Unopened
from services.unreadable import SAID_INSTEAD
from tests.support.house import House, Pair
from tests.support.postgres import ScratchDatabase, connected

OLD, NEW = os.urandom(32), os.urandom(32)
ONLY_OLD, BOTH, ONLY_NEW = MasterKeys({"k1": OLD}), MasterKeys({"k2": NEW, "k1": OLD}), MasterKeys({"k2": NEW})
TEXTS = ("first", "second", "third", "fourth", "fifth")


def rotation(database: Database, keys: MasterKeys, *, batch: int = 2) -> KeyRotation:
    return KeyRotation(unit_of_work=database, cipher=AesContentCipher(keys), master_keys=keys, batch=batch)


async def rotated(database: Database, keys: MasterKeys = BOTH) -> list[Progress]:
    return [progress async for progress in rotation(database, keys).rotate()]


@pytest.fixture
async def pairs(database: Database, clean_database: ScratchDatabase) -> list[Pair]:
    """A message in each, sealed when only the old key was there."""
    house = House(database, AesContentCipher(ONLY_OLD), clean_database.owner_url)
    made = [await house.care_pair() for _ in TEXTS]
    for pair, text in zip(made, TEXTS, strict=True):
        await house.say(pair.first, pair, text)
    return made


async def read(database: Database, keys: MasterKeys, pairs: list[Pair]) -> tuple[str, ...]:
    house = House(database, AesContentCipher(keys), "")
    pages = [await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10) for pair in pairs]
    return tuple(str(page.items[0].content) for page in pages)


async def test_afterwards_the_new_key_is_enough(database: Database, pairs: list[Pair]) -> None:
    assert await read(database, ONLY_NEW, pairs) == (str(SAID_INSTEAD),) * 5
    assert await rotated(database) == [
        Progress(0, 5),
        Progress(2, 3),
        Progress(4, 1),
        Progress(5, 0),
        Progress(5, 0),
    ]
    assert await read(database, ONLY_NEW, pairs) == TEXTS
    assert await read(database, BOTH, pairs) == TEXTS
    assert await rotated(database) == [Progress(0, 0), Progress(0, 0)]


async def test_what_was_cut_off_is_gone_on_with(database: Database, pairs: list[Pair]) -> None:
    async for progress in rotation(database, BOTH).rotate():
        if progress.done:
            break
    assert await read(database, BOTH, pairs) == TEXTS
    assert await rotation(database, BOTH).states() == [
        KeyState("k2", True, True, {"conversations": 2}),
        KeyState("k1", False, True, {"conversations": 3}),
    ]
    assert (await rotated(database))[-1] == Progress(3, 0)
    assert await read(database, ONLY_NEW, pairs) == TEXTS


async def test_several_at_once_share_the_work(database: Database, second_database: Database, pairs: list[Pair]) -> None:
    runs = await asyncio.gather(*[rotated(where) for where in (database, second_database) * 2])
    assert sum(run[-1].done for run in runs) == len(pairs)
    assert await read(database, ONLY_NEW, pairs) == TEXTS


async def test_a_key_that_was_destroyed_meanwhile_stays_destroyed(
    database: Database, pairs: list[Pair], clean_database: ScratchDatabase
) -> None:
    async with database.reading() as repositories:
        rows = await repositories.keys.wrapped("conversations", key_id="k1", after_id=0, limit=10)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE conversations SET key_id = '', data_key = '', status = 'closed', shredded_at = now()")
    wrapped = [AesContentCipher(BOTH).rewrap("k1", row.data_key) for row in rows]
    async with database.transaction() as repositories:
        replaced = await repositories.keys.replace(
            "conversations", rows, old_key_id="k1", new_key_id="k2", new_keys=[key.blob for key in wrapped]
        )
    assert replaced == 0
    assert await rotation(database, BOTH).states() == [KeyState("k2", True, True, {}), KeyState("k1", False, True, {})]


async def test_without_the_old_key_nothing_is_changed(database: Database, pairs: list[Pair]) -> None:
    unopened = tuple(Unopened("conversations", pair.conversation_id) for pair in pairs)
    assert (await rotated(database, ONLY_NEW))[-1] == Progress(0, 5, unopened)
    assert await rotation(database, ONLY_NEW).states() == [
        KeyState("k2", True, True, {}),
        KeyState("k1", False, False, {"conversations": 5}),
    ]
    assert await read(database, ONLY_OLD, pairs) == TEXTS


async def test_a_damaged_key_is_named_and_not_written_over_and_the_others_go_on(
    database: Database, pairs: list[Pair], clean_database: ScratchDatabase
) -> None:
    damaged, healthy = pairs[0].conversation_id, pairs[1:]
    turned = "UPDATE conversations SET data_key = set_byte(data_key, 20, 255 - get_byte(data_key, 20)) WHERE id = %s"
    with connected(clean_database.owner_url) as cursor:
        cursor.execute(turned, (damaged,))
        cursor.execute("SELECT key_id, data_key FROM conversations WHERE id = %s", (damaged,))
        before = cursor.fetchone()
    assert (await rotated(database))[-1] == Progress(4, 1, (Unopened("conversations", damaged),))
    assert await read(database, ONLY_NEW, healthy) == TEXTS[1:]
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT key_id, data_key FROM conversations WHERE id = %s", (damaged,))
        assert cursor.fetchone() == before
        cursor.execute(turned, (damaged,))  # as a backup would have it
    assert (await rotated(database))[-1] == Progress(1, 0)
    assert await read(database, ONLY_NEW, pairs) == TEXTS


async def test_an_old_key_may_go_only_when_it_wraps_nothing(database: Database, pairs: list[Pair]) -> None:
    jwt_secret = os.urandom(48)
    stored = fingerprints(Secrets(jwt_secret, BOTH))
    without = fingerprints(Secrets(jwt_secret, ONLY_NEW))

    async def start() -> dict[str, str]:
        async with database.reading() as repositories:
            missing = missing_keys(stored, without)
            wrapping = [key_id for key_id in missing if await repositories.keys.is_wrapping(key_id=key_id)]
        return check_fingerprints(stored, without, wrapping=wrapping)

    with pytest.raises(KeysDiffer, match=r"lacks the key 'k1'.*still sealed.*keys rotate"):
        await start()
    await rotated(database)
    assert await start() == {}
    other = fingerprints(Secrets(jwt_secret, MasterKeys({"k2": NEW, "k1": os.urandom(32)})))
    with pytest.raises(KeysDiffer, match="a new key needs an id of its own"):
        check_fingerprints(stored, other)


async def test_rotation_is_nothing_that_people_could_see(database: Database, pairs: list[Pair]) -> None:
    async with database.reading() as repositories:
        before = await repositories.conversations.find(
            conversation_id=pairs[0].conversation_id, viewer_id=pairs[0].first.user_id
        )
    await rotated(database)
    async with database.reading() as repositories:
        after = await repositories.conversations.find(
            conversation_id=pairs[0].conversation_id, viewer_id=pairs[0].first.user_id
        )
    assert before is not None
    assert after is not None
    assert (before.updated_at, before.last_change) == (after.updated_at, after.last_change)
