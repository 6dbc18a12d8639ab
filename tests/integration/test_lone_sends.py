"""A message alone is stored by other statements than a batch, and nobody can tell by which."""

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest

from repositories.messages import APPEND, Appended, Draft, append_parameters, appended_from
from repositories.statements import load_queries
from tests.support.postgres import DatabaseServer, ScratchDatabase, connected

SEND = load_queries()[APPEND]
VERDICTS = {
    *("stored", "own", "repeat", "not_found", "unknown_reply_to"),
    *("conversation_closed", "link_ended", "context_closed", "participant_left"),
}
CONVERSATIONS = range(1, 10)
PEOPLE = range(1, 19)
PEOPLED = """
INSERT INTO users (username, first_name, last_name, role)
SELECT n, 'First' || n, 'Last', CASE WHEN mod(n, 2) = 1 THEN 'patient' ELSE 'medecin' END FROM generate_series(1, 18) n;
INSERT INTO care_links (patient_id, doctor_id) SELECT n, n + 1 FROM generate_series(1, 17, 2) n;
INSERT INTO contexts (type, external_id, version, patient_id, doctor_id, title, title_key, key_id, data_key)
SELECT 'exam', n, 1, n, n + 1, 't', gen_random_uuid(), 'k', 'k' FROM generate_series(1, 17, 2) n;
INSERT INTO conversations (kind, first_user_id, second_user_id, context_type, context_id, key_id, data_key)
SELECT kind, n, n + 1, CASE kind WHEN 'contextual' THEN 'exam' END, CASE kind WHEN 'contextual' THEN n END, 'k', 'k'
FROM generate_series(1, 17, 2) n, LATERAL (SELECT (ARRAY['care', 'contextual', 'mentoring'])[mod(n / 2, 3) + 1] AS kind) k
ORDER BY n;
INSERT INTO participants (conversation_id, user_id)
SELECT c.id, person FROM conversations c, unnest(ARRAY[c.first_user_id, c.second_user_id]) person;
"""
# Each with a number of a conversation, or of a person; things happen, and are undone, between the batches.
HAPPENS = [
    "UPDATE conversations SET status = 'closed' WHERE id = %s",
    "UPDATE conversations SET status = 'archived' WHERE id = %s",
    "UPDATE conversations SET status = 'active' WHERE id = %s",
    # As an edit does.
    "UPDATE conversations SET last_change = last_change + 1 WHERE id = %s",
    "UPDATE participants SET archived_at = '2026-01-01' WHERE user_id = %s",
    "UPDATE participants SET left_at = '2026-01-01' WHERE user_id = %s",
    "UPDATE participants SET left_at = NULL WHERE user_id = %s",
    "UPDATE users SET disabled_at = now() WHERE id = %s",
    "UPDATE users SET disabled_at = NULL WHERE id = %s",
    "UPDATE care_links SET until = now() WHERE patient_id = %s",
    "UPDATE care_links SET until = NULL WHERE patient_id = %s",
    "UPDATE contexts SET closed_at = now() WHERE patient_id = %s",
    "UPDATE contexts SET closed_at = NULL, version = version + 1 WHERE patient_id = %s",
]
# Whole rows: all that a send may change and all that it may not. Only times differ, and what they must be equal to is told.
ROWS = [
    "SELECT to_jsonb(m) - 'sent_at' FROM messages m ORDER BY id",
    """SELECT to_jsonb(c) - ARRAY['created_at', 'updated_at', 'last_message_at', 'active_week'],
        c.last_message_at IS NOT DISTINCT FROM m.sent_at, m.sent_at IS NULL OR c.updated_at = m.sent_at
    FROM conversations c LEFT JOIN messages m ON m.conversation_id = c.id AND m.seq = c.last_seq ORDER BY c.id""",
    "SELECT to_jsonb(p) - 'joined_at' FROM participants p ORDER BY conversation_id, user_id",
]


