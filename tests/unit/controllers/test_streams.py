"""Files as answers, byte by byte on one connection: what follows an answer must be the next one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer
from aiohttp.typedefs import Handler

from controllers.rest.downloads import send_file
from controllers.rest.streams import send_stream
from services.attachment_ports import Span
from services.exports import Stream

CONTENT = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"


@dataclass
class _Letter:
    name: str = "letter.pdf"
    media_type: str = "application/pdf"
    size: int = len(CONTENT)

    async def read(self, span: Span) -> AsyncIterator[bytes]:
        yield CONTENT[span.start : span.start + span.length]


async def _chunks() -> AsyncIterator[bytes]:
    yield CONTENT[:10]
    yield CONTENT[10:]


async def _file(request: web.Request) -> web.StreamResponse:
    return await send_file(request, _Letter())


async def _sized(request: web.Request) -> web.StreamResponse:
    stream = Stream(name="letter.pdf", media_type="application/pdf", size=len(CONTENT), chunks=_chunks())
    return await send_stream(request, stream)


async def _endless(request: web.Request) -> web.StreamResponse:
    stream = Stream(name="letter.json", media_type="application/json", size=None, chunks=_chunks())
    return await send_stream(request, stream)


async def _next(_: web.Request) -> web.Response:
    return web.Response(text="the next")


async def _said(server: BaseTestServer, *requests: str, last: str = "Connection: close") -> bytes:
    """All that comes back until the server closes, which the last request asks for."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        lines = [f"{request} HTTP/1.1\r\nHost: localhost\r\n" for request in requests]
        writer.write(("\r\n".join(lines) + f"{last}\r\n\r\n").encode())
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize("handler", [_file, _sized, _endless])
async def test_head_has_the_headers_of_get_and_no_body(handler: Handler) -> None:
    app = web.Application()
    app.router.add_get("/file", handler)
    app.router.add_get("/next", _next)
    async with TestServer(app) as server:
        got, _, sent = (await _said(server, "GET /file")).partition(b"\r\n\r\n")
        headed, _, rest = (await _said(server, "HEAD /file", "GET /next")).partition(b"\r\n\r\n")
        told, _, body = rest.partition(b"\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 200 OK") and b"forged" in sent
    for name in (b"Content-Type", b"Content-Disposition", b"Content-Length"):
        assert _line(headed, name) == _line(got, name)
    assert (told.startswith(b"HTTP/1.1 200 OK"), body) == (True, b"the next")


async def test_a_span_is_for_get_only() -> None:
    app = web.Application()
    app.router.add_get("/file", _file)
    async with TestServer(app) as server:
        headed = await _said(server, "HEAD /file", last="Range: bytes=0-0\r\nConnection: close")
    assert headed.startswith(b"HTTP/1.1 200 OK")
    assert _line(headed, b"Content-Length") == b"Content-Length: %d" % len(CONTENT)


def _line(head: bytes, name: bytes) -> bytes | None:
    return next((line for line in head.split(b"\r\n") if line.startswith(name)), None)
