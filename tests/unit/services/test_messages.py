"""A send, from what a client wants to what is stored and told: each thing stands where its name says."""

import asyncio
import datetime
import os
import uuid
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from repositories.messages import Appended, Draft, appended_from
from server.security.cipher import AesContentCipher
from server.security.master_keys import MasterKeys
from services.access import Access
from services.data_keys import ConversationKey
from services.events import MessagePosted
from services.message_view import Context, Message, MessageOpener
from services.message_writer import MessageWriter
from services.messages import Messages, NewMessage
from services.principal import PATIENT, Principal
from services.unreadable import Unreadable
from tests.support.fakes import OpenLimiter, RecordingPublisher

CIPHER = AesContentCipher(MasterKeys({"k1": os.urandom(32)}))
KEY = ConversationKey("care", CIPHER.unwrap(*CIPHER.new_data_key()))
SENDER = Principal(7, PATIENT, None, 0.0)
SENT_AT = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)
ANSWER = appended_from(("stored", 11, 12, 13, SENT_AT, "Ada Lovelace", "patient", "prescription", "RX-1", 3))

NEW = st.builds(
    NewMessage,
    conversation_id=st.integers(1, 2**63 - 1),
    content=st.text(min_size=1),
    client_message_id=st.none() | st.uuids(),
    type=st.sampled_from(["text", "image"]),
    attachment_ids=st.just(()),
    is_urgent=st.booleans(),
    requires_response=st.booleans(),
    action=st.none() | st.just("video_call"),
    reply_to_id=st.none(),
)


class Lane:
    def __init__(self) -> None:
        self.drafts: list[Draft] = []

    async def append(self, drafts: list[Draft], *, certain: bool) -> list[Appended]:
        self.drafts += drafts
        return [ANSWER for _ in drafts]


class KeyAtHand:
    def at_hand(self, conversation_id: int) -> ConversationKey:
        return KEY


def messages_on(lane: Lane, publisher: RecordingPublisher) -> Messages:
    unasked = cast(Any, None)
    return Messages(
        unit_of_work=unasked,
        publisher=publisher,
        limiter=OpenLimiter(),
        cipher=CIPHER,
        data_keys=cast(Any, KeyAtHand()),
        writer=MessageWriter(appender=lane, in_doubt=lambda ids: None, committed=lambda count: None),
        opener=MessageOpener(cipher=CIPHER, unreadable=Unreadable()),
        access=Access(kinds=frozenset({"care"})),
        attachments=unasked,
        max_content_length=0,
    )


@given(NEW)
def test_what_is_stored_and_told_is_what_was_sent(new: NewMessage) -> None:
    lane, publisher = Lane(), RecordingPublisher()

    async def send() -> Message:
        outcome = messages_on(lane, publisher).submit_at_once(SENDER, new)
        assert outcome is not None
        return (await outcome).message

    message = asyncio.run(send())
    [draft] = lane.drafts
    assert draft == Draft(
        conversation_id=new.conversation_id,
        sender_id=SENDER.user_id,
        message_key=draft.message_key,
        client_message_id=new.client_message_id,
        type=new.type,
        content=draft.content,
        is_urgent=new.is_urgent,
        requires_response=new.requires_response,
        action=new.action,
        reply_to_id=None,
    )
    opened = CIPHER.decrypt(
        KEY.data_key,
        draft.content,
        conversation_id=new.conversation_id,
        sender_id=SENDER.user_id,
        message_key=uuid.UUID(bytes=draft.message_key),
        version=1,
    )
    assert opened == new.content
    assert message == Message(
        id=11,
        conversation_id=new.conversation_id,
        seq=12,
        change=13,
        client_message_id=new.client_message_id,
        sender_id=SENDER.user_id,
        sender_name="Ada Lovelace",
        sender_role="patient",
        type=new.type,
        content=new.content,
        is_urgent=new.is_urgent,
        requires_response=new.requires_response,
        action=new.action,
        context=Context(type="prescription", id="RX-1", version=3),
        reply_to_id=None,
        sent_at=SENT_AT,
    )
    assert (type(draft), type(message)) == (Draft, Message)
    [fact] = publisher.of(MessagePosted)
    assert (fact.conversation_id, fact.seq, fact.change, fact.message) == (new.conversation_id, 12, 13, message)


def test_an_answer_is_a_row_by_its_names() -> None:
    assert type(ANSWER) is Appended
    named = Appended(
        verdict="stored",
        message_id=11,
        seq=12,
        change=13,
        sent_at=SENT_AT,
        sender_name="Ada Lovelace",
        sender_role="patient",
        context_type="prescription",
        context_id="RX-1",
        context_version=3,
    )
    assert named == ANSWER
