"""Many clients at once on one server, and what they do there together."""

import asyncio
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import aiohttp

from tests.support.wire_client import WireClient

Pair = dict[str, Any]


class Crowd:
    """`seats` are (client, conversation); all have joined."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self.seats: list[tuple[WireClient, int]] = []

    @property
    def clients(self) -> list[WireClient]:
        return [client for client, _ in self.seats]

    async def both_of(self, pairs: Iterable[Pair]) -> None:
        await self._seat(
            [(pair["conversationId"], pair[who]["token"]) for pair in pairs for who in ("patient", "doctor")]
        )

    async def many_of(self, pair: Pair, count: int) -> None:
        """So many devices of one patient."""
        await self._seat([(pair["conversationId"], pair["patient"]["token"])] * count)

    async def send(self, each: int, *, senders: int | None = None) -> int:
        """All (or the first `senders`) at once, each one message after the other, until both members have all. How many."""
        before, seats = self._seen("new_message"), self.seats[:senders]
        await asyncio.gather(*[self._send(client, room, each) for client, room in seats])
        sent = each * len(seats)
        await self._until_seen("new_message", before + 2 * sent)
        return sent

    async def type(self, rounds: int, *, window: int) -> int:
        """The first tells all others `window` times at once, again when all have all. How many were delivered."""
        writer, room = self.seats[0]
        before, others = self._seen("typing_start"), len(self.seats) - 1
        for number in range(1, rounds + 1):
            with writer.corked():
                for _ in range(window):
                    await writer.send("typing_start", {"conversationId": room})
            await self._until_seen("typing_start", before + number * window * others)
        return rounds * window * others

    def writes(self) -> int:
        return sum(client.segments for client in self.clients)

    async def leave(self) -> None:
        await asyncio.gather(*[client.close() for client in self.clients])
        await self._http.close()

    async def _seat(self, seats: Sequence[tuple[int, str]]) -> None:
        turns = asyncio.Semaphore(20)

        async def take(room: int, token: str) -> tuple[WireClient, int]:
            async with turns:
                client = await WireClient(self._http, self._url, token).connect()
                joined = await client.call("join_room", {"conversationId": room})
                assert joined["ok"], joined
                return client, room

        self.seats += await asyncio.gather(*[take(room, token) for room, token in seats])

    async def _send(self, client: WireClient, room: int, count: int) -> None:
        for number in range(count):
            message = {"conversationId": room, "content": f"Bonjour {number}", "clientMessageId": str(uuid.uuid4())}
            ack = await client.call("send_message", message)
            assert ack["ok"], ack

    def _seen(self, event: str) -> int:
        return sum(len(client.named(event)) for client in self.clients)

    async def _until_seen(self, event: str, count: int) -> None:
        async with asyncio.timeout(20):
            while self._seen(event) < count:
                await asyncio.sleep(0.005)
        assert self._seen(event) == count, f"{self._seen(event)} of {event} where {count} were expected"
