"""A yes is remembered for a moment, and never over a change of rights."""

import datetime
from typing import Any

import pytest

from services import events
from services.events import Fact
from services.voices import KEPT_SECONDS, MOST, TAKES_NO_RIGHT, Voices

NOW = datetime.datetime.now(datetime.UTC)
RIGHTS: list[Fact] = [
    events.ConversationChanged(conversation_id=5),
    events.ConversationChanged(conversation_id=6, user_id=1),
    events.ParticipantRemoved(conversation_id=5, user_id=1),
    events.CareLinkChanged(patient_id=1, doctor_id=2),
    events.UserDisabled(user_id=1),
    events.UserChanged(user_id=1),
]


class Desk:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.voices = Voices(clock=lambda: self.seconds)

    def remember(self, user_id: int = 1, conversation_id: int = 5) -> None:
        self.voices.remember(self.voices.ask(), user_id, conversation_id)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_yes_is_about_one_person_and_one_conversation_and_ends_from_when_it_was_asked_for(desk: Desk) -> None:
    asked = desk.voices.ask()
    desk.seconds = KEPT_SECONDS * 0.8
    desk.voices.remember(asked, 1, 5)
    assert desk.voices.known(1, 5)
    assert not desk.voices.known(1, 6)
    assert not desk.voices.known(2, 5)
    desk.seconds = KEPT_SECONDS
    assert not desk.voices.known(1, 5)


@pytest.mark.parametrize("fact", RIGHTS, ids=lambda fact: type(fact).__name__)
def test_no_yes_outlives_a_change_of_rights(desk: Desk, fact: Fact) -> None:
    desk.remember()
    desk.voices.heard(fact)
    assert not desk.voices.known(1, 5)


@pytest.mark.parametrize("fact", RIGHTS, ids=lambda fact: type(fact).__name__)
def test_an_answer_that_was_asked_for_before_a_change_is_not_remembered(desk: Desk, fact: Fact) -> None:
    asked = desk.voices.ask()
    desk.voices.heard(fact)
    desk.voices.remember(asked, 1, 5)
    assert not desk.voices.known(1, 5)


def test_every_fact_is_one_or_the_other() -> None:
    """Who adds a kind of fact decides here whether it can take a right; undecided, it is taken for one that can."""
    kinds: set[Any] = {
        kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Fact) and kind is not Fact
    }
    assert kinds == TAKES_NO_RIGHT | {type(fact) for fact in RIGHTS}


def test_what_takes_no_right_changes_nothing(desk: Desk) -> None:
    desk.remember()
    desk.voices.heard(events.MessagePosted(conversation_id=5, seq=1, change=1))
    desk.voices.heard(events.PresenceChanged(user_id=1, online=False, last_seen_at=NOW))
    assert desk.voices.known(1, 5)


def test_memory_is_bounded(desk: Desk) -> None:
    for number in range(MOST + 5):
        desk.remember(conversation_id=number)
    assert sum(desk.voices.known(1, number) for number in range(MOST + 5)) <= MOST
    assert desk.voices.known(1, MOST + 4)
