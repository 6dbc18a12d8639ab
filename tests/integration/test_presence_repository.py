"""Who may know of whose presence is the database's answer, and last_seen_at only moves forward."""

import asyncio
import datetime

from services.conversations import ConversationSettings
from tests.support.house import House, Pair

CARE = frozenset({"care"})
ALL = frozenset({"care", "mentoring"})
MOMENT = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


async def visible(house: House, viewer_id: int, user_ids: list[int], kinds: frozenset[str] = ALL) -> list[int]:
    async with house.database.reading() as repositories:
        rows = await repositories.presence.visible(viewer_id=viewer_id, user_ids=user_ids, kinds=kinds)
    return [row.user_id for row in rows]


async def around(house: House, user_id: int, kinds: frozenset[str] = ALL) -> tuple[list[int], list[int]]:
    """(partners, conversations)"""
    async with house.database.reading() as repositories:
        partners = await repositories.presence.partners(user_id=user_id, kinds=kinds)
        rows = await repositories.presence.conversations(user_ids=[user_id], kinds=kinds)
        assert {row.user_id for row in rows} <= {user_id}
        return partners, [row.conversation_id for row in rows]


async def hidden(house: House, pair: Pair) -> list[tuple[int, int]]:
    ids = pair.first.user_id, pair.second.user_id
    async with house.database.reading() as repositories:
        rows = await repositories.presence.hidden([ids, ids[::-1]], kinds=ALL)
    return [(row.watcher_id, row.watched_id) for row in rows]


async def test_only_people_one_shares_a_conversation_with(house: House) -> None:
    pair, others = await house.care_pair(), await house.care_pair()
    me, doctor = pair.first.user_id, pair.second.user_id
    everybody = [me, doctor, others.first.user_id, others.second.user_id, 10**12]
    assert await visible(house, me, everybody) == [doctor]
    assert await visible(house, me, []) == []
    assert await around(house, me) == ([doctor], [pair.conversation_id])
    assert await hidden(house, pair) == []


async def test_hidden_when_the_link_ended(house: House) -> None:
    pair = await house.care_pair()
    await house.end_link(pair)
    me, doctor = pair.first.user_id, pair.second.user_id
    assert await visible(house, me, [doctor]) == []
    assert await around(house, doctor) == ([], [])
    assert await hidden(house, pair) == [(me, doctor), (doctor, me)]


async def test_hidden_when_the_conversation_is_closed_or_left(house: House) -> None:
    closed, left = await house.care_pair(), await house.care_pair()
    settings = ConversationSettings(status="closed")
    await house.conversations.settle(closed.second, conversation_id=closed.conversation_id, settings=settings)
    await house.conversations.set_left(conversation_id=left.conversation_id, user_id=left.first.user_id, left=True)
    for pair in (closed, left):
        assert await visible(house, pair.first.user_id, [pair.second.user_id]) == []
        assert await visible(house, pair.second.user_id, [pair.first.user_id]) == []


async def test_hidden_where_its_kind_is_switched_off(house: House) -> None:
    pair = await house.mentoring_pair()
    me, mentor = pair.first.user_id, pair.second.user_id
    assert await visible(house, me, [mentor]) == [mentor]
    assert await visible(house, me, [mentor], CARE) == []
    assert await around(house, me, CARE) == ([], [])


async def test_last_seen_never_moves_back(house: House) -> None:
    pair = await house.care_pair()
    me, doctor = pair.first.user_id, pair.second.user_id
    later = MOMENT + datetime.timedelta(hours=1)
    for seen in ({me: later, doctor: MOMENT}, {doctor: later, me: MOMENT}, {10**12: MOMENT}):
        async with house.database.transaction() as repositories:
            await repositories.presence.remember(seen)
    async with house.database.reading() as repositories:
        [row] = await repositories.presence.visible(viewer_id=me, user_ids=[doctor], kinds=ALL)
        [other] = await repositories.presence.visible(viewer_id=doctor, user_ids=[me], kinds=ALL)
    assert row.last_seen_at == other.last_seen_at == later


async def test_two_nodes_that_write_the_same_people_do_not_deadlock(house: House, second_house: House) -> None:
    people = [(await house.person("patient")).user_id for _ in range(20)]

    async def write(of: House, order: list[int]) -> None:
        for hour in range(20):
            async with of.database.transaction() as repositories:
                await repositories.presence.remember(dict.fromkeys(order, MOMENT + datetime.timedelta(hours=hour)))

    await asyncio.gather(write(house, people), write(second_house, people[::-1]))
