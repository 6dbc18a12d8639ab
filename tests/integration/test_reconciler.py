"""Hints that never came are made good from the database, each once."""

import time
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest

from repositories.errors import StorageUnavailable
from repositories.notifications import NewNotification
from repositories.repositories import Repositories
from repositories.unit_of_work import Database
from server.broadcaster.tracks import RoomTracks
from server.reconciler import LocalSocket, Reconciler, RoomPosition, Told
from server.reconciler import rooms as rooms_module
from server.reconciler.reconciler import OVERLAP_SECONDS
from services.conversations import ConversationSettings
from services.events import (
    CareLinkChanged,
    ConversationChanged,
    Fact,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageReacted,
    MessagesDelivered,
    MessagesRead,
    NotificationsTold,
    ParticipantRemoved,
    SessionsEnded,
    UserDisabled,
)
from services.ports import UnitOfWork
from services.principal import Principal
from tests.integration.test_fanout import until
from tests.support.house import House, Pair
from tests.support.postgres import ScratchDatabase, connected

KINDS = frozenset({"care", "mentoring"})


@dataclass
class NodeState:
    """A node as the reconciler sees it; remembers what it told, as the broadcaster does."""

    told: Told = field(default_factory=Told)
    tracks: RoomTracks = field(default_factory=RoomTracks)
    people: set[tuple[int, int]] = field(default_factory=set)
    local_sockets: set[LocalSocket] = field(default_factory=set)
    watchers: set[tuple[int, int]] = field(default_factory=set)
    delivered: list[Fact] = field(default_factory=list)

    def join(self, pair: Pair, *, change: int = 0, seq: int = 0) -> None:
        self.tracks.start(pair.conversation_id, change=change, seq=seq)
        marks = [(pair.first.user_id, 0, 0), (pair.second.user_id, 0, 0)]
        self.told.start(pair.conversation_id, marks)
        self.people |= {(pair.conversation_id, user_id) for user_id, _, _ in marks}

    def connect(self, principal: Principal) -> None:
        self.local_sockets.add(LocalSocket(principal.user_id, principal.session_id, principal.role))

    def rooms(self) -> dict[int, RoomPosition]:
        return {
            key: RoomPosition(track.changes.floor or 0, track.seqs.floor or 0, track.changes.ahead, track.seqs.ahead)
            for key, track in self.tracks.started().items()
        }

    def sitting(self) -> Collection[tuple[int, int]]:
        return self.people

    def sockets(self) -> Collection[LocalSocket]:
        return self.local_sockets

    def watching(self) -> Collection[tuple[int, int]]:
        return self.watchers

    def settle(self, conversation_id: int, *, change: int, seq: int) -> None:
        self.tracks.settle(conversation_id, change=change, seq=seq)

    def deliver(self, fact: Fact) -> None:
        """As the broadcaster: what was told is not told again."""
        if isinstance(fact, MessagePosted | MessageEdited | MessageDeleted | MessageReacted):
            track = self.tracks.of(fact.conversation_id)
            if not track.changes.take(fact.change):
                return
            track.seqs.take(fact.seq)
        if isinstance(fact, MessagesRead) and not self.told.read(fact):
            return
        if isinstance(fact, MessagesDelivered) and not self.told.delivered(fact):
            return
        if isinstance(fact, ParticipantRemoved):
            self.people.discard((fact.conversation_id, fact.user_id))
        self.delivered.append(fact)

    def taken(self) -> list[Fact]:
        facts, self.delivered = self.delivered, []
        return facts


@pytest.fixture
def node() -> NodeState:
    return NodeState()


@pytest.fixture
def reconciler(house: House, node: NodeState) -> Reconciler:
    return made(house.database, node)


def made(database: UnitOfWork, node: NodeState, healthy: Callable[[], bool] = lambda: True) -> Reconciler:
    return Reconciler(
        unit_of_work=database,
        view=node,
        told=node.told,
        deliver=node.deliver,
        healthy=healthy,
        kinds=KINDS,
        others=lambda seconds: None,
    )


async def look(reconciler: Reconciler, node: NodeState, *, hints_lost: bool = False) -> list[Fact]:
    await reconciler.run_once(hints_lost=hints_lost)
    return node.taken()


