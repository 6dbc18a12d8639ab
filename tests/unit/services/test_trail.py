"""The queue before the trail: alike entries are one, nothing is lost while the database is away, its bound is told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from repositories.errors import OutcomeUnknown, StorageUnavailable
from repositories.trail import Noted
from services.errors import Unavailable
from services.openings import Openings
from services.principal import Origin, Principal
from services.trail import MOST_OF_NOBODY, BufferedTrail
from services.trail_ports import CALL, TrailEntry
from tests.support.fakes import RecordingPublisher

DOCTOR = Principal(7, "medecin", "session", 2e9)
HERE = Origin("192.0.2.1", "device\x00\ud800", "request", "fr")


class Store:
    """A database that can be away, and one whose answer can be lost after it stored."""

    def __init__(self) -> None:
        self.batches: dict[UUID, list[Noted]] = {}
        self.away = False
        self.answers_lost = 0
        self.tries = 0
        self.trail = self

    @property
    def rows(self) -> list[Noted]:
        return [row for rows in self.batches.values() for row in rows]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        self.tries += 1
        if self.away:
            raise StorageUnavailable("away")
        yield self
        if self.answers_lost:
            self.answers_lost -= 1
            raise OutcomeUnknown("no answer")

    async def note(self, batch: UUID, rows: Sequence[Noted]) -> None:
        assert batch not in self.batches, "stored twice"
        self.batches[batch] = list(rows)

    async def is_noted(self, batch: UUID) -> bool:
        return batch in self.batches


@pytest.fixture
def store() -> Store:
    return Store()


def trail_of(
    store: Any,
    *,
    max_waiting: int = 100,
    publisher: RecordingPublisher | None = None,
    now: Callable[[], float] = lambda: 1000.0,
) -> BufferedTrail:
    openings = Openings(publisher=publisher or RecordingPublisher())
    trail = BufferedTrail(unit_of_work=store, openings=openings, now=now, max_waiting=max_waiting)
    trail.start()
    return trail


def entry(action: str = "history.read", **changes: Any) -> TrailEntry:
    return TrailEntry(**{"action": action, "principal": DOCTOR, "origin": HERE, "conversation_id": 3, **changes})


async def test_alike_entries_are_one_row_that_says_how_often(store: Store) -> None:
    trail = trail_of(store)
    for _ in range(3):
        trail.note(entry())
    trail.note(entry("conversation.open"))
    await trail.settled()
    assert [(row.action, row.times) for row in store.rows] == [("history.read", 3), ("conversation.open", 1)]
    await trail.close()


async def test_a_flood_of_refusals_of_nobody_is_no_flood_of_rows(store: Store) -> None:
    """Each call has a request id of its own, and whoever makes it chooses the rest."""
    trail = trail_of(store)
    for number in range(1, 501):
        origin = Origin("192.0.2.1", f"device {number}", f"request-{number}", "fr")
        refused: dict[str, Any] = {"principal": None, "origin": origin, "result": "denied", "reason": "AUTH_REQUIRED"}
        trail.note(entry(object_type=CALL, object_id=f"path {number}", conversation_id=number, **refused))
    trail.note(entry())
    await trail.close()
    *told_apart, many, known = store.rows
    assert [row.object_id for row in told_apart] == [f"path {number}" for number in range(1, MOST_OF_NOBODY + 1)]
    assert (many.times, many.address, many.reason) == (500 - MOST_OF_NOBODY, "192.0.2.1", "AUTH_REQUIRED")
    assert (known.user_id, known.conversation_id, known.request_id) == (7, 3, "request")


async def test_what_the_database_cannot_keep_costs_no_entry(store: Store) -> None:
    trail = trail_of(store)
    trail.note(entry())
    await trail.close()
    assert [(row.device, row.session_id, row.address) for row in store.rows] == [("device?", "session", "192.0.2.1")]


async def test_numbers_of_one_socket_and_conversation_are_one_entry(store: Store) -> None:
    trail = trail_of(store)
    for number in (1, 2, 2, 3):
        trail.tally("message.send", DOCTOR, HERE, "socket", 3, number)
    trail.tally("message.send", DOCTOR, HERE, "socket", 4, 1)
    trail.tally("message.send", DOCTOR, HERE, "other", 3, 4)
    await trail.close()
    assert sorted((row.conversation_id, row.object_id) for row in store.rows) == [(3, "1,2,3"), (3, "4"), (4, "1")]


async def test_numbers_are_stored_without_a_word_from_anybody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.trail.TALLY_SECONDS", 0.0)
    trail = trail_of(store)
    trail.tally("message.send", DOCTOR, HERE, "socket", 3, 1)
    async with asyncio.timeout(5):
        while not store.rows:
            await asyncio.sleep(0.01)
    assert trail.waiting == 0
    await trail.close()


async def test_a_clock_that_is_put_back_keeps_nothing_back(store: Store) -> None:
    at, publisher = 1000.0, RecordingPublisher()
    trail = trail_of(store, publisher=publisher, now=lambda: at)
    trail.tally("message.send", DOCTOR, HERE, "socket", 3, 1)
    trail.note(entry())
    await trail.settled()
    at -= 300.0
    trail.note(entry())
    async with asyncio.timeout(5):
        while "message.send" not in {row.action for row in store.rows}:
            await asyncio.sleep(0.01)
    assert len(publisher.facts) == 2
    await trail.close()


async def test_numbers_that_are_still_gathered_hold_nobody_up(store: Store) -> None:
    trail = trail_of(store)
    trail.tally("message.send", DOCTOR, HERE, "socket", 3, 1)
    for action in ("one", "two"):
        trail.note(entry(action))
        await asyncio.wait_for(trail.settled(), 5)
    assert [row.action for row in store.rows] == ["one", "two"]
    assert trail.waiting == 1
    await trail.close()
    assert [row.action for row in store.rows] == ["one", "two", "message.send"]


async def test_nothing_is_lost_while_the_database_is_away(store: Store) -> None:
    trail = trail_of(store)
    store.away = True
    trail.note(entry())
    async with asyncio.timeout(5):
        while store.tries < 2:
            await asyncio.sleep(0.01)
    store.away = False
    trail.note(entry("later"))
    await trail.close()
    assert [row.action for row in store.rows] == ["history.read", "later"]


async def test_a_batch_whose_answer_was_lost_is_not_stored_twice(store: Store) -> None:
    trail = trail_of(store)
    store.answers_lost = 1
    trail.note(entry())
    await trail.settled()
    await trail.close()
    assert store.tries == 2 and len(store.rows) == 1


async def test_who_must_be_sure_is_told_when_it_cannot_be(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.trail.PATIENCE", 0.05)
    monkeypatch.setattr("services.trail.CLOSE_SECONDS", 0.05)
    trail = trail_of(store)
    store.away = True
    trail.note(entry())
    with pytest.raises(Unavailable):
        await trail.settled()
    await trail.close()
    assert trail.waiting == 1


async def test_beyond_its_bound_entries_are_counted_and_the_trail_says_so(store: Store) -> None:
    trail = trail_of(store, max_waiting=2)
    for number in range(5):
        trail.note(entry(object_id=str(number)))
    assert trail.lost == 3
    await trail.close()
    assert [(row.action, row.times) for row in store.rows][-1] == ("trail.overflow", 3)
    assert len(store.rows) == 3


async def test_openings_are_told_once_in_a_while_and_broken_glass_each_time(store: Store) -> None:
    publisher = RecordingPublisher()
    trail = trail_of(store, publisher=publisher)
    for noted in (
        entry(),
        entry("conversation.open"),
        entry(result="denied", conversation_id=9),
        entry(principal=Principal(1, "patient", None, 0.0)),
        entry("break_glass", reason="urgence"),
        entry("break_glass", reason="urgence"),
    ):
        trail.note(noted)
    assert [getattr(fact, "action", "") for fact in publisher.facts] == ["history.read", "break_glass", "break_glass"]
    assert "urgence" not in repr(publisher.facts)
    await trail.close()
