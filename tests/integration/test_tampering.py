"""Somebody with the owner's rights changes rows by hand: what was moved or altered opens for nobody."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from services.conversation_view import ConversationView
from services.messages import NewMessage
from services.principal import Principal
from services.resume import Position
from services.security_ports import ContentDamaged
from services.unreadable import SAID_INSTEAD
from tests.support.house import House, Pair
from tests.support.postgres import ScratchDatabase, connected

ONE, OTHER = "the first pair's secret", "the second pair's secret"


@pytest.fixture
async def pairs(house: House) -> tuple[Pair, Pair]:
    """Two conversations of two messages each, by both of the two; the first message of each was edited."""
    pairs = await house.care_pair(), await house.care_pair()
    for pair, text in zip(pairs, (ONE, OTHER), strict=True):
        [first] = await house.say(pair.first, pair, f"{text}, as it was")
        await house.say(pair.second, pair, f"{text}, answered")
        await house.changes.edit(pair.first, message_id=first.id, content=f"{text}, edited")
    return pairs


async def inbox(house: House, who: Principal) -> Sequence[ConversationView]:
    page = await house.conversations.page(who, status=None, kind=None, q=None, sort=None, before=None, limit=9)
    return page.items


SWAPS = {
    "contents of two messages of a conversation": """
        UPDATE messages m SET content = o.content FROM messages o
        WHERE m.conversation_id = o.conversation_id AND m.seq + o.seq = 3""",
    "contents of two conversations": """
        UPDATE messages m SET content = o.content FROM messages o
        WHERE m.conversation_id <> o.conversation_id AND m.seq = o.seq""",
    "contents with the keys that bind them": """
        UPDATE messages m SET content = o.content, message_key = o.message_key FROM messages o
        WHERE m.conversation_id <> o.conversation_id AND m.seq = o.seq""",
    "whole messages, with who sent them": """
        UPDATE messages m SET content = o.content, message_key = o.message_key, sender_id = o.sender_id, version = o.version
        FROM messages o WHERE m.conversation_id <> o.conversation_id AND m.seq = o.seq""",
    "whole messages and the data key too": """
        UPDATE conversations c SET data_key = o.data_key FROM conversations o WHERE c.id <> o.id;
        UPDATE messages m SET content = o.content, message_key = o.message_key, sender_id = o.sender_id, version = o.version
        FROM messages o WHERE m.conversation_id <> o.conversation_id AND m.seq = o.seq""",
    "data keys": "UPDATE conversations c SET data_key = o.data_key FROM conversations o WHERE c.id <> o.id",
    "rows moved to the other conversation": """
        UPDATE messages SET change = change + 100 * conversation_id;
        UPDATE messages m SET conversation_id = c.id, seq = m.seq + 10 FROM conversations c WHERE c.id <> m.conversation_id;
        UPDATE conversations SET last_seq = 12, last_change = 300""",
    "an old text put back": """
        UPDATE messages m SET content = v.content FROM message_versions v WHERE v.message_id = m.id""",
    "another sender": """
        UPDATE messages m SET sender_id = o.sender_id FROM messages o
        WHERE m.conversation_id = o.conversation_id AND m.seq + o.seq = 3""",
    "another version": "UPDATE messages SET version = version + 1",
    "another message key": "UPDATE messages SET message_key = gen_random_uuid()",
    "one bit of the content": "UPDATE messages SET content = set_bit(content, 130, 1 - get_bit(content, 130))",
    "one bit of the data key": "UPDATE conversations SET data_key = set_bit(data_key, 130, 1 - get_bit(data_key, 130))",
    "cut off": "UPDATE messages SET content = substring(content FOR 20)",
    "emptied": "UPDATE messages SET content = ''",
    "plaintext": "UPDATE messages SET content = 'what somebody never wrote'",
    "another format": "UPDATE messages SET content = set_byte(content, 0, 2)",
}


@pytest.mark.parametrize("change", SWAPS.values(), ids=SWAPS)
async def test_what_was_tampered_with_opens_for_nobody(
    house: House, pairs: tuple[Pair, Pair], clean_database: ScratchDatabase, change: str
) -> None:
    was: dict[tuple[int, int], Any] = {}
    for pair in pairs:
        page = await house.history.page(pair.first, conversation_id=pair.conversation_id, limit=10)
        was |= {(message.conversation_id, message.seq): message.content for message in page.items}
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("DROP INDEX IF EXISTS messages_sent_key")
        try:
            cursor.execute(change)
            for pair in pairs:
                for viewer in (pair.first, pair.second):
                    page = await house.history.page(viewer, conversation_id=pair.conversation_id, limit=10)
                    shown = {(message.conversation_id, message.seq): message.content for message in page.items}
                    assert SAID_INSTEAD in shown.values()
                    assert all(said in (was.get(place), SAID_INSTEAD) for place, said in shown.items())
                    [listed] = await inbox(house, viewer)
                    last = was.get((pair.conversation_id, listed.row.last_seq))
                    assert (listed.snippet, listed.system) in ((last, None), ("", SAID_INSTEAD))
        finally:
            cursor.execute(
                "DELETE FROM message_versions; DELETE FROM marks; DELETE FROM messages;"
                "CREATE UNIQUE INDEX messages_sent_key"
                " ON messages (sender_id, (COALESCE(client_message_id, message_key)), conversation_id)"
            )


async def test_a_text_of_an_earlier_version_does_not_pass_for_another(
    house: House, pairs: tuple[Pair, Pair], clean_database: ScratchDatabase
) -> None:
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE message_versions v SET content = m.content FROM messages m WHERE m.id = v.message_id")
    pair = pairs[0]
    page = await house.history.page(pair.first, conversation_id=pair.conversation_id, limit=10)
    async with house.database.reading() as repositories:
        row = await repositories.messages.find(message_id=page.items[0].id, viewer_id=pair.first.user_id)
        first = await repositories.messages.first_content(message_id=page.items[0].id)
    assert row is not None
    assert first is not None
    with pytest.raises(ContentDamaged):
        house.opener.text(row, first, 1)


async def test_the_check_is_no_broken_reader(house: House, pairs: tuple[Pair, Pair]) -> None:
    for pair, text in zip(pairs, (ONE, OTHER), strict=True):
        page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=10)
        assert [message.content for message in page.items] == [f"{text}, edited", f"{text}, answered"]


CHANGES = {
    "content": "UPDATE messages SET content = set_bit(content, 130, 1 - get_bit(content, 130)) WHERE id = %s",
    "type": "UPDATE messages SET type = 'system', sender_id = NULL WHERE id = %s",
    "key": "UPDATE conversations SET data_key = 'x' WHERE id = (SELECT conversation_id FROM messages WHERE id = %s)",
    "name of the key": "UPDATE conversations SET key_id = 'x' WHERE id = (SELECT conversation_id FROM messages WHERE id = %s)",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_one_row_keeps_nobody_from_the_rest(
    house: House, clean_database: ScratchDatabase, caplog: pytest.LogCaptureFixture, change: str
) -> None:
    pair = await house.care_pair()
    other = await house.patient_of(pair.second)
    new = NewMessage(conversation_id=pair.conversation_id, content="the damaged one", client_message_id=uuid4())
    damaged = (await house.messages.post(pair.first, new)).message
    [healthy] = await house.say(other.first, other, "the other patient's")
    with connected(clean_database.owner_url) as cursor:
        cursor.execute(change, (damaged.id,))
    for _ in range(2):
        listed = {view.row.id: (view.snippet, view.system) for view in await inbox(house, pair.second)}
        assert listed == {other.conversation_id: (healthy.content, None), pair.conversation_id: ("", SAID_INSTEAD)}
    told = await house.resume.sync(
        pair.second, positions={each.conversation_id: Position(0, 0) for each in (pair, other)}
    )
    said = {message.id: message.content for part in told.updates for message in part.messages}
    assert said == {damaged.id: SAID_INSTEAD, healthy.id: healthy.content}
    page = await house.history.page(pair.second, conversation_id=pair.conversation_id, limit=9)
    assert [(message.type, message.content) for message in page.items] == [("system", SAID_INSTEAD)]
    for unread in (1, 0):
        # Something came: who reads up to it has seen that.
        counted = {view.row.id: view.row.unread for view in await inbox(house, pair.second)}
        assert counted == {other.conversation_id: 1, pair.conversation_id: unread}
        await house.marks.read(pair.second, conversation_id=pair.conversation_id, up_to_seq=damaged.seq)
    assert house.unreadable.count == 1, "said once"
    [record] = [record for record in caplog.records if "does not open" in record.message]
    assert f"message {damaged.seq} of conversation {pair.conversation_id} " in record.message
    assert "damaged one" not in caplog.text
