"""Search over sealed messages on a real database: what is found, by whom, and that the index follows what happens."""

import base64
import os
from itertools import count

import pytest

from repositories.unit_of_work import Database
from server.security.cipher import AesContentCipher
from server.security.master_keys import MasterKeys, parse_master_keys
from server.security.secrets_store import Secrets
from services.errors import Forbidden, NotFound
from services.search_indexer import LeaseLost
from services.security_ports import MasterKeyMissing
from tests.support.house import House
from tests.support.postgres import ScratchDatabase, connected
from tests.support.searching import Searching, marked


@pytest.fixture
def searching(database: Database, secrets: Secrets) -> Searching:
    return Searching(database, secrets.master_keys)


@pytest.fixture
async def second_node(second_database: Database, secrets: Secrets) -> Searching:
    return Searching(second_database, secrets.master_keys)


FOUND = [
    ("reunion", "La Réunion est reportée", "Réunion"),
    ("RÉUNIONS", "la reunion", "reunion"),
    ("appel", "Merci pour l’appel d'hier", "appel"),
    ("l'appel", "un appel", "appel"),
    ("ordonnances", "Votre ordonnance est prête", "ordonnance"),
    ("ordonnance", "deux ordonnances", "ordonnances"),
    ("ordo", "mon ordonnance", "ordonnance"),
    ("ordon", "mon ordonnance", "ordonnance"),
    ("ordonnan", "mon ordonnance", "ordonnance"),
    ("oedeme", "un œdème", "œdème"),
    ("prescriptions", "your prescription", "prescription"),
    ("patient", "the patient's knee", "patient"),
    ("e\u0301quipe", "l'équipe", "équipe"),
]


@pytest.mark.parametrize(("q", "content", "highlighted"), FOUND, ids=[q for q, *_ in FOUND])
async def test_what_is_meant_is_found(
    house: House, searching: Searching, q: str, content: str, highlighted: str
) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, content, "tout autre chose")
    await searching.catch_up()
    for reader in (pair.first, pair.second):
        page = await searching.page(reader, q)
        assert [hit.message.content for hit in page.items] == [content]
        assert marked(page) == [[highlighted]]
        assert [hit.is_mine for hit in page.items] == [reader is pair.first]


async def test_all_words_must_be_there_and_common_ones_do_not_count(house: House, searching: Searching) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "prise de sang lundi", "prise de tension", "don de sang")
    await searching.catch_up()
    assert await searching.texts(pair.second, "prise de sang") == ["prise de sang lundi"]
    assert await searching.texts(pair.second, "prise") == ["prise de tension", "prise de sang lundi"]
    assert await searching.texts(pair.second, "sang prises lun") == ["prise de sang lundi"]
    assert await searching.texts(pair.second, "prise absente") == []
    assert await searching.texts(pair.second, "?!") == []


async def test_pages_go_back_without_a_gap_and_without_a_repeat(house: House, searching: Searching) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, *(f"{'douleur' if n % 2 else 'fatigue'} {n}" for n in range(60)))
    await searching.catch_up()
    found, before = [], None
    while True:
        page = await searching.page(pair.second, "douleurs", before=before, limit=7)
        found += [hit.message.content for hit in page.items]
        if page.next is None:
            break
        before = page.next
    assert found == [f"douleur {n}" for n in range(59, 0, -2)]


async def test_only_in_ones_own_conversations_and_in_the_one_that_is_named(house: House, searching: Searching) -> None:
    one, other = await house.care_pair(), await house.care_pair()
    await house.say(one.first, one, "secret médical")
    await house.say(other.first, other, "autre secret")
    await searching.catch_up()
    assert await searching.texts(one.second, "secret") == ["secret médical"]
    assert await searching.texts(one.second, "secret", one.conversation_id) == ["secret médical"]
    with pytest.raises(NotFound):
        await searching.texts(one.second, "secret", other.conversation_id)
    with pytest.raises(NotFound):
        await searching.texts(one.second, "secret", 2**40)
    assert [(entry.action, entry.result, entry.conversation_id) for entry in searching.trail.entries] == [
        ("search.run", "ok", None),
        ("search.run", "ok", one.conversation_id),
        ("search.run", "denied", other.conversation_id),
        ("search.run", "denied", 2**40),
    ]
    assert "secret" not in repr(searching.trail.entries)


async def test_kinds_that_are_switched_off_are_not_searched(
    house: House, searching: Searching, second_database: Database, secrets: Secrets
) -> None:
    pair = await house.mentoring_pair()
    await house.say(pair.first, pair, "un conseil")
    await searching.catch_up()
    care_only = Searching(second_database, secrets.master_keys, kinds=frozenset({"care"}))
    assert await searching.texts(pair.second, "conseil") == ["un conseil"]
    assert await care_only.texts(pair.second, "conseil") == []
    with pytest.raises(Forbidden):
        await care_only.texts(pair.second, "conseil", pair.conversation_id)