async def test_missed_messages_are_told_in_order_and_once(
    house: House, node: NodeState, reconciler: Reconciler
) -> None:
    pair, quiet = await house.care_pair(), await house.care_pair()
    node.join(pair)
    node.join(quiet)
    await house.say(pair.first, pair, "a", "b", "c")
    told = await look(reconciler, node)
    assert told == [MessagePosted(conversation_id=pair.conversation_id, seq=n, change=n) for n in (1, 2, 3)]
    assert await look(reconciler, node) == []
    assert node.rooms()[pair.conversation_id].change == 3


async def test_only_the_hole_is_filled(house: House, node: NodeState, reconciler: Reconciler) -> None:
    pair = await house.care_pair()
    node.join(pair)
    await house.say(pair.first, pair, "a", "b", "c")
    for seen in (1, 3):
        node.deliver(MessagePosted(conversation_id=pair.conversation_id, seq=seen, change=seen))
    node.taken()
    assert await look(reconciler, node) == [MessagePosted(conversation_id=pair.conversation_id, seq=2, change=2)]


async def test_edits_and_deletions_are_told_as_such_and_the_unseen_as_new(
    house: House, node: NodeState, reconciler: Reconciler
) -> None:
    pair = await house.care_pair()
    first, second = await house.say(pair.first, pair, "a", "b")
    node.join(pair, change=2, seq=2)
    [unseen] = await house.say(pair.first, pair, "c")
    await house.changes.edit(pair.first, message_id=first.id, content="a2")
    await house.changes.delete(pair.first, message_id=second.id)
    await house.changes.edit(pair.first, message_id=unseen.id, content="c2")
    key = pair.conversation_id
    assert await look(reconciler, node) == [
        MessageEdited(conversation_id=key, seq=1, change=4),
        MessageDeleted(conversation_id=key, seq=2, change=5),
        MessagePosted(conversation_id=key, seq=3, change=6),
    ]
    assert await look(reconciler, node) == []
    # Change 3 was replaced by change 6: the floor passes over it.
    assert node.rooms()[key] == RoomPosition(6, 3, set(), set())


async def test_reactions_are_told_as_such_and_each_message_once(
    house: House, node: NodeState, reconciler: Reconciler
) -> None:
    pair = await house.care_pair()
    first, second, third = await house.say(pair.first, pair, "a", "b", "c")
    node.join(pair, change=3, seq=3)
    [unseen] = await house.say(pair.first, pair, "d")
    for message in (first, second, third, unseen):
        await house.reactions.add(pair.second, message_id=message.id, emoji="👍")
    await house.changes.edit(pair.first, message_id=second.id, content="b2")
    await house.reactions.remove(pair.second, message_id=third.id, emoji="👍")
    key = pair.conversation_id
    assert await look(reconciler, node) == [
        MessagePosted(conversation_id=key, seq=4, change=4),
        MessageReacted(conversation_id=key, seq=1, change=5),
        MessagePosted(conversation_id=key, seq=4, change=8),  # the broadcaster has told this change with the one before
        MessageEdited(conversation_id=key, seq=2, change=9),
        MessageReacted(conversation_id=key, seq=3, change=10),
    ]
    assert await look(reconciler, node) == []
    assert node.rooms()[key].change == 10


async def test_a_change_that_later_ones_replaced_does_not_hold_the_floor(
    house: House, node: NodeState, reconciler: Reconciler
) -> None:
    pair = await house.care_pair()
    [message] = await house.say(pair.first, pair, "a")
    node.join(pair, change=1, seq=1)
    for text in ("b", "c"):
        await house.changes.edit(pair.first, message_id=message.id, content=text)
    node.deliver(MessageEdited(conversation_id=pair.conversation_id, seq=1, change=3))
    node.taken()
    assert await look(reconciler, node) == []
    assert node.rooms()[pair.conversation_id].change == 3


