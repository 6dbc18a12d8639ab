"""The bus of several nodes, whatever carries its packets (redis.py, postgres.py): queue, numbers, health, healing.

Health is measured end to end: each node sends itself a probe twice a second and must hear it back. So a frozen carrier is
noticed although no connection breaks, and a quiet hour is no alarm.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import Protocol

import structlog

from server.fanout import BusCounts, BusMessage, Receive, nothing
from server.fanout.codec import travels
from server.fanout.wire import Refused, Wire
from services.ports import Clock
from services.tasks import end

log = structlog.get_logger(__name__)

PROBE_SECONDS = 0.5
SILENCE_SECONDS = 2.0
# After so long without our own probe the connections are made anew, whatever they are waiting for.
STUCK_SECONDS = 4.0
READ_SECONDS = 0.5
LONGEST_PAUSE = 1.0
QUEUE = 10_000
BATCH = 200
FAREWELL_SECONDS = 1.0
# A node that is told to serve before it can be heard would leave others' readers behind for a moment.
START_SECONDS = 2.0

Read = Callable[[float], Awaitable[bytes | None]]


class Carrier(Protocol):
    """Publish/subscribe of bytes on one channel. `failures` are what it raises in ordinary trouble."""

    failures: tuple[type[Exception], ...]

    async def publish(self, packets: Sequence[bytes]) -> None:
        """In this order. Answers or raises within a second or so."""

    def subscribed(self) -> AbstractAsyncContextManager[Read]:
        """`read(seconds)` gives the next packet, or None when there is none for so long."""

    async def close(self) -> None: ...


class NetworkBus:
    """`wire` signs with the bus_key of the same channel."""

    def __init__(self, *, carrier: Carrier, wire: Wire, clock: Clock = time.monotonic) -> None:
        self.counts = BusCounts()
        self.on_recovery: Callable[[], None] = nothing
        self.node = wire.node
        self.healthy = False
        self._carrier = carrier
        self._wire = wire
        self._clock = clock
        self._queue: asyncio.Queue[BusMessage | None] = asyncio.Queue(QUEUE)
        self._heard_self = self._made_at = self._clock()
        self._tasks: list[asyncio.Task[None]] = []
        self._workers: list[asyncio.Task[None]] = []
        self._receive: Receive = lambda message: None
        # Set once it is known whether the carrier carries.
        self._first_word = asyncio.Event()

    async def start(self, receive: Receive) -> None:
        """Returns when the carrier carries. If it is away, soon all the same: the node serves without it."""
        self._receive = receive
        self._start_workers()
        self._tasks.append(asyncio.create_task(self._probe(), name="fanout_probe"))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._first_word.wait(), START_SECONDS)

    def _start_workers(self) -> None:
        """Once more, in place of those that hang or ended: a library's connection may die in ways it does not tell of."""
        for worker in self._workers:
            worker.cancel()
        self._tasks = [task for task in self._tasks if not task.done()]
        self._workers = [
            asyncio.create_task(self._publish(), name="fanout_publish"),
            asyncio.create_task(self._listen(), name="fanout_listen"),
        ]
        self._tasks += self._workers
        self._made_at = self._clock()

    def send(self, message: BusMessage) -> None:
        """While nobody can be reached nothing is kept: others find out by the gap it leaves."""
        if not travels(message):
            return
        if not self.healthy:
            self._drop()
            return
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self._drop()
            self._ail("queue full")

    def look_again(self) -> None:
        """They do for a number that never comes."""
        self._wire.lost()

    async def close(self) -> None:
        if self.healthy:
            try:
                await asyncio.wait_for(self._queue.join(), FAREWELL_SECONDS)
            except TimeoutError:
                log.warning("bus_farewell_cut", waiting=self._queue.qsize())
        await end(self._tasks)
        await self._carrier.close()

    # -- sending ------------------------------------------------------------------------------------------------------

    async def _publish(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            packets = [packet for message in batch for packet in self._packets(message)]
            try:
                if packets:
                    await self._carrier.publish(packets)
                self.counts.sent += len(packets)
            except Exception as error:  # noqa: BLE001  # whatever the library raises, the next batch is tried
                self.counts.dropped += len(packets)
                self._failed(error)
            finally:
                for _ in batch:
                    self._queue.task_done()

    def _packets(self, message: BusMessage | None) -> list[bytes]:
        if message is None:
            return [self._wire.probe()]
        try:
            return self._wire.seal(message)
        except Refused as refused:
            log.error("bus_message_not_sent", kind=type(message).__name__, why=refused.reason)
            self.counts.dropped += 1
            return []

    def _drop(self) -> None:
        self._wire.lost()
        self.counts.dropped += 1

    async def _probe(self) -> None:
        while True:
            if self._queue.empty() or self.healthy:
                self._enqueue_probe()
            await asyncio.sleep(PROBE_SECONDS)
            if self._clock() - self._heard_self > SILENCE_SECONDS:
                self._ail("silence")
            # Subscribing anew counts as hearing for the listener, but not here.
            if not self.healthy and self._clock() - self._made_at > STUCK_SECONDS:
                self._start_workers()

    def _enqueue_probe(self) -> None:
        try:
            self._queue.put_nowait(None)
        except asyncio.QueueFull:
            self._ail("queue full")

    # -- listening ----------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        pause = 0.05
        while True:
            try:
                async with self._carrier.subscribed() as read:
                    self._heard_self = self._clock()
                    # One that was sent before is not heard any more, and the next one is half a second away.
                    self._enqueue_probe()
                    await self._read(read)
            except Exception as error:  # noqa: BLE001  # whatever the library raises, the next connection is tried
                self._failed(error)
            pause = 0.05 if self._clock() - self._heard_self < SILENCE_SECONDS else min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _read(self, read: Read) -> None:
        """Returns when nothing of our own came back for too long."""
        while self._clock() - self._heard_self <= SILENCE_SECONDS:
            packet = await read(READ_SECONDS)
            if packet is not None:
                self._take(packet)

    def _take(self, packet: bytes) -> None:
        try:
            opened = self._wire.open(packet)
        except Refused as refused:
            self.counts.refused += 1
            log.warning("bus_message_refused", why=refused.reason, size=len(packet))
            return
        if opened.own:
            self._heard_self = self._made_at = self._clock()
            self._heal()
            return
        if opened.missed:
            self.counts.missed += opened.missed
            self._recover()
        if opened.message is not None:
            self.counts.received += 1
            self._hand_over(opened.message)

    def _hand_over(self, message: BusMessage) -> None:
        try:
            self._receive(message)
        except Exception:
            log.exception("bus_receiver_failed", kind=type(message).__name__)

    # -- health -------------------------------------------------------------------------------------------------------

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, self._carrier.failures):
            log.error("bus_library_failed", exc_info=error)
        self._ail(type(error).__name__)
        self._first_word.set()

    def _ail(self, why: str) -> None:
        if self.healthy:
            self.healthy = False
            log.warning("bus_unhealthy", why=why)

    def _heal(self) -> None:
        if not self.healthy:
            self.healthy = True
            log.info("bus_healthy")
            self._first_word.set()
            self._recover()

    def _recover(self) -> None:
        try:
            self.on_recovery()
        except Exception:
            log.exception("bus_recovery_failed")
