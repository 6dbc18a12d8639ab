"""Typing is relayed where one may write, and ends by itself."""

from types import SimpleNamespace

import pytest

from repositories.conversations import Membership
from services.access import Access
from services.errors import Conflict, Forbidden, NotFound
from services.events import CareLinkChanged, Fact, TypingStarted, TypingStopped
from services.principal import PATIENT, Principal
from services.typing import Typing
from services.typists import MOST_A_SOCKET
from tests.support.fakes import FakeUnitOfWork, RecordingPublisher

ME = Principal(1, PATIENT, None, 0)


class Conversations:
    """Conversation 404 is none of one's business, 403 and 409 cannot be written in."""

    def __init__(self) -> None:
        self.asked = 0
        self.obstacle: str | None = None

    async def membership(self, *, conversation_id: int, user_id: int) -> Membership | None:
        self.asked += 1
        if conversation_id == 404:
            return None
        obstacle = {403: "link_ended", 409: "conversation_closed"}.get(conversation_id, self.obstacle)
        return Membership(conversation_id, "care", "active", 0, 0, "k", b"", 0, 0, obstacle)


class Desk:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.publisher = RecordingPublisher()
        self.conversations = Conversations()
        self.here: list[Fact] = []
        self.typing = Typing(
            unit_of_work=FakeUnitOfWork(SimpleNamespace(conversations=self.conversations)),
            publisher=self.publisher,
            tell_here=self.here.append,
            access=Access(kinds=frozenset({"care"})),
            clock=lambda: self.seconds,
            seconds=6.0,
        )

    async def start(self, conversation_id: int = 5, socket_id: str = "s") -> None:
        await self.typing.start(ME, conversation_id=conversation_id, socket_id=socket_id)

    @property
    def stopped(self) -> list[int]:
        return [fact.conversation_id for fact in self.publisher.of(TypingStopped)]

    def at(self, seconds: float) -> None:
        self.seconds = seconds
        self.typing.tick()


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_each_start_and_stop_is_relayed_with_its_socket(desk: Desk) -> None:
    await desk.start()
    await desk.start()
    await desk.typing.stop(ME, conversation_id=5, socket_id="s")
    assert desk.publisher.facts == [
        TypingStarted(conversation_id=5, user_id=1, socket_id="s"),
        TypingStarted(conversation_id=5, user_id=1, socket_id="s"),
        TypingStopped(conversation_id=5, user_id=1, socket_id="s"),
    ]
    desk.at(100)
    assert desk.stopped == [5]


async def test_ends_by_itself_after_the_last_start(desk: Desk) -> None:
    await desk.start()
    await desk.start(6, "t")
    desk.at(5)
    await desk.start()
    desk.at(6)
    assert desk.stopped == [6]
    desk.at(10.9)
    assert desk.stopped == [6]
    desk.at(11)
    assert desk.stopped == [6, 5]
    desk.at(99)
    assert desk.stopped == [6, 5]


async def test_leaving_or_sending_ends_it_once_and_only_when_it_began(desk: Desk) -> None:
    desk.typing.left("s", 5)
    assert desk.stopped == []
    await desk.start()
    desk.typing.left("s", 5)
    desk.typing.left("s", 5)
    assert desk.stopped == [5]


async def test_a_disconnect_ends_all_of_that_socket(desk: Desk) -> None:
    await desk.start(5)
    await desk.start(6)
    await desk.start(7, "other")
    desk.typing.disconnected("s")
    desk.typing.disconnected("s")
    assert desk.stopped == [5, 6]


@pytest.mark.parametrize(("conversation_id", "error"), [(404, NotFound), (403, Forbidden), (409, Conflict)])
async def test_not_where_one_may_not_write(desk: Desk, conversation_id: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        await desk.start(conversation_id)
    with pytest.raises(error):
        await desk.typing.stop(ME, conversation_id=conversation_id, socket_id="s")
    assert desk.publisher.facts == []


async def test_a_burst_asks_the_database_once_and_each_of_it_is_relayed(desk: Desk) -> None:
    for _ in range(4):
        await desk.start()
    assert desk.conversations.asked == 1
    assert len(desk.publisher.of(TypingStarted)) == 4


async def test_without_waiting_only_what_is_known_and_otherwise_nothing_is_done(desk: Desk) -> None:
    assert not desk.typing.start_at_once(ME, conversation_id=5, socket_id="s")
    assert not desk.typing.stop_at_once(ME, conversation_id=5, socket_id="s")
    assert desk.publisher.facts == []
    await desk.start()
    assert desk.typing.stop_at_once(ME, conversation_id=5, socket_id="s")
    assert desk.typing.start_at_once(ME, conversation_id=5, socket_id="s")
    assert [type(fact) for fact in desk.publisher.facts] == [TypingStarted, TypingStopped, TypingStarted]
    desk.typing.rights_heard(CareLinkChanged(patient_id=1, doctor_id=2))
    assert not desk.typing.start_at_once(ME, conversation_id=5, socket_id="s")
    desk.at(6)
    assert desk.stopped == [5, 5]


async def test_who_lost_the_right_is_refused_at_the_next_word_and_within_a_second_without_one(desk: Desk) -> None:
    await desk.start()
    desk.conversations.obstacle = "link_ended"
    desk.typing.rights_heard(CareLinkChanged(patient_id=1, doctor_id=2))
    with pytest.raises(Forbidden):
        await desk.start()
    desk.conversations.obstacle = None
    await desk.start()
    desk.conversations.obstacle = "link_ended"
    desk.seconds += 0.9
    with pytest.raises(Forbidden):
        await desk.start()


async def test_a_refusal_is_not_remembered(desk: Desk) -> None:
    desk.conversations.obstacle = "conversation_closed"
    with pytest.raises(Conflict):
        await desk.start()
    desk.conversations.obstacle = None
    await desk.start()


async def test_a_socket_types_in_so_many_conversations_at_most(desk: Desk) -> None:
    for number in range(1, MOST_A_SOCKET + 3):
        await desk.start(number)
    assert desk.stopped == [1, 2]


def test_what_another_node_began_ends_here_even_when_that_node_died(desk: Desk) -> None:
    desk.typing.heard(TypingStarted(conversation_id=5, user_id=2, socket_id="far"))
    desk.typing.heard(TypingStarted(conversation_id=6, user_id=2, socket_id="far"))
    desk.typing.heard(TypingStopped(conversation_id=6, user_id=2, socket_id="far"))
    desk.at(7.9)
    assert desk.here == []
    desk.at(8)
    assert desk.here == [TypingStopped(conversation_id=5, user_id=2, socket_id="far")]
    assert desk.publisher.facts == [], "the other nodes know for themselves"


def test_what_other_nodes_began_is_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.typing.MOST_ELSEWHERE", 2)
    for number in (5, 6, 7):
        desk.typing.heard(TypingStarted(conversation_id=number, user_id=2, socket_id="far"))
    assert desk.here == [TypingStopped(conversation_id=5, user_id=2, socket_id="far")]