async def test_a_long_absence_is_told_in_bounded_steps(
    house: House, node: NodeState, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms_module, "MOST_A_ROOM", 3)
    pair = await house.care_pair()
    node.join(pair)
    await house.say(pair.first, pair, *"abcdefgh")
    steps = [len(await look(reconciler, node)) for _ in range(5)]
    assert steps == [3, 3, 2, 0, 0]
    assert node.rooms()[pair.conversation_id].change == 8


async def test_a_full_step_of_told_rows_moves_the_floor_no_further(
    house: House, node: NodeState, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms_module, "MOST_A_ROOM", 2)
    pair = await house.care_pair()
    [message] = await house.say(pair.first, pair, "a")
    node.join(pair, change=1, seq=1)
    await house.changes.edit(pair.first, message_id=message.id, content="b")
    await house.changes.edit(pair.first, message_id=message.id, content="c")
    await house.say(pair.first, pair, "d", "e", "f")
    for seq, change in ((1, 3), (2, 4)):
        node.deliver(MessageEdited(conversation_id=pair.conversation_id, seq=seq, change=change))
    node.taken()
    assert await look(reconciler, node) == []
    assert node.rooms()[pair.conversation_id].change == 4
    assert [fact.change for fact in await look(reconciler, node) if isinstance(fact, MessagePosted)] == [5, 6]


async def test_watermarks_that_moved_are_told_once_with_their_time(
    house: House, node: NodeState, reconciler: Reconciler
) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, *"abcde")
    node.join(pair, change=5, seq=5)
    await house.marks.delivered(pair.second, conversation_id=pair.conversation_id, up_to_seq=4)
    await house.marks.read(pair.second, conversation_id=pair.conversation_id, up_to_seq=3)
    published = {type(fact): fact for fact in house.published.facts}
    assert await look(reconciler, node) == [published[MessagesRead], published[MessagesDelivered]]
    assert await look(reconciler, node) == []
    await house.marks.read(pair.second, conversation_id=pair.conversation_id, up_to_seq=5)
    [read] = await look(reconciler, node)
    assert isinstance(read, MessagesRead)
    assert (read.read_seq, read.updated_count) == (5, 2)
    node.deliver(read)
    assert node.taken() == []


async def test_marks_that_were_told_are_not_told_again(house: House, node: NodeState, reconciler: Reconciler) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "a", "b")
    node.join(pair, change=2, seq=2)
    await house.marks.read(pair.second, conversation_id=pair.conversation_id)
    node.deliver(house.published.facts[-1])
    assert len(node.taken()) == 1
    assert await look(reconciler, node) == []


async def test_a_room_without_known_marks_learns_them_silently(
    house: House, node: NodeState, reconciler: Reconciler
) -> None:
    pair = await house.care_pair()
    await house.say(pair.first, pair, "a", "b")
    await house.marks.read(pair.second, conversation_id=pair.conversation_id, up_to_seq=1)
    node.tracks.start(pair.conversation_id, change=2, seq=2)
    assert await look(reconciler, node) == []
    await house.marks.read(pair.second, conversation_id=pair.conversation_id)
    assert [type(fact) for fact in await look(reconciler, node)] == [MessagesRead]


async def test_a_removed_participant_is_put_out(house: House, node: NodeState, reconciler: Reconciler) -> None:
    pair = await house.care_pair()
    node.join(pair)
    assert await look(reconciler, node) == []
    key, gone = pair.conversation_id, pair.second.user_id
    await house.conversations.set_left(conversation_id=key, user_id=gone, left=True)
    assert await look(reconciler, node) == [
        ParticipantRemoved(conversation_id=key, user_id=gone),
        ConversationChanged(conversation_id=key),
    ]
    assert await look(reconciler, node) == []


async def test_an_obstacle_that_came_or_went_is_told_once(
    house: House, node: NodeState, reconciler: Reconciler
) -> None:
    pair = await house.care_pair()
    node.join(pair)
    changed = [ConversationChanged(conversation_id=pair.conversation_id)]
    assert await look(reconciler, node) == []
    settings = ConversationSettings(status="closed")
    await house.conversations.settle(pair.second, conversation_id=pair.conversation_id, settings=settings)
    assert [await look(reconciler, node) for _ in range(2)] == [changed, []]
    settings = ConversationSettings(status="active")
    await house.conversations.settle(pair.second, conversation_id=pair.conversation_id, settings=settings)
    assert [await look(reconciler, node) for _ in range(2)] == [changed, []]
    await house.end_link(pair)
    assert [await look(reconciler, node) for _ in range(2)] == [changed, []]