async def test_who_was_removed_finds_nothing_at_once_and_leaves_no_hash(
    house: House, searching: Searching, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "rendez-vous mardi")
    await searching.catch_up()
    conversation = {"conversation_id": pair.conversation_id, "user_id": pair.second.user_id}
    await house.conversations.set_left(**conversation, left=True)
    assert await searching.texts(pair.second, "mardi") == []
    await searching.catch_up()
    assert _readers(clean_database) == {pair.first.user_id}
    await house.conversations.set_left(**conversation, left=False)
    assert await searching.texts(pair.second, "mardi") == []
    await searching.catch_up()
    assert await searching.texts(pair.second, "mardi") == ["rendez-vous mardi"]


async def test_edits_and_deletions_are_followed(
    house: House, searching: Searching, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    first, second = await house.say(pair.first, pair, "migraine", "nausée")
    await searching.catch_up()
    await house.changes.edit(pair.first, message_id=first.id, content="vertige")
    await house.changes.delete(pair.first, message_id=second.id)
    for q in ("migraine", "nausée"):
        assert await searching.texts(pair.second, q) == [], "not even before the index knows of it"
    await searching.catch_up()
    assert await searching.texts(pair.second, "vertiges") == ["vertige"]
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT DISTINCT message_id FROM search_entries")
        assert cursor.fetchall() == [(first.id,)]


async def test_what_was_sent_before_there_was_an_index_is_found_after_it(house: House, searching: Searching) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, *(f"ancien {n}" for n in range(450)))
    await searching.catch_up()
    assert await searching.texts(pair.second, "ancien 42", limit=50) == [
        f"ancien {n}" for n in range(449, -1, -1) if str(n).startswith("42")
    ]


async def test_many_that_only_begin_alike_are_passed_over_in_few_steps(house: House, searching: Searching) -> None:
    pair = await house.care_pair()
    await house.say(
        pair.first, pair, "kinésithérapie", *["kinésiologie"] * 700, "kinésithérapeute", *["kinésiologie"] * 30
    )
    await searching.catch_up()
    statements: list[str] = []
    searching.database.observe = lambda name, seconds: statements.append(name)
    first = await searching.page(pair.second, "kinesit", limit=2)
    assert statements == ["list_search_blocks", *["list_search_candidates"] * 3, "list_found_messages"]
    assert [hit.message.content for hit in first.items] == ["kinésithérapeute"]
    rest = await searching.page(pair.second, "kinesit", limit=2, before=first.next)
    assert ([hit.message.content for hit in rest.items], rest.next) == (["kinésithérapie"], None)


async def test_one_node_indexes_and_another_takes_over_where_it_stopped(
    house: House, searching: Searching, second_node: Searching, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, *(f"message {n}" for n in range(250)))
    assert await searching.indexer.lead()
    assert not await second_node.indexer.lead()
    assert await searching.indexer.index([pair.conversation_id]) == {pair.conversation_id}, "there is more of it"
    _end_lease(clean_database)
    assert await second_node.indexer.lead(), "the first one is gone without a word"
    with pytest.raises(LeaseLost):
        await searching.indexer.index([pair.conversation_id])
    assert second_node.indexer.indexed == 0
    await second_node.catch_up()
    assert second_node.indexer.indexed == 50, "only what the first one had not done"
    assert len(await second_node.texts(pair.second, "message", limit=50)) == 50


async def test_a_batch_that_rests_for_longer_than_the_lease_keeps_it(
    house: House, database: Database, secrets: Secrets, clean_database: ScratchDatabase
) -> None:
    """As in a storm of messages. It would be lost each time that it is tried."""

    async def outlast_the_lease(worked: float) -> None:
        _end_lease(clean_database)

    looks = count()
    slow = Searching(database, secrets.master_keys, rest=outlast_the_lease, clock=lambda: next(looks) * 10.0)
    pair = await house.care_pair()
    await house.say(pair.first, pair, "vaccin", "rappel du vaccin")
    assert await slow.indexer.lead()
    assert await slow.indexer.index([pair.conversation_id]) == set()
    assert await slow.texts(pair.second, "vaccin") == ["rappel du vaccin", "vaccin"]


async def test_a_batch_is_dropped_when_another_node_was_there_while_it_rested(
    house: House, database: Database, secrets: Secrets, second_node: Searching, clean_database: ScratchDatabase
) -> None:
    """Though it has gone again: what is in hand may be older than what that one stored."""

    async def let_another_in(worked: float) -> None:
        _end_lease(clean_database)
        if await second_node.indexer.lead():
            await second_node.indexer.retire()

    looks = count()
    slow = Searching(database, secrets.master_keys, rest=let_another_in, clock=lambda: next(looks) * 10.0)
    pair = await house.care_pair()
    await house.say(pair.first, pair, "vaccin")
    assert await slow.indexer.lead()
    with pytest.raises(LeaseLost):
        await slow.indexer.index([pair.conversation_id])


class Died(BaseException):
    """As if the process were killed there."""


# It rests after it has read, hashed and stored; when hashing takes long, after each message too.
RESTS = {"quick": (0.0, 3), "slow": (1.0, 5)}


