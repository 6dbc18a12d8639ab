"""The npm client as it comes, with 30 sends buffered before the connection, on each way to connect."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.errors import Unavailable
from tests.realtime.conftest import Serve
from tests.realtime.served import Served
from tests.support.node import node

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "web" / "node_modules" / "socket.io-client"


class JavaScriptClient:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.seen: list[dict[str, Any]] = []

    async def until(self, what: str, count: int = 1) -> list[dict[str, Any]]:
        """The first `count` lines of that kind."""
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(15):
                while sum(line["what"] == what for line in self.seen) < count:
                    line = await self._process.stdout.readline()
                    assert line, self.seen
                    self.seen.append(json.loads(line))
        except TimeoutError:
            pytest.fail(f"no {what} number {count} within 15 s; seen: {self.seen}")
        return [line for line in self.seen if line["what"] == what]

    async def stop(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        # Also reads what is left, so that the pipe is closed with the process.
        await self._process.communicate()


Start = Callable[[Served, str, str], Awaitable[JavaScriptClient]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    clients: list[JavaScriptClient] = []

    async def launch(served: Served, transports: str, token: str) -> JavaScriptClient:
        process = await asyncio.create_subprocess_exec(
            node(),
            str(HERE / "stock_client.cjs"),
            str(PACKAGE),
            served.origin,
            transports,
            token,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        clients.append(JavaScriptClient(process))
        return clients[-1]

    yield launch
    for client in clients:
        await client.stop()


@pytest.mark.parametrize("transports", ["websocket", "polling", "polling+websocket"])
async def test_sends_buffered_before_the_connection_are_all_acked(serve: Serve, start: Start, transports: str) -> None:
    """Fact 8."""
    served = await serve()
    client = await start(served, transports, "user:1")
    acks = [line["ack"] for line in await client.until("ack", 30)]
    assert acks == [{"n": number, "ok": True} for number in range(30)]
    assert next(line for line in client.seen if line["what"] == "event")["event"] == "connection_established"
    if transports == "polling+websocket":
        await client.until("upgrade")


@pytest.mark.parametrize("transports", ["websocket", "polling", "polling+websocket"])
async def test_it_comes_back_by_itself_after_a_restart_and_after_expiry(
    serve: Serve, start: Start, transports: str
) -> None:
    """Facts 12, 14."""
    served = await serve()
    client = await start(served, transports, "user:1")
    await client.until("ack", 30)
    served.toy.admission.fail_next += [Unavailable(), RuntimeError("odd")]
    served.expire(served.realtime.sockets_of(1)[0])
    await client.until("connect", 2)
    served = await serve_again(served, serve)
    await client.until("connect", 3)
    assert all(line["active"] for line in client.seen if line["what"] in {"disconnect", "connect_error"})
    assert len(served.toy.seen.connects) == 1


@pytest.mark.parametrize("transports", ["websocket", "polling"])
async def test_it_stays_away_after_a_refusal_and_after_a_revocation(
    serve: Serve, start: Start, transports: str
) -> None:
    served = await serve()
    refused = await start(served, transports, "forged")
    line = (await refused.until("connect_error"))[0]
    assert (line["message"], line["data"]["code"], line["active"]) == ("AUTH_REQUIRED", "AUTH_REQUIRED", False)
    revoked = await start(served, transports, "user:1")
    await revoked.until("ack", 30)
    served.realtime.end_sessions(1, None, "SESSION_EXPIRED")
    gone = (await revoked.until("disconnect"))[0]
    assert (gone["reason"], gone["active"]) == ("io server disconnect", False)
    assert revoked.seen[-2]["payload"] == {"code": "SESSION_EXPIRED"}


async def serve_again(served: Served, serve: Serve) -> Served:
    """Another server on the same port."""
    await served.stop()
    return await serve(port=served.port)