def execute(database: ScratchDatabase, statement: str, *parameters: object) -> None:
    with connected(database.owner_url) as cursor:
        cursor.execute(statement, parameters)


async def test_ended_sessions_disabled_people_and_changed_roles_are_put_out(
    house: House, node: NodeState, reconciler: Reconciler, clean_database: ScratchDatabase
) -> None:
    alive, dead, expired, disabled, promoted, hosted, unknown = [str(uuid.uuid4()) for _ in range(7)]
    people = {name: await house.person("patient") for name in (alive, dead, expired, disabled, promoted, hosted)}
    for name in (alive, dead, expired, disabled, promoted):
        execute(
            clean_database,
            "INSERT INTO sessions (id, user_id, expires_at, ended_at) VALUES (%s, %s, now() + %s::interval, %s)",
            name,
            people[name].user_id,
            "-1 minute" if name == expired else "1 day",
            "2026-01-01" if name == dead else None,
        )
    execute(clean_database, "UPDATE users SET disabled_at = now() WHERE id = %s", people[disabled].user_id)
    for name in (promoted, hosted):
        execute(clean_database, "UPDATE users SET role = 'medecin' WHERE id = %s", people[name].user_id)
    for name, person in people.items():
        session = None if name == hosted else name
        node.connect(Principal(person.user_id, person.role, session, 0))
    node.connect(Principal(people[alive].user_id, "patient", unknown, 0))
    node.connect(Principal(10**12, "patient", None, 0))
    told = await look(reconciler, node)
    assert {fact.user_id for fact in told if isinstance(fact, UserDisabled)} == {
        people[disabled].user_id,
        people[hosted].user_id,
        10**12,
    }
    assert {fact.session_ids for fact in told if isinstance(fact, SessionsEnded)} == {
        (dead,),
        (expired,),
        (promoted,),
        (unknown,),
    }
    assert len(told) == 7


async def test_who_may_no_longer_see_somebody_stops_watching(
    house: House, node: NodeState, reconciler: Reconciler
) -> None:
    pair = await house.care_pair()
    me, doctor = pair.first.user_id, pair.second.user_id
    node.connect(pair.first)
    node.watchers = {(me, doctor)}
    assert await look(reconciler, node) == []
    await house.end_link(pair)
    assert await look(reconciler, node) == [CareLinkChanged(patient_id=me, doctor_id=doctor)]


async def test_lists_of_people_outside_the_room_are_refreshed_when_hints_were_lost(
    house: House, node: NodeState, reconciler: Reconciler
) -> None:
    pair = await house.care_pair()
    node.connect(pair.first)
    assert await look(reconciler, node) == []
    seen = await look(reconciler, node, hints_lost=True)
    mine = ConversationChanged(conversation_id=pair.conversation_id, user_id=pair.first.user_id)
    assert mine in seen
    assert await look(reconciler, node, hints_lost=True) == []
    await house.say(pair.second, pair, "a")
    assert await look(reconciler, node, hints_lost=True) == [mine]
    await house.marks.read(pair.first, conversation_id=pair.conversation_id)
    assert await look(reconciler, node, hints_lost=True) == [mine], "read on another device"
    assert await look(reconciler, node, hints_lost=True) == []
    await house.end_link(pair)
    link = CareLinkChanged(patient_id=pair.first.user_id, doctor_id=pair.second.user_id)
    assert await look(reconciler, node, hints_lost=True) == [link]
    assert await look(reconciler, node, hints_lost=True) == []