@pytest.mark.parametrize(("pace", "before"), [(pace, n) for pace, (_, rests) in RESTS.items() for n in range(rests)])
async def test_a_batch_that_dies_anywhere_is_done_again(
    house: House, database: Database, secrets: Secrets, pace: str, before: int
) -> None:
    seconds_a_look, rests = RESTS[pace]
    left = before

    async def die(worked: float) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Died

    looks = count()
    mortal = Searching(database, secrets.master_keys, rest=die, clock=lambda: next(looks) * seconds_a_look)
    next_one = Searching(database, secrets.master_keys)
    pair = await house.care_pair()
    await house.say(pair.first, pair, "vaccin", "rappel du vaccin")
    assert await mortal.indexer.lead()
    with pytest.raises(Died):
        await mortal.indexer.index([pair.conversation_id])
    await mortal.indexer.retire()
    stored = before == rests - 1  # only the rest after the commit was left to do
    assert await next_one.texts(pair.second, "vaccin") == (["rappel du vaccin", "vaccin"] if stored else [])
    await next_one.catch_up()
    assert await next_one.texts(pair.second, "vaccin") == ["rappel du vaccin", "vaccin"]
    assert await next_one.indexer.behind(0) == []


async def test_a_message_that_does_not_open_keeps_no_other_from_being_found(
    house: House, searching: Searching, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    first, second = await house.say(pair.first, pair, "grippe un", "grippe deux")
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE messages SET content = '\\x01' WHERE id = %s", (first.id,))
    await searching.catch_up()
    assert searching.indexer.unreadable == 1
    assert await searching.texts(pair.second, "grippe") == [second.content]
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE messages SET content = '\\x01' WHERE id = %s", (second.id,))
    assert await searching.texts(pair.second, "grippe") == []


async def test_what_is_shredded_leaves_the_index(
    house: House, searching: Searching, clean_database: ScratchDatabase
) -> None:
    pair, other = await house.care_pair(), await house.care_pair()
    for one in (pair, other):
        await house.say(one.first, one, "scanner")
    await searching.catch_up()
    async with searching.database.transaction() as repositories:
        await repositories.search.forget([pair.conversation_id])
    assert _readers(clean_database) == {other.first.user_id, other.second.user_id}
    assert await searching.indexer.behind(0) == []


async def test_the_index_outlives_a_rotation_of_master_keys(
    house: House, searching: Searching, second_database: Database, secrets: Secrets, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "radiographie")
    await searching.catch_up()
    before = _hashes(clean_database)
    both = _rotated(secrets.master_keys)
    rotated = Searching(second_database, both)
    old_id = secrets.master_keys.current_id
    async with second_database.transaction() as repositories:
        rows = await repositories.keys.wrapped("search_secrets", key_id=old_id, after_id=0, limit=5)
        new = AesContentCipher(both).rewrap(old_id, rows[0].data_key)
        for replaced in (1, 0):
            assert replaced == await repositories.keys.replace(
                "search_secrets", rows, old_key_id=old_id, new_key_id=new.key_id, new_keys=[new.blob]
            )
    assert await searching.texts(pair.second, "radio") == ["radiographie"], (
        "a node that still has the old secret at hand"
    )
    assert await rotated.texts(pair.second, "radio") == ["radiographie"]
    await house.say(pair.first, pair, "autre radiographie")
    await rotated.indexer.retire()
    _end_lease(clean_database)
    await rotated.catch_up()
    assert set(before) < set(_hashes(clean_database))
    with pytest.raises(MasterKeyMissing):
        await Searching(second_database, secrets.master_keys).texts(pair.second, "radio")


async def test_the_same_word_has_another_hash_for_each_reader(
    house: House, searching: Searching, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "grossesse")
    await searching.catch_up()
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT tokens FROM search_entries ORDER BY reader_id")
        [(mine,), (theirs,)] = cursor.fetchall()
    assert len(mine) == len(theirs) > 3
    assert set(mine).isdisjoint(theirs)


def _readers(database: ScratchDatabase) -> set[int]:
    with connected(database.owner_url) as cursor:
        cursor.execute("SELECT DISTINCT reader_id FROM search_entries")
        return {reader_id for (reader_id,) in cursor.fetchall()}


def _hashes(database: ScratchDatabase) -> list[int]:
    with connected(database.owner_url) as cursor:
        cursor.execute("SELECT unnest(tokens) FROM search_entries")
        return [token for (token,) in cursor.fetchall()]


def _end_lease(database: ScratchDatabase) -> None:
    """As if its time were over."""
    with connected(database.owner_url) as cursor:
        cursor.execute("UPDATE search_lease SET until = now() - interval '1 second'")


def _rotated(old: MasterKeys) -> MasterKeys:
    """A new current key, the old one behind it."""
    known = ",".join(f"{key_id}:{base64.b64encode(key).decode()}" for key_id, key in old.by_id.items())
    return parse_master_keys(f"new:{base64.b64encode(os.urandom(32)).decode()},{known}")