class World:
    """A database with nine conversations, three of each kind, between eighteen people."""

    def __init__(self, owner: Any, server: Any) -> None:
        self._owner, self._server = owner, server
        owner.execute(PEOPLED)

    def happen(self, what: str, number: int) -> None:
        self._owner.execute(what, (number,))

    def send(self, drafts: Sequence[Draft]) -> list[tuple[Appended, bool]]:
        """With the rights of the server. Times differ: each answer comes with whether its time is that of the message."""
        self._server.execute(SEND, append_parameters(drafts))
        answers = list(map(appended_from, self._server.fetchall()))
        self._owner.execute("SELECT id, sent_at FROM messages")
        times = dict(self._owner.fetchall())
        return [(answer._replace(sent_at=None), answer.sent_at == times.get(answer.message_id)) for answer in answers]

    def rows(self) -> list[list[tuple[Any, ...]]]:
        found = []
        for query in ROWS:
            self._owner.execute(query)
            found.append(self._owner.fetchall())
        return found


@pytest.fixture
def worlds(cluster: DatabaseServer) -> Iterator[tuple[World, World]]:
    """Equal ones."""
    with ExitStack() as stack:

        def world(database: ScratchDatabase) -> World:
            owner, server = (stack.enter_context(connected(url)) for url in (database.owner_url, database.server_url))
            return World(owner, server)

        yield (
            world(stack.enter_context(cluster.fresh_database())),
            world(stack.enter_context(cluster.fresh_database())),
        )


class Senders:
    """Who send anything, or the same again, and answer anything."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._sent: list[Draft] = []
        self._stored = dict[int, list[int]]()

    def batch(self) -> list[Draft]:
        """Ordered by conversation, as messages are numbered: so their ids are the same whichever way they are stored."""
        drafts = [self._draft() for _ in range(self._chance.randint(2, 12))]
        self._sent += drafts
        distinct = {(d.conversation_id, d.sender_id, d.client_message_id or d.message_key): d for d in drafts}
        return sorted(distinct.values(), key=lambda draft: draft.conversation_id)

    def learn(self, batch: Sequence[Draft], answers: Sequence[Appended]) -> None:
        """The ids of what can be answered."""
        for draft, answer in zip(batch, answers, strict=True):
            if answer.message_id is not None:
                self._stored.setdefault(draft.conversation_id, []).append(answer.message_id)

    def _draft(self) -> Draft:
        match self._chance.choice(("new", "new", "new", "own", "repeat")):
            case "own" if self._sent:
                return self._chance.choice(self._sent)
            case "repeat" if self._sent:
                return self._chance.choice(self._sent)._replace(message_key=self._uuid().bytes)
        return self._new()

    def _new(self) -> Draft:
        chance, conversation = self._chance, self._chance.choice((*CONVERSATIONS, *CONVERSATIONS, 999))
        members = [2 * conversation - 1, 2 * conversation]
        return Draft(
            conversation_id=conversation,
            sender_id=chance.choice(members * 4 + [chance.choice(PEOPLE)]),
            message_key=self._uuid().bytes,
            client_message_id=chance.choice((self._uuid(), None)),
            type=chance.choice(("text", "image", "file", "voice")),
            content=chance.randbytes(chance.randint(0, 40)),
            is_urgent=chance.random() < 0.3,
            requires_response=chance.random() < 0.3,
            action=chance.choice(("call", 'a, "b"', None)),
            reply_to_id=chance.choice((None, None, chance.randint(1, 200), *self._stored.get(conversation, [])[-1:])),
        )

    def _uuid(self) -> UUID:
        return UUID(bytes=self._chance.randbytes(16))


def test_messages_alone_and_in_batches_get_the_same_answers_and_leave_the_same_rows(
    worlds: tuple[World, World],
) -> None:
    together, alone = worlds
    chance = random.Random(48)
    senders = Senders(chance)
    seen: set[str] = set()
    for _ in range(100):
        for what, number in zip(chance.sample(HAPPENS, 4), chance.sample(PEOPLE, 4), strict=True):
            together.happen(what, number)
            alone.happen(what, number)
        batch = senders.batch()
        answers = together.send(batch)
        assert [answer for draft in batch for answer in alone.send([draft])] == answers, batch
        senders.learn(batch, [answer for answer, _ in answers])
        seen |= {answer.verdict for answer, _ in answers}
        assert alone.rows() == together.rows(), batch
    assert seen == VERDICTS
