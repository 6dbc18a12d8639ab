"""Looks of the digest are followed by a rest in their proportion: what changes often must not take the database's time."""

import asyncio
import time
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