@pytest.mark.parametrize(
    "settings",
    [
        ConversationSettings(muted=True),
        ConversationSettings(pinned=True),
        ConversationSettings(status="archived"),
        ConversationSettings(marked_unread=True),
    ],
)
async def test_what_one_decided_on_another_device_is_told_when_hints_were_lost(
    house: House, node: NodeState, reconciler: Reconciler, settings: ConversationSettings
) -> None:
    """To that person alone: it is in nobody else's list."""
    pair = await house.care_pair()
    for person in (pair.first, pair.second):
        node.connect(person)
    await look(reconciler, node, hints_lost=True)
    mine = ConversationChanged(conversation_id=pair.conversation_id, user_id=pair.first.user_id)
    await house.conversations.settle(pair.first, conversation_id=pair.conversation_id, settings=settings)
    assert await look(reconciler, node, hints_lost=True) == [mine]
    await house.conversations.settle(pair.first, conversation_id=pair.conversation_id, settings=settings)
    assert await look(reconciler, node, hints_lost=True) == [], "the same again changes nothing"


async def test_reading_what_was_marked_as_unread_is_told_when_hints_were_lost(
    house: House, node: NodeState, reconciler: Reconciler
) -> None:
    """No watermark moves: there is nothing new to read."""
    pair = await house.care_pair()
    await house.conversations.settle(
        pair.first, conversation_id=pair.conversation_id, settings=ConversationSettings(marked_unread=True)
    )
    node.connect(pair.first)
    await look(reconciler, node, hints_lost=True)
    await house.marks.read(pair.first, conversation_id=pair.conversation_id)
    mine = ConversationChanged(conversation_id=pair.conversation_id, user_id=pair.first.user_id)
    assert await look(reconciler, node, hints_lost=True) == [mine]


async def test_who_went_and_came_back_is_told_to_both_when_hints_were_lost(
    house: House, node: NodeState, reconciler: Reconciler
) -> None:
    pair = await house.care_pair()
    people = (pair.first, pair.second)
    for person in people:
        node.connect(person)
    await look(reconciler, node, hints_lost=True)
    theirs = [ConversationChanged(conversation_id=pair.conversation_id, user_id=person.user_id) for person in people]
    place = {"conversation_id": pair.conversation_id, "user_id": pair.first.user_id}
    await house.conversations.set_left(**place, left=True)
    gone = ParticipantRemoved(**place)
    assert await look(reconciler, node, hints_lost=True) == [*theirs[1:], gone], "nobody can answer there now"
    assert await look(reconciler, node, hints_lost=True) == [], "that is told once"
    await house.conversations.set_left(**place, left=False)
    assert unordered(await look(reconciler, node, hints_lost=True)) == unordered(theirs)


def unordered(facts: Sequence[Fact]) -> list[str]:
    return sorted(map(repr, facts))


async def test_notifications_are_told_again_when_hints_were_lost(
    house: House, node: NodeState, reconciler: Reconciler
) -> None:
    """New ones and those that were read elsewhere: each state once."""
    pair = await house.care_pair()
    node.connect(pair.first)
    await look(reconciler, node, hints_lost=True)
    async with house.database.transaction() as repositories:
        new = [NewNotification(user_id=person.user_id, kind="export_ready") for person in (pair.first, pair.second)]
        mine, _ = await repositories.notifications.insert(new)
    told = NotificationsTold(user_id=pair.first.user_id, notification_ids=(mine.id,))
    assert await look(reconciler, node, hints_lost=True) == [told]
    assert await look(reconciler, node, hints_lost=True) == []
    async with house.database.transaction() as repositories:
        await repositories.notifications.set_read(notification_id=mine.id, user_id=pair.first.user_id, read=True)
    assert await look(reconciler, node, hints_lost=True) == [told]
    assert await look(reconciler, node, hints_lost=True) == []


async def test_an_empty_node_asks_next_to_nothing(house: House, node: NodeState, reconciler: Reconciler) -> None:
    assert await look(reconciler, node, hints_lost=True) == []


