"""What is done to a server under test. Each scenario returns figures by name, or raises Void."""

import asyncio
import statistics
import time
import uuid
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.client import Client, Void, dial_all, is_ok, join
from bench.measure import MEBI, Meter

Figures = dict[str, float]
Pair = dict[str, Any]
PATIENCE = 20.0
# Who came is still being told to others for a while.
SETTLING = 2


@dataclass(slots=True)
class Tally:
    latencies: list[float] = field(default_factory=list)
    refusals: list[bytes] = field(default_factory=list)


async def send(
    url: str, meter: Meter, pairs: Sequence[Pair], *, n: int = 50, window: int = 1, secs: int = 5, warm: int = 2
) -> Figures:
    """n conversations; both members join and send in a closed loop, `window` sends in flight each.

    A send counts when its ack says ok. Every message must reach both members, or the run is void.
    """
    members = _members(pairs, 2 * n)
    clients = await dial_all(url, [token for _, token in members])
    await join(clients, [room for room, _ in members])
    arrivals = _Arrivals(clients, "new_message")

    async def run(seconds: float) -> Tally:
        tally, stop = Tally(), time.perf_counter() + seconds
        loops = [
            _send_until(stop, client, room, tally)
            for client, (room, _) in zip(clients, members, strict=True)
            for _ in range(window)
        ]
        await _all_answered(loops, clients, seconds + PATIENCE)
        return tally

    before = await run(warm)
    meter.begin()
    tally = await run(secs)
    usage = meter.end()
    refusals = before.refusals + tally.refusals
    if refusals:
        raise Void(f"{len(refusals)} sends were refused: {refusals[0].decode()[:200]}")
    done, expected = len(tally.latencies), 2 * (len(before.latencies) + len(tally.latencies))
    await arrivals.reach(expected)
    if arrivals.seen > expected:
        raise Void(f"{arrivals.seen} new_message arrived instead of {expected}")
    return {
        "acked_per_s": round(done / usage.took),
        "p50_ms": _quantile_ms(tally.latencies, 0.5),
        "p99_ms": _quantile_ms(tally.latencies, 0.99),
        "resident_mib": round(meter.resident() / MEBI),
        **usage.shares(done),
    }


async def fanout(
    url: str, meter: Meter, pairs: Sequence[Pair], *, n: int = 500, window: int = 4, secs: int = 5, warm: int = 2
) -> Figures:
    """n sockets of one conversation; the first sends `window` typing_start, and again when all others have all of them."""
    room = pairs[0]["conversationId"]
    clients = await dial_all(url, [token for _, token in (_members(pairs, 2) * n)[:n]])
    await join(clients, [room] * n)
    arrivals = _Arrivals(clients[1:], "typing_start")

    async def run(seconds: float) -> list[float]:
        took, stop = [], time.perf_counter() + seconds
        while (begun := time.perf_counter()) < stop:
            for _ in range(window):
                clients[0].emit("typing_start", {"conversationId": room})
            await arrivals.reach(arrivals.seen + window * (n - 1))
            took.append(time.perf_counter() - begun)
        return took

    await run(warm)
    meter.begin()
    batches = await run(secs)
    usage = meter.end()
    deliveries = len(batches) * window * (n - 1)
    return {
        "deliveries_per_s": round(deliveries / usage.took),
        "batch_p50_ms": _quantile_ms(batches, 0.5),
        "batch_p99_ms": _quantile_ms(batches, 0.99),
        "resident_mib": round(meter.resident() / MEBI),
        **usage.shares(deliveries),
    }


async def idle(url: str, meter: Meter, pairs: Sequence[Pair], *, n: int = 2000, rest: int = 5) -> Figures:
    """n sockets connect and join, then rest. For a server that was just started."""
    members = _members(pairs, n)
    resident = meter.resident()
    meter.begin()
    clients = await dial_all(url, [token for _, token in members])
    usage = meter.end()
    await join(clients, [room for room, _ in members])
    await asyncio.sleep(SETTLING)
    grown = meter.resident() - resident
    meter.begin()
    await asyncio.sleep(rest)
    resting = meter.end()
    return {
        "connects_per_s": round(n / usage.took),
        "base_mib": round(resident / MEBI),
        "kib_per_connection": round(grown / 1024 / n, 1),
        "resting_cores": round(resting.server / resting.took, 3),
        **usage.shares(n),
    }


class _Arrivals:
    """Counts one event over many clients."""

    def __init__(self, clients: Sequence[Client], event: str) -> None:
        self.seen = 0
        self._begins = b'42["%b"' % event.encode()
        self._goal = 0
        self._reached = asyncio.Event()
        for client in clients:
            client.on_event = self._count

    async def reach(self, goal: int) -> None:
        """Until so many were seen in all. Raises Void."""
        if self.seen >= goal:
            return
        self._goal = goal
        self._reached.clear()
        try:
            await asyncio.wait_for(self._reached.wait(), PATIENCE)
        except TimeoutError:
            raise Void(f"{goal - self.seen} events did not arrive within {PATIENCE:.0f} s") from None

    def _count(self, payload: bytes) -> None:
        if payload.startswith(self._begins):
            self.seen += 1
            if self.seen == self._goal:
                self._reached.set()


def _members(pairs: Sequence[Pair], count: int) -> list[tuple[int, str]]:
    """(conversation, token), pair by pair, from the start again when there are too few."""
    every = [(pair["conversationId"], pair[who]["token"]) for pair in pairs for who in ("patient", "doctor")]
    return (every * (count // len(every) + 1))[:count]


async def _send_until(stop: float, client: Client, room: int, tally: Tally) -> None:
    while (begun := time.perf_counter()) < stop:
        content = f"Bonjour docteur, une question sur mon traitement {begun}"
        message = {"conversationId": room, "content": content, "clientMessageId": str(uuid.uuid4())}
        ack = await client.call("send_message", message)
        tally.latencies.append(time.perf_counter() - begun)
        if not is_ok(ack):
            tally.refusals.append(ack)


async def _all_answered(loops: Sequence[Awaitable[None]], clients: Sequence[Client], patience: float) -> None:
    try:
        await asyncio.wait_for(asyncio.gather(*loops), patience)
    except TimeoutError:
        raise Void(f"{sum(c.unanswered for c in clients)} acks did not come within {PATIENCE:.0f} s") from None


def _quantile_ms(samples: Sequence[float], share: float) -> float:
    if len(samples) < 2:
        return round(sum(samples) * 1000, 2)
    return round(statistics.quantiles(samples, n=100, method="inclusive")[round(share * 100) - 1] * 1000, 2)
