"""What the lane of sends says under faults: stored, not stored, or not known, and never one for the other."""

import asyncio
import os
import signal
import socket
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from repositories.errors import OutcomeUnknown, StorageUnavailable
from repositories.messages import APPEND, Appended, Draft, append_parameters
from repositories.send_lane import SendLane
from repositories.statements import QUICK, load_queries
from tests.support.house import House, Pair
from tests.support.postgres import ScratchDatabase, connected


@pytest.fixture
async def lane(clean_database: ScratchDatabase) -> AsyncIterator[SendLane]:
    lane = lane_on(clean_database)
    yield lane
    lane.close()


def lane_on(database: ScratchDatabase, *, patience: float = 2.5) -> SendLane:
    return SendLane(url=database.server_url, patience=patience, observe=lambda name, seconds: None)


def draft(pair: Pair) -> Draft:
    return Draft(
        conversation_id=pair.conversation_id,
        sender_id=pair.first.user_id,
        message_key=uuid.uuid4().bytes,
        client_message_id=uuid.uuid4(),
        type="text",
        content=b"sealed",
        is_urgent=False,
        requires_response=False,
        action=None,
        reply_to_id=None,
    )


@contextmanager
def locked(database: ScratchDatabase, pair: Pair) -> Iterator[Any]:
    """Nobody can store in the conversation until the cursor ends its transaction."""
    with connected(database.owner_url) as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT FROM conversations WHERE id = %s FOR UPDATE", (pair.conversation_id,))
        yield cursor


async def waiting_backend(cursor: Any) -> int:
    """Of the lane, once it waits for the lock."""
    while True:
        # Within a transaction PostgreSQL shows the backends of the first look.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
        )
        if found := cursor.fetchone():
            return int(found[0])
        await asyncio.sleep(0.01)


def backends(database: ScratchDatabase) -> list[int]:
    """Of the server's connections."""
    with connected(database.owner_url) as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'colloque' AND datname = current_database()"
        )
        return [pid for (pid,) in cursor.fetchall()]


async def stored(house: House, pair: Pair) -> int:
    async with house.database.reading() as repositories:
        return len(await repositories.messages.before(conversation_id=pair.conversation_id, before_seq=None, limit=50))


async def verdicts(lane: SendLane, *drafts: Draft, certain: bool = False) -> list[tuple[str, int | None]]:
    return [(answer.verdict, answer.seq) for answer in await lane.append(list(drafts), certain=certain)]


@pytest.mark.parametrize("certain", [False, True])
async def test_a_batch_is_stored_and_again_is_the_same(house: House, lane: SendLane, *, certain: bool) -> None:
    pair = await house.care_pair()
    first, second = draft(pair), draft(pair)
    assert await verdicts(lane, first, second, certain=certain) == [("stored", 1), ("stored", 2)]
    assert await verdicts(lane, second, certain=certain) == [("own", 2)]


@pytest.mark.parametrize("certain", [False, True])
async def test_a_connection_that_died_while_it_was_idle_is_replaced(
    house: House, lane: SendLane, clean_database: ScratchDatabase, *, certain: bool
) -> None:
    pair = await house.care_pair()
    await lane.append([draft(pair)], certain=certain)
    killed = backends(clean_database)
    for pid in killed:
        os.kill(pid, signal.SIGTERM)
    assert len(killed) == 2  # the lane's, and one of the pool that made the pair
    assert await verdicts(lane, draft(pair), certain=certain) == [("stored", 2)]


@pytest.mark.parametrize(("certain", "said"), [(False, OutcomeUnknown), (True, StorageUnavailable)])
async def test_lost_on_the_way(
    house: House, lane: SendLane, clean_database: ScratchDatabase, *, certain: bool, said: type[Exception]
) -> None:
    """With a COMMIT of its own it is known that nothing was stored."""
    pair = await house.care_pair()
    with locked(clean_database, pair) as cursor:
        appending = asyncio.create_task(lane.append([draft(pair)], certain=certain))
        pid = await waiting_backend(cursor)
        await asyncio.sleep(QUICK)  # what fails sooner is tried again
        os.kill(pid, signal.SIGTERM)
        with pytest.raises(StorageUnavailable) as caught:
            await appending
        cursor.execute("ROLLBACK")
    assert type(caught.value) is said
    assert await stored(house, pair) == 0
    assert await verdicts(lane, draft(pair)) == [("stored", 1)]


async def test_a_refusal_of_the_database_is_certain_and_no_silence(
    house: House, lane: SendLane, clean_database: ScratchDatabase
) -> None:
    pair, other = await house.care_pair(), await house.care_pair()
    with locked(clean_database, pair) as cursor:
        with pytest.raises(StorageUnavailable) as caught:
            await lane.append([draft(pair)], certain=False)
        assert not isinstance(caught.value, OutcomeUnknown)
        assert await verdicts(lane, draft(other)) == [("stored", 1)]
        cursor.execute("ROLLBACK")


