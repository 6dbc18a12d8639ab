"""Coming back: pages put together give exactly what was missed, whatever was sent, edited or deleted meanwhile."""

import random

import pytest

from services.errors import NotFound
from services.message_view import Message
from services.principal import DOCTOR, Principal
from services.resume import JOIN_MESSAGES, SYNC_MESSAGES, Position
from tests.support.house import House, Pair


class Client:
    """Keeps messages by id, as a client does, and counts what it is told more than once."""

    def __init__(self) -> None:
        self.messages: dict[int, Message] = {}
        self.position = Position(0, 0)
        self.repeats = 0

    def take(self, told: list[Message], position: Position) -> None:
        for message in told:
            known = self.messages.get(message.id)
            self.repeats += known is not None and known.change == message.change
            self.messages[message.id] = message
        self.position = position

    async def catch_up(self, house: House, principal: Principal, pair: Pair) -> int:
        """Joins until nothing more is missing; the number of pages."""
        for page in range(1, 100):
            update = await house.resume.join(
                principal,
                conversation_id=pair.conversation_id,
                after_seq=self.position.seq,
                after_change=self.position.change,
            )
            self.take([*update.changes, *update.messages], update.position)
            if not update.has_more:
                return page
        raise AssertionError("no end of pages")


async def truth(house: House, pair: Pair) -> dict[int, tuple[int, object]]:
    async with house.database.reading() as repositories:
        rows = await repositories.messages.after(conversation_id=pair.conversation_id, after_seq=0, limit=10_000)
    return {message.id: (message.change, message.content) for message in house.opener.open_all(rows)}


@pytest.mark.parametrize("seed", range(4))
async def test_exactly_what_was_missed(house: House, seed: int) -> None:
    pair, chance, client = await house.care_pair(), random.Random(seed), Client()
    mine: list[Message] = []
    for _ in range(6):
        for _ in range(chance.randint(0, 120)):
            match chance.choice(("send", "send", "send", "edit", "delete", "react")):
                case "edit" if mine:
                    await house.changes.edit(pair.first, message_id=chance.choice(mine).id, content="edited")
                case "react" if mine:
                    await house.reactions.add(pair.second, message_id=chance.choice(mine).id, emoji="👍")
                case "delete" if mine:
                    gone = mine.pop(chance.randrange(len(mine)))
                    await house.changes.delete(pair.first, message_id=gone.id)
                case _:
                    mine += await house.say(pair.first, pair, "text")
        await client.catch_up(house, pair.second, pair)
        assert {key: (m.change, m.content) for key, m in client.messages.items()} == await truth(house, pair)
    assert client.repeats == 0


async def test_pages_end_at_their_limits(house: House) -> None:
    pair, client = await house.care_pair(), Client()
    await house.say(pair.first, pair, *(["x"] * (JOIN_MESSAGES + 1)))
    first = await house.resume.join(pair.second, conversation_id=pair.conversation_id, after_seq=0, after_change=0)
    assert (len(first.messages), first.has_more) == (JOIN_MESSAGES, True)
    assert await client.catch_up(house, pair.second, pair) == 2
    await house.say(pair.first, pair, *(["é" * 5000] * 60))
    assert await client.catch_up(house, pair.second, pair) == 3
    assert len(client.messages) == JOIN_MESSAGES + 61


async def test_ahead_of_the_server_means_load_anew(house: House) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "a")
    for seq, change in ((2, 1), (1, 2)):
        update = await house.resume.join(
            pair.first, conversation_id=pair.conversation_id, after_seq=seq, after_change=change
        )
        assert (update.resync, update.messages, update.position) == (True, [], Position(1, 1))


async def test_without_a_position_only_the_state(house: House) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "a", "b")
    update = await house.resume.join(
        pair.second, conversation_id=pair.conversation_id, after_seq=None, after_change=None
    )
    assert (update.last_seq, update.messages, update.changes, update.has_more) == (2, [], [], False)
    assert [state.row.user_id for state in update.participants] == [pair.first.user_id, pair.second.user_id]


async def test_presence_is_hidden_and_history_stays_after_the_link_ended(house: House) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "before")
    await house.end_link(pair)
    update = await house.resume.join(pair.second, conversation_id=pair.conversation_id, after_seq=0, after_change=0)
    assert [message.content for message in update.messages] == ["before"]
    assert [state.online for state in update.participants] == [False, False]


async def test_a_stranger_learns_nothing(house: House) -> None:
    pair, stranger = await house.care_pair(), await house.person(DOCTOR)
    with pytest.raises(NotFound):
        await house.resume.join(stranger, conversation_id=pair.conversation_id, after_seq=0, after_change=0)
    with pytest.raises(NotFound):
        await house.resume.require_membership(stranger, conversation_id=pair.conversation_id)
    result = await house.resume.sync(stranger, positions={pair.conversation_id: Position(0, 0)})
    assert (result.updates, result.gone, result.others) == ([], [pair.conversation_id], [])


async def test_sync_of_many_conversations_over_pages(house: House) -> None:
    pairs = [await house.care_pair()]
    doctor = pairs[0].second
    for _ in range(3):
        patient = await house.person("patient")
        async with house.database.transaction() as repositories:
            await repositories.seeding.links([(patient.user_id, doctor.user_id)])
        opened = await house.conversations.open(patient, participant_id=doctor.user_id)
        pairs.append(Pair(patient, doctor, opened.view.row.id))
    for pair, count in zip(pairs, (0, 300, SYNC_MESSAGES + 1, 3), strict=True):
        await house.say(pair.first, pair, *(["x"] * count))
    clients = {pair.conversation_id: Client() for pair in pairs[:3]}
    pages, has_more = 0, True
    while has_more:
        result = await house.resume.sync(doctor, positions={key: client.position for key, client in clients.items()})
        assert [view.row.id for view in result.others] == [pairs[3].conversation_id]
        assert sum(len(update.messages) for update in result.updates) <= SYNC_MESSAGES
        for update in result.updates:
            clients[update.conversation_id].take([*update.changes, *update.messages], update.position)
        pages, has_more = pages + 1, result.has_more
    assert pages == 2
    assert [len(client.messages) for client in clients.values()] == [0, 300, SYNC_MESSAGES + 1]
    assert sum(client.repeats for client in clients.values()) == 0
