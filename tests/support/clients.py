"""Clients as they are in the field, all with the same few methods: npm's socket.io-client in node, and Python's."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import socketio

from tests.support.node import node

HOST = Path(__file__).parent.parent / "e2e" / "js" / "host.mjs"
PATIENCE = 15.0
LONGEST_LINE = 2**26
POLLING_THEN_WEBSOCKET: Mapping[str, Any] = {}
WEBSOCKET: Mapping[str, Any] = {"transports": ["websocket"]}
POLLING: Mapping[str, Any] = {"transports": ["polling"]}


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that happened at a client. `kind`: event, open, connect, disconnect, connect_error, upgrade or auth."""

    kind: str
    name: str
    data: Any


class Client:
    """What a test does with a client, and what the client has seen, in order."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._changed = asyncio.Event()

    def note(self, seen: Seen) -> None:
        self.seen.append(seen)
        self._changed.set()
        self._changed = asyncio.Event()

    def all(self, name: str) -> list[Any]:
        """The data of every event of that name."""
        return [seen.data for seen in self.seen if seen.kind == "event" and seen.name == name]

    def forget(self) -> None:
        self.seen.clear()

    async def event(
        self, name: str, where: Callable[[Any], bool] = lambda data: True, *, patience: float = PATIENCE
    ) -> Any:
        """The data of the first such event, come or coming."""
        return (await self._first("event", lambda seen: seen.name == name and where(seen.data), patience, name)).data

    async def happened(self, kind: str, *, patience: float = PATIENCE, times: int = 1) -> Seen:
        """The n-th thing of that kind, such as connect or disconnect."""
        while len(found := [seen for seen in self.seen if seen.kind == kind]) < times:
            await self._wait(patience, f"{kind} × {times}")
        return found[times - 1]

    async def _first(self, kind: str, where: Callable[[Seen], bool], patience: float, wanted: str) -> Seen:
        async with asyncio.timeout(patience + 1):
            while True:
                for seen in self.seen:
                    if seen.kind == kind and where(seen):
                        return seen
                await self._wait(patience, wanted)

    async def _wait(self, patience: float, wanted: str) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), patience)
        except TimeoutError as error:
            told = [(seen.kind, seen.name) for seen in self.seen][-20:]
            raise TimeoutError(f"no {wanted} within {patience} s; seen: {told}") from error

    async def ask(self, event: str, data: Any) -> dict[str, Any]:
        """The ack of an event. Raises TimeoutError when there is none."""
        raise NotImplementedError

    async def fire(self, event: str, data: Any) -> None:
        """Without asking for an ack."""
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError


class JsClient(Client):
    """One socket of socket.io-client in the node process of a JsHost."""

    def __init__(self, host: "JsHost", number: int) -> None:
        super().__init__()
        self._host = host
        self._number = number

    async def ask(self, event: str, data: Any) -> dict[str, Any]:
        reply = await self._host.call("ask", id=self._number, event=event, data=data)
        if reply["failed"] is not None:
            raise TimeoutError(f"{event}: {reply['failed']}")
        ack: dict[str, Any] = reply["ack"]
        return ack

    async def fire(self, event: str, data: Any) -> None:
        await self._host.call("fire", id=self._number, event=event, data=data)

    async def close(self) -> None:
        await self._host.call("close", id=self._number)

    async def use_tokens(self, *tokens: str) -> None:
        """What the `auth` callback gives from now on, one each time; the last one again and again."""
        await self._host.call("tokens", id=self._number, tokens=tokens)


class JsHost:
    """A node process. Every call is answered; everything that happens at a socket is told."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = itertools.count(1)
        self._clients: dict[int, JsClient] = {}
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reader = asyncio.create_task(self._read())

    async def open(
        self, url: str, tokens: str | Sequence[str], *, options: Mapping[str, Any] = POLLING_THEN_WEBSOCKET
    ) -> JsClient:
        """Begins to connect; `await client.happened("connect")` waits for it."""
        number = next(self._numbers)
        client = self._clients[number] = JsClient(self, number)
        tokens = [tokens] if isinstance(tokens, str) else list(tokens)
        await self.call("open", id=number, url=url, tokens=tokens, options=options)
        return client

    async def connected(
        self, url: str, tokens: str | Sequence[str], *, options: Mapping[str, Any] = POLLING_THEN_WEBSOCKET
    ) -> JsClient:
        client = await self.open(url, tokens, options=options)
        await client.event("connection_established")
        return client

    async def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        assert self._process.stdin is not None
        line = json.dumps({"op": operation, "n": number, **arguments})
        self._process.stdin.write(line.encode() + b"\n")
        return await asyncio.wait_for(answer, PATIENCE * 2)

    async def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), PATIENCE)
        await self._reader

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = json.loads(line)
            if told["kind"] == "answer":
                self._waiting.pop(told["n"]).set_result(told)
            else:
                self._clients[told["id"]].note(Seen(told["kind"], told["name"], told["data"]))


@asynccontextmanager
async def js_host() -> AsyncIterator[JsHost]:
    process = await asyncio.create_subprocess_exec(
        node(), str(HOST), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LONGEST_LINE
    )
    host = JsHost(process)
    try:
        yield host
    finally:
        await host.end()


class PyClient(Client):
    """python-socketio's AsyncClient."""

    def __init__(self) -> None:
        super().__init__()
        self._client = socketio.AsyncClient(reconnection_delay=0.2, reconnection_delay_max=0.5)
        self._client.on("connect", lambda: self.note(Seen("connect", "", None)))
        self._client.on("disconnect", lambda reason: self.note(Seen("disconnect", str(reason), None)))
        self._client.on("*", lambda event, *data: self.note(Seen("event", event, data[0] if data else None)))

    async def connect(self, url: str, token: str) -> "PyClient":
        await self._client.connect(url, auth={"token": token})
        await self.event("connection_established")
        return self

    async def ask(self, event: str, data: Any) -> dict[str, Any]:
        try:
            ack: dict[str, Any] = await self._client.call(event, data, timeout=PATIENCE)
        except socketio.exceptions.TimeoutError as error:
            raise TimeoutError(event) from error
        return ack

    async def fire(self, event: str, data: Any) -> None:
        await self._client.emit(event, data)

    async def close(self) -> None:
        await self._client.disconnect()
