"""services.export_ports.PdfPrinter: a process of its own lays out the pages, so that the loop and its memory stay free.

It is given the text by a pipe and hands the document back by another: nothing of it touches a disk.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from services.export_documents import head_lines, message_lines
from services.export_ports import Plain, PrintingFailed

ROOT = Path(__file__).parent.parent.parent
PIECE = 65_536
END = b"null\n"


class ProcessPdfPrinter:
    async def print(self, head: Plain, messages: AsyncIterator[Plain]) -> AsyncIterator[bytes]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "server.exports.pdf",
            cwd=ROOT,
            env={"LANG": "C.UTF-8"},  # no secrets of ours
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # what a library says of a text may hold it
        )
        into, out = process.stdin, process.stdout
        try:
            if into is None or out is None:
                raise PrintingFailed  # both were asked for
            await _feed(into, head, messages)
            while piece := await out.read(PIECE):
                yield piece
            if await process.wait() != 0:
                raise PrintingFailed
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _feed(pipe: asyncio.StreamWriter, head: Plain, messages: AsyncIterator[Plain]) -> None:
    names = {person["userId"]: person["name"] for person in head["participants"]}
    title = f"Conversation {head['conversation']['id']}"
    with suppress(ConnectionError):  # it ended early: its exit code says so
        pipe.write(_line([title, head_lines(head)]))
        async for message in messages:
            pipe.write(_line(message_lines(message, names)))
            await pipe.drain()
        pipe.write(END)
        await pipe.drain()
    pipe.close()


def _line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"
