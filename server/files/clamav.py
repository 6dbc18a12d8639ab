"""The virus scanner: clamd's INSTREAM command over a socket."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog

from services.errors import Unavailable

log = structlog.get_logger(__name__)
COMMAND = b"zINSTREAM\0"
_SIZE = struct.Struct(">I")
PATIENCE = 60.0
ANSWER_BYTES = 4096

Connect = Callable[[], Coroutine[Any, Any, tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Scanner(Protocol):
    async def scan(self, chunks: AsyncIterator[bytes]) -> str | None:
        """What it was called by the scanner, None when nothing is known against it. Raises Unavailable: without an answer
        a file is not taken."""


class NoScanner:
    """None is set up."""

    async def scan(self, chunks: AsyncIterator[bytes]) -> str | None:
        return None


class ClamAv:
    """`url`: unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310. Its StreamMaxLength must not be below ours."""

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        self._connect = connector(url)
        self._patience = patience

    async def scan(self, chunks: AsyncIterator[bytes]) -> str | None:
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._answer(chunks)
        except (OSError, TimeoutError) as error:
            log.warning("scanner_away", why=str(error) or type(error).__name__)
            raise Unavailable from error
        return _verdict(answer)

    async def _answer(self, chunks: AsyncIterator[bytes]) -> bytes:
        reader, writer = await self._connect()
        try:
            writer.write(COMMAND)
            async for chunk in chunks:
                writer.write(_SIZE.pack(len(chunk)) + chunk)
                await writer.drain()
            writer.write(_SIZE.pack(0))
            await writer.drain()
            return await reader.read(ANSWER_BYTES)
        finally:
            writer.close()
            with suppress(OSError):  # it closes its side first, as it likes
                await writer.wait_closed()


def connector(url: str) -> Connect:
    """Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme == "unix" and parts.path:
        return lambda: asyncio.open_unix_connection(parts.path)
    if parts.scheme == "tcp" and parts.hostname and parts.port:
        return lambda: asyncio.open_connection(parts.hostname, parts.port)
    raise ValueError("must be unix:///path or tcp://host:port")


def _verdict(answer: bytes) -> str | None:
    """`stream: OK`, `stream: NAME FOUND`, or that something went wrong, which is no yes."""
    text = answer.rstrip(b"\0\n").decode("utf-8", "replace")
    if text == "stream: OK":
        return None
    if text.startswith("stream: ") and text.endswith(" FOUND"):
        return text.removeprefix("stream: ").removesuffix(" FOUND")
    log.warning("scanner_failed", answer=text[:200])
    raise Unavailable
