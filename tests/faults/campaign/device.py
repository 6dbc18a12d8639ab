"""Somebody's phone in a storm: it sends, each message until it is acked, follows the conversation, and comes back by itself."""

import asyncio
import itertools
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

import aiohttp

from tests.support.tcp_proxy import TcpProxy
from tests.support.wire_client import LOST, Gone, WireClient

# Longer than the server may take to say that it cannot: who hears nothing tries the other node.
PATIENCE = 4.0
REST = 0.05
# Messages sent by a gate that is not one's own before one tries one's own again.
VISIT = 20


class Shown(NamedTuple):
    """What of a message must be as the database has it."""

    id: int
    client_id: str
    content: str


class Device:
    """`acked`: where the server said that each message is; `messages`: what stands on its screen, by seq."""

    def __init__(
        self, http: aiohttp.ClientSession, gates: Sequence[TcpProxy], token: str, conversation_id: int
    ) -> None:
        self._http = http
        self._gates = gates
        self._tried = 0
        self._visit_ends: int | None = None
        self._token = token
        self._conversation_id = conversation_id
        self._client: WireClient | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._heard: set[int] = set()
        self.acked: dict[str, tuple[int, int]] = {}
        self.messages: dict[int, Shown] = {}
        self.retries = 0
        self.returns = 0
        self.faults: list[str] = []

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until `stop`, and what is under way then for sure; listens on until it is cancelled."""
        client_id = ""
        while True:
            try:
                client = await self._come_back()
                while client_id or not stop.is_set():
                    client_id = client_id or str(uuid.uuid4())
                    if await self._send(client, client_id):
                        client_id = ""
                    self._hear(client)
                    self._go_home()
                await self._listen(client)
            except LOST:
                self.returns += 1
                await asyncio.sleep(REST)  # as every client does before it tries again

    async def close(self) -> None:
        self._leave()
        await asyncio.gather(*self._leaving, return_exceptions=True)

    async def _come_back(self) -> WireClient:
        """With all that was missed. At the first gate, unless it was in vain a moment ago."""
        self._leave()
        gate = self._gates[self._tried % len(self._gates)]
        self._tried += 1
        self._client = WireClient(self._http, gate.url, self._token)
        self._heard = set()
        client = await asyncio.wait_for(self._client.connect(), PATIENCE)
        self._tried, self._visit_ends = 0, None if gate is self._gates[0] else len(self.acked) + VISIT
        more = True
        while more:
            page = await client.call("join_room", self._position(), patience=PATIENCE)
            if not page["ok"]:
                raise Gone
            for message in page["messages"]:
                self._show(message)
            more = page["hasMore"]
        return client

    def _go_home(self) -> None:
        """Raises Gone after a while at the other gate: else one fault would bring all to one node for good."""
        if self._visit_ends is not None and len(self.acked) >= self._visit_ends:
            raise Gone

    async def _send(self, client: WireClient, client_id: str) -> bool:
        message = {"conversationId": self._conversation_id, "content": f"~ {client_id}", "clientMessageId": client_id}
        ack = await client.call("send_message", message, patience=PATIENCE)
        if ack["ok"]:
            self.acked[client_id] = (ack["message"]["seq"], ack["message"]["id"])
            return True
        if ack["error"]["code"] != "UNAVAILABLE":
            self.faults.append(f"refused with {ack['error']['code']}")
        self.retries += 1
        await asyncio.sleep(REST)
        return False

    async def _listen(self, client: WireClient) -> None:
        while not client.closed.is_set():
            self._hear(client)
            await asyncio.sleep(REST)  # between two looks
        raise Gone

    def _hear(self, client: WireClient) -> None:
        for name, data in client.events:
            if name == "new_message":
                seq = data["message"]["seq"]
                if seq in self._heard:
                    self.faults.append(f"told twice of {seq}")
                self._heard.add(seq)
                self._show(data["message"])
        client.events.clear()

    def _show(self, message: dict[str, Any]) -> None:
        shown = Shown(message["id"], message["clientMessageId"], message["content"])
        if self.messages.setdefault(message["seq"], shown) != shown:
            self.faults.append(f"two messages at {message['seq']}")

    def _position(self) -> dict[str, int]:
        """Up to the first gap: what came live behind it does not say that all before it has come."""
        whole = next(seq for seq in itertools.count() if seq + 1 not in self.messages)
        return {"conversationId": self._conversation_id, "afterSeq": whole, "afterChange": whole}

    def _leave(self) -> None:
        """Without waiting for a server that may be frozen."""
        if self._client is not None:
            leaving = asyncio.create_task(self._client.close())
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
            self._client = None