class Flaky:
    """The database, away when told so."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.away = False
        self.broken = False
        self.asked = 0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Repositories]:
        self.asked += 1
        if self.broken:
            raise RuntimeError("a mistake")
        if self.away:
            raise StorageUnavailable("away")
        async with self._database.reading() as repositories:
            yield repositories

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Repositories]:
        async with self._database.transaction() as repositories:
            yield repositories


class Loop:
    """A running reconciler with a clock of its own."""

    def __init__(self, database: Database, node: NodeState) -> None:
        self.seconds = 0.0
        self.healthy = True
        self.others_looked = 0
        self.went_back = 0.0
        self.database = Flaky(database)
        self.reconciler = Reconciler(
            unit_of_work=self.database,
            view=node,
            told=node.told,
            deliver=node.deliver,
            healthy=lambda: self.healthy,
            kinds=KINDS,
            others=self._look,
            clock=lambda: self.seconds,
        )

    def _look(self, seconds: float) -> None:
        self.others_looked += 1
        self.went_back = seconds

    def others_have_looked(self, times: int) -> bool:
        return self.others_looked == times


@pytest.fixture
async def loop(house: House, node: NodeState) -> AsyncIterator[Loop]:
    running = Loop(house.database, node)
    running.reconciler.start()
    yield running
    await running.reconciler.close()


async def missed(house: House, node: NodeState) -> Pair:
    """Who are in their room on this node, which no hint told of what one of them said."""
    pair = await house.care_pair()
    node.join(pair)
    await house.say(pair.first, pair, "a")
    return pair


async def test_looks_now_and_then_always(house: House, node: NodeState, loop: Loop) -> None:
    await missed(house, node)
    loop.seconds = 15
    await until(lambda: len(node.delivered) == 1)
    assert loop.others_looked == 0


async def test_looks_often_while_hints_are_being_lost(house: House, node: NodeState, loop: Loop) -> None:
    await missed(house, node)
    loop.healthy = False
    for looks in range(1, 4):
        loop.seconds += 2
        await until(partial(loop.others_have_looked, looks))
    assert len(node.delivered) == 1


async def test_looks_at_once_after_a_recovery_and_where_it_is_asked_to(
    house: House, node: NodeState, loop: Loop
) -> None:
    pair = await missed(house, node)
    loop.reconciler.hints_lost()
    assert await until(lambda: len(node.delivered) == 1) < 1
    await until(lambda: loop.others_looked == 1)
    await house.say(pair.first, pair, "b")
    loop.reconciler.look_again([pair.conversation_id, 10**12])
    assert await until(lambda: len(node.delivered) == 2) < 1


async def test_goes_back_to_what_was_lost_here_though_looks_were_made_since(
    house: House, node: NodeState, loop: Loop
) -> None:
    await missed(house, node)
    loop.seconds = 100
    await until(lambda: len(node.delivered) == 1)
    loop.reconciler.hints_lost(60.0)
    await until(lambda: loop.others_looked == 1)
    assert loop.went_back == 60.0 + OVERLAP_SECONDS


async def test_what_could_not_be_looked_at_is_looked_at_later(house: House, node: NodeState, loop: Loop) -> None:
    pair = await missed(house, node)
    loop.database.away = True
    loop.reconciler.look_again([pair.conversation_id])
    await until(lambda: loop.database.asked >= 2)
    loop.database.away = False
    await until(lambda: len(node.delivered) == 1)
    await house.say(pair.first, pair, "b")
    loop.database.away = True
    loop.reconciler.hints_lost()
    before = loop.database.asked
    await until(lambda: loop.database.asked >= before + 2)
    loop.database.away = False
    await until(lambda: len(node.delivered) == 2)


async def test_a_mistake_does_not_end_the_looking(house: House, node: NodeState, loop: Loop) -> None:
    loop.database.broken = True
    loop.reconciler.hints_lost()
    await until(lambda: loop.database.asked >= 1)
    loop.database.broken = False
    await missed(house, node)
    loop.reconciler.hints_lost()
    await until(lambda: len(node.delivered) == 1)


async def test_a_thousand_rooms_take_few_statements_and_little_time(house: House, node: NodeState) -> None:
    pairs = [await house.care_pair() for _ in range(20)]
    for pair in pairs:
        node.join(pair)
        await house.say(pair.first, pair, "a")
    database = Flaky(house.database)
    reconciler = made(database, node)
    started = time.monotonic()
    assert len(await look(reconciler, node)) == 20
    assert database.asked == 2
    assert time.monotonic() - started < 2


async def test_closing_before_starting_is_fine(house: House, reconciler: Reconciler) -> None:
    await reconciler.close()
