"""Looks of the digest are followed by a rest in their proportion: what changes often must not take the database's time."""

import asyncio
import time
from typing import Any, cast

from server.broadcaster.digest import LONGEST, RESTS, Digest

MOMENT = 0.001


async def gap_after_a_look_of(seconds: float) -> float:
    """From the end of one look to the beginning of the next, while changes keep coming."""
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
    return spans[1][0] - spans[0][1]


async def test_a_look_is_followed_by_a_rest_many_times_its_length() -> None:
    assert await gap_after_a_look_of(0.02) >= 0.02 * RESTS * 0.99


async def test_but_nobody_waits_for_ever() -> None:
    assert LONGEST * 0.99 <= await gap_after_a_look_of(LONGEST) < LONGEST * RESTS
