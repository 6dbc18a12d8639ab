"""Ways to throw something at a server that no client of manners would: over HTTP, over sockets, as files.

Each gives what it was answered: a status, or 0 where the connection was ended instead.
"""

import asyncio
import functools
import json
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.support.clinic import Pair
from tests.support.uploads import FORM, PATH, upload

MEGABYTE = 1_000_000
# Nobody sends more than this at one go, and nobody waits longer.
MOST_SENT, PATIENCE = 40 * MEGABYTE, 20.0
# A socket that is not cut within this was left alone.
HELD_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Target:
    """`pair` belongs there."""

    http: aiohttp.ClientSession
    port: int
    pair: Pair

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def messages(self) -> str:
        return f"/api/messaging/conversations/{self.pair.conversation_id}/messages"

    def head(self, method: str, path: str, *more: str) -> bytes:
        token = f"Authorization: Bearer {self.pair.patient.token}"
        return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: x", token, *more, "", "")).encode()


Bomb = Callable[[Target], Awaitable[int]]


async def thrown(target: Target, pieces: Iterator[bytes], *, whole: bool = False) -> int:
    """Until there is an answer, or, when it is sent `whole`, to its end. The status, or 0: it was ended without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    answer = asyncio.create_task(reader.read(4096))
    sent = 0
    try:
        async with asyncio.timeout(PATIENCE):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                sent += len(piece)
                if (answer.done() and not whole) or sent > MOST_SENT:
                    break
            line = (await answer).partition(b"\r\n")[0].split()
        return int(line[1]) if len(line) > 1 and line[0].startswith(b"HTTP/") else 0
    except ConnectionError:
        return 0
    finally:
        answer.cancel()
        writer.transport.abort()
        with suppress(asyncio.CancelledError, ConnectionError):
            await answer


def posted(body: Callable[[], bytes], *headers: str) -> Bomb:
    """JSON to where messages are sent."""

    async def throw(target: Target) -> int:
        data = body()
        kind = ("Content-Type: application/json", f"Content-Length: {len(data)}", *headers)
        return await thrown(target, iter([target.head("POST", target.messages, *kind), data]))

    return throw


def endless(path: str, kind: str, first: bytes, again: bytes) -> Bomb:
    """A body in chunks that never ends."""

    def chunk(data: bytes) -> bytes:
        return f"{len(data):x}\r\n".encode() + data + b"\r\n"

    async def throw(target: Target) -> int:
        def pieces() -> Iterator[bytes]:
            yield target.head("POST", path or target.messages, f"Content-Type: {kind}", "Transfer-Encoding: chunked")
            if first:  # an empty chunk is the last one
                yield chunk(first.replace(b"HERE", str(target.pair.conversation_id).encode()))
            while True:
                yield chunk(again)

        return await thrown(target, pieces())

    return throw


def headed(*lines: str, path: str = "/api/auth/me") -> Bomb:
    async def throw(target: Target) -> int:
        return await thrown(target, iter([target.head("GET", path, *lines)]))

    return throw


def framed(*frames: bytes, again: bytes = b"", deaf: bool = False) -> Bomb:
    """Bytes on a websocket that has signed in. 0: it was cut, 1: left alone. `deaf`: nothing is read meanwhile."""

    async def throw(target: Target) -> int:
        address = f"ws://127.0.0.1:{target.port}/socket.io/?EIO=4&transport=websocket"
        async with target.http.ws_connect(address, max_msg_size=0) as wire:
            await wire.receive_str()
            await wire.send_str("40" + json.dumps({"token": target.pair.patient.token}))
            await wire.receive_str()
            raw: Any = wire._writer.transport  # no client of manners sends such frames
            if deaf:
                raw.pause_reading()
            for piece in (*frames, *([again] * (MOST_SENT // len(again)) if again else ())):
                if raw.is_closing():
                    break
                raw.write(piece)
                await asyncio.sleep(0)
            while deaf and raw.get_write_buffer_size() and not raw.is_closing():
                await asyncio.sleep(0.01)
            if deaf and not raw.is_closing():
                raw.resume_reading()
            with suppress(TimeoutError):
                async with asyncio.timeout(HELD_SECONDS):
                    async for _ in wire:
                        pass
                    return 0
        return 1

    return throw


def said(*texts: str) -> Bomb:
    return framed(*(frame(0x81, text.encode()) for text in texts))


def frame(head: int, data: bytes, *, declared: int | None = None) -> bytes:
    """Masked with zeros, as a client may."""
    size = len(data) if declared is None else declared
    length = struct.pack(">BB", head, 0x80 | size) if size < 126 else struct.pack(">BBQ", head, 0xFF, size)
    return length + bytes(4) + data


def file(name: str, make: Callable[[], bytes]) -> Bomb:
    made = functools.cache(make)

    async def throw(target: Target) -> int:
        pair = target.pair
        status, _ = await upload(target.http, target.url, pair.patient, pair.conversation_id, made(), name)
        return status

    return throw


def form(*parts: bytes) -> Bomb:
    async def throw(target: Target) -> int:
        data = b"".join(parts)
        kind = (f"Content-Type: {FORM}", f"Content-Length: {len(data)}")
        return await thrown(target, iter([target.head("POST", PATH, *kind), data]))

    return throw
