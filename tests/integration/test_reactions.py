"""Reactions and quotes on a real database: none lost, none doubled, counted by `change`, sealed, and gone with the message."""

import asyncio
import datetime
import uuid
from pathlib import Path

import pytest

from server.trail.anchor import FileAnchor
from services.errors import Conflict, Forbidden, NotFound
from services.events import MessagePosted, MessageReacted
from services.message_view import Message
from services.messages import NewMessage
from services.principal import DOCTOR, Principal
from services.quotes import EXCERPT_LENGTH, Quote
from services.sealer import Sealer
from services.trail_check import TrailCheck
from tests.integration.test_retention import Office
from tests.support.house import House, Pair
from tests.support.postgres import ScratchDatabase, connected

THUMB, HEART, PLAIN_HEART, FAMILY = "👍🏽", "❤️", "❤", "👨‍👩‍👧‍👦"


def shown(message: Message) -> list[tuple[str, tuple[int, ...]]]:
    return [(reaction.emoji, reaction.user_ids) for reaction in message.reactions]


async def latest(house: House, viewer: Principal, pair: Pair) -> Message:
    return (await house.history.page(viewer, conversation_id=pair.conversation_id, limit=1)).items[0]


async def test_what_was_clicked_is_what_everybody_sees(house: House) -> None:
    pair = await house.care_pair()
    [sent] = await house.say(pair.first, pair, "bonjour")
    first, second = pair.first.user_id, pair.second.user_id
    for principal, emoji in ((pair.second, FAMILY), (pair.first, THUMB), (pair.first, FAMILY), (pair.second, HEART)):
        assert (await house.reactions.add(principal, message_id=sent.id, emoji=emoji)).changed
    again = await house.reactions.add(pair.second, message_id=sent.id, emoji=HEART)
    assert (again.changed, again.message.change) == (False, 5)
    expected = [(FAMILY, (second, first)), (THUMB, (first,)), (HEART, (second,))]
    assert shown(again.message) == shown(await latest(house, pair.first, pair)) == expected
    # Other bytes are another emoji, however alike they look.
    assert not (await house.reactions.remove(pair.second, message_id=sent.id, emoji=PLAIN_HEART)).changed
    gone = await house.reactions.remove(pair.second, message_id=sent.id, emoji=FAMILY)
    assert (gone.changed, shown(gone.message)[:2]) == (True, [(THUMB, (first,)), (FAMILY, (first,))])
    facts = [fact for fact in house.published.facts if isinstance(fact, MessageReacted)]
    assert [(fact.seq, fact.change, fact.message.change) for fact in facts] == [(1, n, n) for n in (2, 3, 4, 5, 6)]
    detail = await house.conversations.get(pair.second, conversation_id=pair.conversation_id)
    assert (detail.view.row.last_seq, detail.view.row.last_change, detail.view.row.unread) == (1, 6, 1)


async def test_what_does_not_open_of_ones_reactions_gives_way_to_the_next_click(
    house: House, clean_database: ScratchDatabase
) -> None:
    pair = await house.care_pair()
    [sent] = await house.say(pair.first, pair, "x")
    for principal in (pair.first, pair.second):
        await house.reactions.add(principal, message_id=sent.id, emoji=HEART)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute(
            "UPDATE message_reactions SET content = set_bit(content, 130, 1 - get_bit(content, 130)) WHERE user_id = %s",
            (pair.first.user_id,),
        )
    assert not (await house.reactions.remove(pair.first, message_id=sent.id, emoji=HEART)).changed, "nobody sees it"
    first, second = pair.first.user_id, pair.second.user_id
    again = await house.reactions.add(pair.first, message_id=sent.id, emoji=HEART)
    assert (again.changed, shown(again.message)) == (True, [(HEART, (second, first))])
    assert shown((await house.reactions.remove(pair.first, message_id=sent.id, emoji=HEART)).message) == [
        (HEART, (second,))
    ]


