"""Looks of the digest are followed by a rest in their proportion: what changes often must not take the database's time."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

from server.broadcaster.digest import LONGEST, RESTS, Digest

MOMENT = 0.001


async def look_and_rest(seconds: float) -> tuple[float, float]:
    """How long a look of about so long took, and from its end to the beginning of the next, while changes keep coming."""
    spans: list[tuple[float, float]] = []
    twice = asyncio.Event()

    class Slow(Digest):
        async def _flush(self, *asked: Any) -> None:
            began = time.monotonic()
            await asyncio.sleep(seconds)
            spans.append((began, time.monotonic()))
            if len(spans) < 2:
                self.touch_count(1)
            else:
                twice.set()

    nothing = cast(Any, None)
    digest = Slow(database=nothing, sockets=nothing, viewer=nothing, present=nothing, kinds=frozenset(), moment=MOMENT)
    digest.touch_count(1)
    await asyncio.wait_for(twice.wait(), 10)
    await digest.close()
    (began, ended), (again, _) = spans
    return ended - began, again - ended


async def test_a_look_is_followed_by_a_rest_many_times_its_length() -> None:
    look, rest = await look_and_rest(0.01)
    # uvloop's timers count whole milliseconds from the begin of a turn: either may be a little shorter than it was asked to be.
    assert rest >= min(look * RESTS, LONGEST) * 0.95


async def test_but_nobody_waits_for_ever() -> None:
    look, rest = await look_and_rest(LONGEST)
    assert LONGEST * 0.95 <= rest < look * RESTS


class House:
    """Persons 1 and 2 look at their lists, in which there is conversation 7. While it is looked up, person 1 may lose it."""

    def __init__(self) -> None:
        self.loses = False
        self.told: list[tuple[str, int]] = []
        self.conversations = self.marks = self
        self.digest = Digest(
            database=cast(Any, self),
            sockets=cast(Any, self),
            viewer=cast(Any, self),
            present=lambda _, payload: cast(Any, payload),
            kinds=frozenset({"care"}),
            moment=MOMENT,
        )

    @asynccontextmanager
    async def reading(self) -> AsyncIterator["House"]:
        yield self

    async def participants(self, conversation_ids: Sequence[int]) -> list[Any]:
        return [SimpleNamespace(conversation_id=7, user_id=user_id) for user_id in (1, 2)]

    async def views(self, pairs: Sequence[tuple[int, int]]) -> list[Any]:
        return [SimpleNamespace(id=7, viewer_id=user_id, kind="care") for _, user_id in sorted(pairs)]

    def view(self, row: Any) -> Any:
        return SimpleNamespace(row=row)

    async def unread_totals(self, **_: Any) -> list[Any]:
        if self.loses:
            self.digest.lose(7, 1)
        return []

    def members(self, room: object) -> frozenset[str]:
        return frozenset()

    def sockets_of(self, user_id: int) -> tuple[str, ...]:
        return (f"socket of {user_id}",)

    def to_user(self, user_id: int, event: str, payload: Any, **_: Any) -> None:
        self.told.append((event, user_id))

    async def looked(self, *told: int) -> None:
        """Those who are told by the next look."""
        self.told.clear()
        self.digest.touch_conversation(7)
        async with asyncio.timeout(5):
            while len(self.told) < len(told):
                await asyncio.sleep(MOMENT)
        assert self.told == [("conversation_updated", user_id) for user_id in told]


async def test_who_loses_a_conversation_while_it_is_looked_up_does_not_get_it_back() -> None:
    house = House()
    house.loses = True
    await house.looked(2)
    # Taken in again, and told so.
    house.loses = False
    await house.looked(1, 2)
    await house.digest.close()
