"""Who comes alone is told of at once; who comes with many shares a look, and everybody is told in order."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, cast

from repositories.errors import StorageUnavailable
from server.broadcaster.presence_news import PresenceNews
from services.events import PresenceChanged
from services.room_names import RoomName, conversation_room, presence_room

MOMENT = 0.02


class House:
    """Presence and sockets of it: user 1 shares conversation 7 with the socket `friend`, `curious` asked for user 2."""

    def __init__(self) -> None:
        self.looks: list[list[int]] = []
        self.told: list[tuple[str, int, bool]] = []
        self.away = False
        self.rooms: dict[RoomName, set[str]] = {
            conversation_room(7): {"friend", "own"},
            presence_room(2): {"curious"},
        }

    async def visible_conversations(self, user_ids: Sequence[int]) -> dict[int, list[int]]:
        self.looks.append(sorted(user_ids))
        if self.away:
            raise StorageUnavailable("away")
        return {user_id: [7] if user_id == 1 else [] for user_id in user_ids}

    def anybody_in(self, room: RoomName) -> bool:
        return room in self.rooms

    def members(self, room: RoomName) -> frozenset[str]:
        return frozenset(self.rooms[room])

    def sockets_of(self, user_id: int) -> tuple[str, ...]:
        return ("own",) if user_id == 1 else ()

    def to_socket(self, socket_id: str, event: str, payload: Any) -> None:
        assert event == "presence_changed"
        self.told.append((socket_id, payload.user_id, payload.online))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(MOMENT / 4)


def news_of(house: House) -> PresenceNews:
    return PresenceNews(
        presence=cast(Any, house),
        sockets=cast(Any, house),
        present=lambda _, fact: cast(Any, fact),
        moment=MOMENT,
        pause=MOMENT,
    )


def fact(user_id: int, *, online: bool = True) -> PresenceChanged:
    return PresenceChanged(user_id=user_id, online=online, last_seen_at=None)


async def test_the_first_is_told_at_once_and_those_of_a_moment_together() -> None:
    house = House()
    news = news_of(house)
    news.tell(fact(1))
    await asyncio.sleep(MOMENT / 4)
    assert house.told == [("friend", 1, True)]
    for said in (fact(2), fact(3), fact(2, online=False)):
        news.tell(said)
    await asyncio.sleep(MOMENT * 3)
    assert house.looks == [[1], [2, 3]]
    assert house.told[1:] == [("curious", 2, True), ("curious", 2, False)]
    await news.close()


async def test_who_came_and_went_while_the_database_was_away_is_told_as_they_are_now() -> None:
    house = House()
    news = news_of(house)
    house.away = True
    for said in (fact(1), fact(2), fact(1, online=False)):
        news.tell(said)
    await until(lambda: len(house.looks) > 1)
    assert house.told == []
    house.away = False
    await until(lambda: len(house.told) > 1)
    assert house.told == [("friend", 1, False), ("curious", 2, True)]
    await news.close()