async def test_clicks_of_two_nodes_at_once_lose_none_and_keep_the_limit(house: House, second_house: House) -> None:
    pair = await house.care_pair()
    [sent] = await house.say(pair.first, pair, "x")
    clicks = [
        node.reactions.add(principal, message_id=sent.id, emoji=emoji)
        for principal, emojis in ((pair.first, "😀😁😂🤣😃"), (pair.second, "😀😁"))
        for emoji in emojis
        for node in (house, second_house)
    ]
    outcomes = await asyncio.gather(*clicks, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert [error.reason for error in refused] == ["too_many_reactions"] * 4, "two emojis too many, each twice"
    changed = [one for one in outcomes if not isinstance(one, BaseException) and one.changed]
    assert sorted(one.message.change for one in changed) == [2, 3, 4, 5, 6]
    message = await latest(house, pair.second, pair)
    assert sum(reaction.count for reaction in message.reactions) == 5
    facts = [*house.published.facts, *second_house.published.facts]
    assert sum(isinstance(fact, MessageReacted) for fact in facts) == 5


async def test_who_may_react_to_what(house: House) -> None:
    pair, stranger = await house.care_pair(), await house.person(DOCTOR)
    sent, deleted = await house.say(pair.first, pair, "x", "y")
    await house.reactions.add(pair.second, message_id=deleted.id, emoji=THUMB)
    tombstone = await house.changes.delete(pair.first, message_id=deleted.id)
    assert (tombstone.change, shown(tombstone)) == (4, [])
    async with house.database.transaction() as repositories:
        system = await repositories.messages.append_by_system(
            conversation_id=pair.conversation_id, message_key=uuid.uuid4(), content=b""
        )
        rows = await repositories.messages.at([(pair.conversation_id, system.seq)])
    for who, message_id, error, reason in (
        (stranger, sent.id, NotFound, None),
        (pair.first, 10**12, NotFound, None),
        (pair.first, deleted.id, Conflict, "message_deleted"),
        (pair.first, rows[0].id, Forbidden, "system_message"),
    ):
        with pytest.raises(error) as caught:
            await house.reactions.add(who, message_id=message_id, emoji=THUMB)
        assert caught.value.reason == reason
    await house.end_link(pair)
    for act in (house.reactions.add, house.reactions.remove):
        with pytest.raises(Forbidden) as ended:
            await act(pair.first, message_id=sent.id, emoji=THUMB)
        assert ended.value.reason == "link_ended"


async def test_the_trail_stays_whole_and_nothing_can_be_read_at_the_end_of_retention(
    house: House, clean_database: ScratchDatabase, tmp_path: Path
) -> None:
    office = Office(house.database, clean_database.owner_url)
    sealer = Sealer(
        unit_of_work=house.database,
        anchor=FileAnchor(tmp_path / "anchor"),
        now=lambda: datetime.datetime.now(datetime.UTC),
    )
    pair = await house.care_pair()
    sent, edited = await house.say(pair.first, pair, "un", "deux")
    for _ in range(2):
        await sealer.round()
    for message in (sent, edited):
        await house.reactions.add(pair.second, message_id=message.id, emoji=THUMB)
    await house.changes.edit(pair.first, message_id=edited.id, content="deux, non")
    await house.reactions.remove(pair.second, message_id=edited.id, emoji=THUMB)
    stored = office.rows("SELECT content FROM message_reactions")
    assert [THUMB.encode() in bytes(content) for (content,) in stored] == [False, False]
    office.aged(pair, days=3000)
    await office.shred()
    assert office.rows("SELECT DISTINCT octet_length(content) FROM message_reactions") == [(0,)]
    page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=9)
    assert [(message.content, message.reactions) for message in page.items] == [("", ())] * 2
    for _ in range(2):
        await sealer.round()
    report = await TrailCheck(unit_of_work=house.database).run({})
    assert (report.breaks, [chain.unsealed for chain in report.chains]) == ([], [0, 0, 0, 0])


async def test_what_was_damaged_takes_only_itself_along(house: House, clean_database: ScratchDatabase) -> None:
    office = Office(house.database, clean_database.owner_url)
    pair = await house.care_pair()
    [sent] = await house.say(pair.first, pair, "x")
    for who in (pair.first, pair.second):
        await house.reactions.add(who, message_id=sent.id, emoji=THUMB)
    # Somebody with the owner's rights makes one person feel what the other does.
    office.rows(
        "UPDATE message_reactions r SET content = o.content FROM message_reactions o"
        " WHERE r.user_id = %(first)s AND o.user_id = %(second)s RETURNING 1",
        first=pair.first.user_id,
        second=pair.second.user_id,
    )
    message = await latest(house, pair.first, pair)
    assert (message.content, shown(message)) == ("x", [(THUMB, (pair.second.user_id,))])


async def test_a_reply_shows_what_it_answers_as_it_is(house: House) -> None:
    pair = await house.care_pair()
    [original] = await house.say(pair.first, pair, "  Quand\n\nprendre " + "le comprimé " * 40)
    text = ("Quand prendre " + "le comprimé " * 40)[: EXCERPT_LENGTH - 1].rstrip() + "…"
    quote = Quote(original.id, 1, pair.first.user_id, original.sender_name, "text", text, deleted=False)
    reply = NewMessage(conversation_id=pair.conversation_id, content="le soir", reply_to_id=original.id)
    assert house.messages.submit_at_once(pair.second, reply) is None, "it has something to look up first"
    posted = await house.messages.post(pair.second, reply)
    assert posted.message.reply_to == quote
    assert (await latest(house, pair.first, pair)).reply_to == quote
    fact = house.published.facts[-1]
    assert isinstance(fact, MessagePosted)
    assert fact.message.reply_to == quote
    await house.changes.edit(pair.first, message_id=original.id, content="Quand ?")
    assert (await latest(house, pair.first, pair)).reply_to == quote._replace(excerpt="Quand ?")
    await house.changes.delete(pair.first, message_id=original.id)
    gone = quote._replace(excerpt="", deleted=True)
    assert (await latest(house, pair.first, pair)).reply_to == gone
    late = await house.messages.post(pair.second, reply._replace(content="ou le matin"))
    assert late.message.reply_to == gone
    [plain] = await house.say(pair.first, pair, "merci")
    assert (plain.reply_to, plain.reactions) == (None, ())
