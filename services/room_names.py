"""The one place where room names are made, and only from what is validated: any string would be taken for a room."""

from typing import NewType

RoomName = NewType("RoomName", str)

STATS_ROOM = RoomName("connection_stats")


def conversation_room(conversation_id: int) -> RoomName:
    return RoomName(f"conversation_{int(conversation_id)}")


def user_room(user_id: int) -> RoomName:
    """All sockets of one user; every socket enters its own at connection."""
    return RoomName(f"user_{int(user_id)}")


def presence_room(user_id: int) -> RoomName:
    """Those who asked for the presence of this user."""
    return RoomName(f"presence_{int(user_id)}")
