"""Requests on connections that belong to another worker than the session they name, byte by byte."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from server.workers.front import PATIENCE
from tests.support.processes import ServerProcess
from tests.support.site import Site

UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


@pytest.fixture
def duo(site: Site) -> ServerProcess:
    return site.node(WORKERS="2")


class Line:
    """One kept-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, method: str, path: str, body: str = "", more: str = "") -> tuple[int, str]:
        self.writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n{more}\r\n{body}".encode()
        )
        return await self.answer()

    async def answer(self) -> tuple[int, str]:
        async with asyncio.timeout(20):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            length = [line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length")]
            body = await self.reader.readexactly(int(length[0])) if length else b""
        return int(head.split(" ")[1]), body.decode()

    async def frame(self) -> str:
        """A short text frame of the server."""
        async with asyncio.timeout(10):
            kind, size = await self.reader.readexactly(2)
            assert kind == 0x81
            if size == 126:
                size = int.from_bytes(await self.reader.readexactly(2), "big")
            return (await self.reader.readexactly(size)).decode()

    def say(self, text: str) -> None:
        """A text frame, masked with zeroes."""
        size = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0x80 | 126]) + len(text).to_bytes(2, "big")
        self.writer.write(b"\x81" + size + bytes(4) + text.encode())


@asynccontextmanager
async def line(server: ServerProcess) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


def session_of(answer: tuple[int, str]) -> str:
    assert answer[0] == 200, answer
    return str(json.loads(answer[1][1:])["sid"])


async def opened(here: Line, token: str) -> str:
    """The id of a session of whoever serves that connection, signed in."""
    session = session_of(await here.ask("GET", "/socket.io/?EIO=4&transport=polling"))
    path = f"/socket.io/?EIO=4&transport=polling&sid={session}"
    assert await here.ask("POST", path, "40" + json.dumps({"token": token})) == (200, "OK")
    heard = ""
    while "connection_established" not in heard:
        status, text = await here.ask("GET", path)
        assert status == 200
        heard += text
    return session


async def test_polls_for_a_session_of_another_worker_are_passed_on(duo: ServerProcess, site: Site) -> None:
    [pair] = site.pairs(1)
    async with line(duo) as first, line(duo) as second:
        one = await opened(first, pair["patient"]["token"])
        two = await opened(second, pair["doctor"]["token"])
        assert one[:2] != two[:2]
        # Each polls for the other's session from now on.
        for wrong, session in ((first, two), (second, one)):
            path = f"/socket.io/?EIO=4&transport=polling&sid={session}"
            join = "420" + json.dumps(["join_room", {"conversationId": pair["conversationId"]}])
            assert await wrong.ask("POST", path, join) == (200, "OK")
            status, text = await wrong.ask("GET", path)
            # Its answer and what it caused come in any order with news that the other's joining made.
            while not ("430" in text and "room_joined" in text):
                status, more = await wrong.ask("GET", path)
                assert status == 200, more
                text += more
        # The connections still serve what they served before.
        assert (await first.ask("GET", "/health/live"))[0] == 200
        waiting = asyncio.create_task(second.ask("GET", f"/socket.io/?EIO=4&transport=polling&sid={one}"))
        send = "421" + json.dumps(["send_message", {"conversationId": pair["conversationId"], "content": "hi"}])
        assert await first.ask("POST", f"/socket.io/?EIO=4&transport=polling&sid={two}", send) == (200, "OK")
        text = (await waiting)[1]
        while "new_message" not in text:  # that the doctor opened it may come on its own before
            status, more = await second.ask("GET", f"/socket.io/?EIO=4&transport=polling&sid={one}")
            assert status == 200, more
            text += more


async def test_an_upgrade_on_a_used_connection_moves_to_its_worker(duo: ServerProcess, site: Site) -> None:
    """As nginx does it, which keeps connections for whatever comes next."""
    [pair] = site.pairs(1)
    async with line(duo) as first, line(duo) as second:
        session = await opened(first, pair["patient"]["token"])
        other = session_of(await second.ask("GET", "/socket.io/?EIO=4&transport=polling"))
        assert session[:2] != other[:2]
        status, _ = await second.ask("GET", f"/socket.io/?EIO=4&transport=websocket&sid={session}", more=UPGRADE)
        assert status == 101
        second.say("2probe")
        assert await second.frame() == "3probe"
        second.say("5")
        second.say("420" + json.dumps(["join_room", {"conversationId": pair["conversationId"]}]))
        heard = [await second.frame()]
        while not heard[-1].startswith("430"):
            heard.append(await second.frame())
        assert json.loads(heard[-1][3:])[0]["ok"] is True


async def test_sessions_that_nobody_has_are_refused_as_ever(duo: ServerProcess) -> None:
    async with line(duo) as here:
        own = session_of(await here.ask("GET", "/socket.io/?EIO=4&transport=polling"))
        for session in ("0.gone", "1.gone", "7.gone", "999.gone", "gone", "1.", own + "x"):
            for method in ("GET", "POST"):
                answer = await here.ask(method, f"/socket.io/?EIO=4&transport=polling&sid={session}")
                assert answer[0] == 400, (session, answer)


async def test_a_storm_of_clients_waits_until_the_workers_can_take_it(duo: ServerProcess) -> None:
    """More than the way to a worker holds, while neither does anything."""
    async with AsyncExitStack() as stack:
        for pid in duo.workers:
            os.kill(pid, signal.SIGSTOP)
            stack.callback(os.kill, pid, signal.SIGCONT)
        lines = [await stack.enter_async_context(line(duo)) for _ in range(1000)]
        answers = [asyncio.create_task(here.ask("GET", "/health/live")) for here in lines]
        await asyncio.wait(answers, timeout=1)
        assert not any(answer.done() for answer in answers)
        for pid in duo.workers:
            os.kill(pid, signal.SIGCONT)
        assert {status for status, _ in await asyncio.gather(*answers)} == {200}


async def test_a_request_in_pieces_and_a_silent_client_are_served(duo: ServerProcess) -> None:
    async with line(duo) as slow:
        for byte in b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n":
            slow.writer.write(bytes([byte]))
            await slow.writer.drain()
        assert (await slow.answer())[0] == 200
    async with line(duo) as silent, line(duo) as gone:
        gone.writer.close()
        with pytest.raises(TimeoutError):  # longer than the parent waits for the first word
            await asyncio.wait_for(silent.reader.read(1), PATIENCE + 0.3)
        assert (await silent.ask("GET", "/health/live"))[0] == 200