async def test_silence_is_not_known_and_the_next_does_not_wait_for_it(
    house: House, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    lane = lane_on(clean_database, patience=0.3)
    with locked(clean_database, pair) as cursor:
        with pytest.raises(OutcomeUnknown):
            await lane.append([draft(pair)], certain=False)
        async with asyncio.timeout(0.2):
            with pytest.raises(StorageUnavailable):
                await lane.append([draft(pair)], certain=False)
        cursor.execute("ROLLBACK")
    lane.close()


async def test_who_cannot_be_reached_has_stored_nothing(house: House) -> None:
    pair = await house.care_pair()
    lane = SendLane(url="postgresql://nobody@127.0.0.1:1/none", patience=1, observe=lambda name, seconds: None)
    with pytest.raises(StorageUnavailable) as caught:
        await lane.append([draft(pair)], certain=False)
    assert not isinstance(caught.value, OutcomeUnknown)


async def test_a_node_that_only_reads_has_stored_nothing_and_the_next_try_may_find_another(
    house: House, lane: SendLane, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT quote_ident(current_database())")
        database = cursor.fetchone()[0]
        cursor.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
        try:
            with pytest.raises(StorageUnavailable) as refusal:
                await lane.append([draft(pair)], certain=False)
            assert not isinstance(refusal.value, OutcomeUnknown)
        finally:
            cursor.execute("SET default_transaction_read_only = off")
            cursor.execute(f"ALTER DATABASE {database} RESET default_transaction_read_only")
    [answer] = await lane.append([draft(pair)], certain=False)
    assert answer.verdict == "stored"


async def test_two_at_once_are_stored_in_their_order(
    house: House, lane: SendLane, clean_database: ScratchDatabase
) -> None:
    """Also those that are the first ones: they share a connection."""
    pair = await house.care_pair()
    for number in (1, 3):
        both = await asyncio.gather(verdicts(lane, draft(pair)), verdicts(lane, draft(pair)))
        assert list(both) == [[("stored", number)], [("stored", number + 1)]]
    assert len(backends(clean_database)) == 2  # the lane's, and one of the pool that made the pair


async def test_two_at_once_on_a_connection_that_died_are_stored_on_a_new_one(
    house: House, lane: SendLane, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    await lane.append([draft(pair)], certain=False)
    for pid in backends(clean_database):
        os.kill(pid, signal.SIGTERM)
    both = await asyncio.gather(verdicts(lane, draft(pair)), verdicts(lane, draft(pair)))
    assert sorted(both) == [[("stored", 2)], [("stored", 3)]]


async def test_of_two_that_are_lost_on_the_way_neither_is_known(
    house: House, lane: SendLane, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    drafts = [draft(pair), draft(pair)]
    with locked(clean_database, pair) as cursor:
        both = [asyncio.create_task(lane.append([one], certain=False)) for one in drafts]
        pid = await waiting_backend(cursor)
        await asyncio.sleep(QUICK)  # what fails sooner is tried again
        os.kill(pid, signal.SIGTERM)
        outcomes = await asyncio.gather(*both, return_exceptions=True)
        cursor.execute("ROLLBACK")
    assert [type(outcome) for outcome in outcomes] == [OutcomeUnknown] * 2
    assert await stored(house, pair) == 0
    assert await verdicts(lane, *drafts) == [("stored", 1), ("stored", 2)]


async def test_who_waited_behind_one_that_got_no_answer_does_not_wait_once_more(
    house: House, clean_database: ScratchDatabase
) -> None:
    pair, other = await house.care_pair(), await house.care_pair()
    lane = lane_on(clean_database, patience=QUICK + 0.5)
    with locked(clean_database, pair) as cursor:
        first = asyncio.create_task(lane.append([draft(pair)], certain=False))
        await waiting_backend(cursor)
        await asyncio.sleep(0.7)  # so that it is a quick failure for the second one
        second = asyncio.create_task(lane.append([draft(other)], certain=False))
        with pytest.raises(OutcomeUnknown):
            await first
        async with asyncio.timeout(0.5):
            with pytest.raises(OutcomeUnknown):
                await second
        cursor.execute("ROLLBACK")
    lane.close()


async def test_two_who_cannot_be_reached_wait_once(house: House) -> None:
    pair = await house.care_pair()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        patience = QUICK + 0.2
        url = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none?sslmode=disable"
        lane = SendLane(url=url, patience=patience, observe=lambda name, seconds: None)
        both = [lane.append([draft(pair)], certain=False) for _ in range(2)]
        async with asyncio.timeout(patience * 1.5):
            outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StorageUnavailable] * 2


async def test_one_bad_row_is_named_and_the_lane_goes_on(house: House, lane: SendLane) -> None:
    pair = await house.care_pair()
    bad = draft(pair)._replace(type="carrier pigeon")
    answers: list[Appended] | None = None
    with pytest.raises(Exception, match="messages_type_known"):
        answers = await lane.append([bad], certain=False)
    assert answers is None
    assert await verdicts(lane, draft(pair)) == [("stored", 1)]


async def test_the_columns_of_an_answer_are_its_fields_in_their_order(
    house: House, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    with connected(clean_database.owner_url) as cursor:
        cursor.execute(load_queries()[APPEND], append_parameters([draft(pair)]))
        assert tuple(column.name for column in cursor.description) == Appended._fields


async def test_every_verdict_of_one_batch(house: House, lane: SendLane, clean_database: ScratchDatabase) -> None:
    pairs = [await house.care_pair() for _ in range(6)]
    good, closed, ended, left, disabled, gone = pairs
    first, again = draft(good), draft(good)
    await lane.append([first, again], certain=False)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute(
            "UPDATE conversations SET status = 'closed' WHERE id = ANY (%s)",
            ([closed.conversation_id, gone.conversation_id],),
        )
        cursor.execute("UPDATE care_links SET until = now() WHERE patient_id = %s", (ended.first.user_id,))
        for pair, person in ((left, left.second), (gone, gone.first)):
            cursor.execute(
                "UPDATE participants SET left_at = now() WHERE (conversation_id, user_id) = (%s, %s)",
                (pair.conversation_id, person.user_id),
            )
        cursor.execute("UPDATE users SET disabled_at = now() WHERE id = %s", (disabled.second.user_id,))
    stranger = draft(good)._replace(sender_id=closed.first.user_id)
    batch = [
        *(draft(pair) for pair in pairs),
        first,
        again._replace(message_key=uuid.uuid4().bytes),
        draft(good)._replace(reply_to_id=1_000_000),
        stranger,
        draft(good),
    ]
    answers = await lane.append(batch, certain=False)
    assert [(answer.verdict, answer.seq) for answer in answers] == [
        ("stored", 3),
        ("conversation_closed", None),
        ("link_ended", None),
        ("participant_left", None),
        ("participant_left", None),
        ("not_found", None),  # it is closed too: who was removed does not learn that
        ("own", 1),
        ("repeat", 2),
        ("unknown_reply_to", None),
        ("not_found", None),
        ("stored", 4),
    ]
    assert {answers[n].sender_name for n in (5, 9)} == {None}
    assert await stored(house, good) == 4


@pytest.mark.parametrize("others", [0, 2])
async def test_who_waited_for_another_node_sees_what_that_one_stored(
    house: House, lane: SendLane, clean_database: ScratchDatabase, *, others: int
) -> None:
    """Alone or in a batch: what is looked at is younger than the lock. Else the same message is stored again, and refused."""
    pair = await house.care_pair()
    first = draft(pair)
    batch = [first._replace(message_key=uuid.uuid4().bytes), *(draft(pair) for _ in range(others))]
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("BEGIN")
        cursor.execute(load_queries()[APPEND], append_parameters([first]))
        sending = asyncio.create_task(verdicts(lane, *batch))
        await waiting_backend(cursor)
        cursor.execute("COMMIT")
        assert await sending == [("repeat", 1), *(("stored", 2 + n) for n in range(others))]


async def test_what_all_of_a_batch_share_is_written_once_and_holds_for_each(
    house: House, lane: SendLane, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    alike = [draft(pair)._replace(type="voice", is_urgent=True, action="call") for _ in range(3)]
    different = [draft(pair), draft(pair)._replace(type="image", requires_response=True, reply_to_id=1, action="a, b")]
    assert [append_parameters(batch)["types"] for batch in (alike, different)] == ['{"voice"}', '{"text","image"}']
    [first, *_] = await lane.append(alike, certain=False)
    different[1] = different[1]._replace(reply_to_id=first.message_id)
    await lane.append(different, certain=False)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute(
            "SELECT type, is_urgent, requires_response, action, reply_to_id FROM messages WHERE conversation_id = %s"
            " ORDER BY seq",
            (pair.conversation_id,),
        )
        assert cursor.fetchall() == [
            *[("voice", True, False, "call", None)] * 3,
            ("text", False, False, None, None),
            ("image", False, True, "a, b", first.message_id),
        ]


async def test_a_function_that_a_migration_makes_anew_is_the_one_that_is_called(
    house: House, lane: SendLane, clean_database: ScratchDatabase
) -> None:
    """Nodes go on while another one migrates: what the lane has prepared is no older than the schema."""
    pair = await house.care_pair()
    assert await verdicts(lane, draft(pair)) == [("stored", 1)]
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT pg_get_functiondef('append_messages'::regproc)")
        [definition] = cursor.fetchone()
        cursor.execute("BEGIN; ALTER FUNCTION append_messages RENAME TO append_messages_before")
        cursor.execute(definition.replace("RETURN NEXT;", "verdict := 'kept'; RETURN NEXT;"))
        cursor.execute("COMMIT")
        try:
            assert [verdict for verdict, _ in await verdicts(lane, draft(pair))] == ["kept"]
        finally:
            cursor.execute(
                "DROP FUNCTION append_messages; ALTER FUNCTION append_messages_before RENAME TO append_messages"
            )
    assert await stored(house, pair) == 2
