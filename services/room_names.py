"""The one place where room names are made, and only from what is validated: any string would be taken for a room."""

from collections.abc import Iterable
from typing import NewType

RoomName = NewType("RoomName", str)

STATS_ROOM = RoomName("connection_stats")
# Of the list of the forum's questions.
QUESTIONS_ROOM = RoomName("questions")
_PRESENCE = "presence_"


def conversation_room(conversation_id: int) -> RoomName:
    return RoomName(f"conversation_{int(conversation_id)}")


def user_room(user_id: int) -> RoomName:
    """All sockets of one user; every socket enters its own at connection."""
    return RoomName(f"user_{int(user_id)}")


def presence_room(user_id: int) -> RoomName:
    """Those who asked for the presence of this user."""
    return RoomName(f"{_PRESENCE}{int(user_id)}")


def question_room(question_id: int) -> RoomName:
    return RoomName(f"question_{int(question_id)}")


def question_of(room: RoomName) -> int | None:
    """None when it is no question's room."""
    return _number_in(room, "question")


def conversation_of(room: RoomName) -> int | None:
    """None when it is no conversation's room."""
    return _number_in(room, "conversation")


def watched_in(rooms: Iterable[RoomName]) -> list[tuple[RoomName, int]]:
    """Those of them that are about somebody's presence, with that person."""
    return [(room, int(room[len(_PRESENCE) :])) for room in rooms if room.startswith(_PRESENCE)]


def _number_in(room: RoomName, kind: str) -> int | None:
    name, _, number = room.partition("_")
    return int(number) if name == kind else None
