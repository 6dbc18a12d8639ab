"""What comes over a connection that is not what it says it is."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web

from server import door
from server.door import DoorRunner


async def _refuses(_: web.Request) -> web.Response:
    return web.Response(status=400, text="not this")


@asynccontextmanager
async def connection(app: web.Application) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """To a server that has this application."""
    runner = DoorRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
    try:
        yield reader, writer
    finally:
        writer.close()
        await runner.cleanup()


async def answer(app: web.Application, sent: bytes) -> bytes:
    """All that comes until the server closes the connection."""
    async with connection(app) as (reader, writer):
        writer.write(sent)
        async with asyncio.timeout(5):
            return await reader.read()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_a_body_that_is_not_compressed_as_it_says_is_no_error_of_ours(
    encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = web.Application()
    app.router.add_post("/things", _refuses)
    head = f"POST /things HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Encoding: {encoding}\r\n"
    with caplog.at_level(logging.ERROR):
        said = await answer(app, f"{head}Content-Length: 9\r\n\r\nsomething".encode())
    assert said.startswith(b"HTTP/1.1 400") and said.endswith(b"not this")
    assert not caplog.records


@pytest.mark.parametrize("piece", [b"", b"X-More: of it\r\n"], ids=["silent", "a byte now and then"])
@pytest.mark.parametrize("before", [b"", b"GET /things HTTP/1.1\r\nHost: x\r\n\r\n"], ids=["first", "later"])
async def test_a_request_whose_head_never_ends_is_not_waited_for(
    before: bytes, piece: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "HEAD_SECONDS", 0.4)
    app = web.Application()
    app.router.add_get("/things", _refuses)
    async with connection(app) as (reader, writer):
        writer.write(before)
        if before:
            await reader.readuntil(b"not this")
        writer.write(b"GET /things HTTP/1.1\r\nHost: x\r\n" if piece else b"")
        async with asyncio.timeout(5):
            while not reader.at_eof():
                writer.write(piece)
                with suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(100), 0.1)


@pytest.mark.parametrize(
    "sent",
    [
        b"G@T /things HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /things canary\r\n\r\n",
        b"GET /things HTTP/1.1\r\nHost: x\r\nX canary\r\n\r\n",
        b"GET /" + b"canary" * 2000 + b" HTTP/1.1\r\n\r\n",
        b"POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: canary\r\n\r\n",
    ],
    ids=["method", "line", "header", "too long", "length"],
)
async def test_what_is_no_http_gets_the_envelope(sent: bytes) -> None:
    said = await answer(web.Application(), sent)
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.split()[1] == b"400" and b"application/json" in head and b"canary" not in said
    error = json.loads(body)["error"]
    assert error["code"] == "VALIDATION_FAILED" and error["requestId"]


async def test_an_error_before_any_middleware_gets_the_envelope() -> None:
    async def fails(_: web.Request) -> web.Response:
        raise LookupError("canary")

    app = web.Application()
    app.router.add_get("/things", fails)
    said = await answer(app, b"GET /things HTTP/1.1\r\nHost: x\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 500") and b"canary" not in said
    assert json.loads(said.partition(b"\r\n\r\n")[2])["error"]["code"] == "INTERNAL"
