"""What of other nodes is looked up before it is told: one message that does not open keeps nobody else's from being told."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

from repositories.messages import MessageRow
from server.broadcaster import Broadcaster, Digest, RoomTracks
from services.events import MessagePosted
from services.message_view import MessageOpener
from services.security_ports import ContentDamaged
from services.unreadable import SAID_INSTEAD, Unreadable


class House:
    """Somebody is in each room, and `conversations` are told in turn. What is said in `damaged` ones does not open."""

    def __init__(self, *damaged: int) -> None:
        self.damaged = damaged
        self.told: list[tuple[int, Any]] = []
        self.messages = self

    @asynccontextmanager
    async def reading(self) -> AsyncIterator["House"]:
        yield self

    async def at(self, places: Sequence[tuple[int, int]]) -> list[Any]:
        return [row_of(conversation_id, seq) for conversation_id, seq in places]

    def unwrap(self, key_id: str, blob: bytes) -> Any:
        return None

    def decrypt(self, data_key: Any, content: bytes, *, conversation_id: int, **_: Any) -> str:
        if conversation_id in self.damaged:
            raise ContentDamaged("changed by hand")
        return "said"

    def anybody_in(self, room: object) -> bool:
        return True

    def to_room(self, room: object, event: str, payload: Any) -> None:
        assert event == "new_message"
        self.told.append((payload["conversation_id"], payload["message"].content))

    def touch_conversation(self, conversation_id: int) -> None:
        """As the digest."""


def row_of(conversation_id: int, seq: int) -> MessageRow:
    values: dict[str, Any] = dict.fromkeys(field.name for field in dataclasses.fields(MessageRow))
    return MessageRow(**{**values, "conversation_id": conversation_id, "seq": seq, "change": seq, "type": "text"})


def broadcaster_of(house: House) -> Broadcaster:
    nothing = cast(Any, SimpleNamespace(tell=None))
    return Broadcaster(
        database=cast(Any, house),
        sockets=cast(Any, house),
        opener=MessageOpener(cipher=cast(Any, house), unreadable=Unreadable()),
        viewer=nothing,
        presence=nothing,
        stats=nothing,
        notices=nothing,
        digest=cast(Digest, house),
        tracks=RoomTracks(),
        told=nothing,
        present=lambda _, payload: cast(Any, payload),
        lost=lambda seconds: None,
    )


async def test_a_message_that_does_not_open_keeps_no_other_from_being_told() -> None:
    house = House(2)
    broadcaster = broadcaster_of(house)
    broadcaster.start()
    for conversation_id in (1, 2, 3):
        broadcaster.tell(MessagePosted(conversation_id=conversation_id, seq=1, change=1))
    async with asyncio.timeout(5):
        while len(house.told) < 3:
            await asyncio.sleep(0.005)
    await broadcaster.close()
    assert house.told == [(1, "said"), (2, SAID_INSTEAD), (3, "said")]
