"""services.export_ports.PdfPrinter: a process of its own lays out the pages, so that the loop and its memory stay free.

It is given the text by a pipe and hands the document back by another: nothing of it touches a disk.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from services.export_documents import head_lines, message_lines
from services.export_ports import Plain, PrintingFailed

ROOT = Path(__file__).parent.parent.parent
PIECE = 65_536
END = b"null\n"


class ProcessPdfPrinter:
    async def print(self, head: Plain, messages: AsyncIterator[Plain]) -> AsyncIterator[bytes]:
        """Begun by a thread and with vfork: uvloop would fork in the loop, and copy what maps our memory."""
        process = await asyncio.to_thread(_begun)
        try:
            if process.stdin is None or process.stdout is None:
                raise PrintingFailed  # both were asked for
            await _feed(process.stdin, head, messages)
            async for piece in _pieces(process.stdout):
                yield piece
            if await asyncio.to_thread(process.wait) != 0:
                raise PrintingFailed
        finally:
            process.kill()  # where nobody waits for it any more
            await asyncio.to_thread(process.wait)


def _begun() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        (sys.executable, "-m", "server.exports.pdf"),
        cwd=ROOT,
        env={"LANG": "C.UTF-8"},  # no secrets of ours
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what a library says of a text may hold it
        start_new_session=True,
    )


async def _feed(pipe: IO[bytes], head: Plain, messages: AsyncIterator[Plain]) -> None:
    """It reads all before it says anything."""
    names = {person["userId"]: person["name"] for person in head["participants"]}
    waiting = _line([f"Conversation {head['conversation']['id']}", head_lines(head)])
    with suppress(ConnectionError):  # it ended early: its exit code says so
        async for message in messages:
            waiting += _line(message_lines(message, names))
            if len(waiting) > PIECE:
                await asyncio.to_thread(pipe.write, waiting)
                waiting = b""
        await asyncio.to_thread(_finish, pipe, waiting + END)


def _finish(pipe: IO[bytes], rest: bytes) -> None:
    pipe.write(rest)
    pipe.close()


async def _pieces(pipe: IO[bytes]) -> AsyncIterator[bytes]:
    """As they come. No thread waits for the first of them, which takes seconds."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    try:
        while piece := await reader.read(PIECE):
            yield piece
    finally:
        transport.close()


def _line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"
