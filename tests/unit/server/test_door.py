"""What comes over a connection that is not what it says it is."""

import asyncio
import logging

import pytest
from aiohttp import web

from server.door import DoorRunner


async def _refuses(_: web.Request) -> web.Response:
    return web.Response(status=400, text="not this")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_a_body_that_is_not_compressed_as_it_says_is_no_error_of_ours(
    encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = web.Application()
    app.router.add_post("/things", _refuses)
    runner = DoorRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    head = f"POST /things HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Encoding: {encoding}\r\n"
    try:
        with caplog.at_level(logging.ERROR):
            reader, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
            writer.write(f"{head}Content-Length: 9\r\n\r\nsomething".encode())
            async with asyncio.timeout(5):
                said = await reader.read()
            writer.close()
    finally:
        await runner.cleanup()
    assert said.startswith(b"HTTP/1.1 400") and said.endswith(b"not this")
    assert not caplog.records
