"""Has a file looked at in a process of its own, and believes only what that answers in order."""

import asyncio
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog

from server.files.disk import log_refusal
from services.attachment_ports import FileFacts
from services.errors import Unavailable, UnsupportedFile

log = structlog.get_logger(__name__)
ROOT = Path(__file__).parent.parent.parent
PATIENCE = 30.0
# Each may take a gigabyte while it looks at a hostile picture.
AT_ONCE = 2
# Python could not begin: our trouble, not the file's.
NOT_STARTED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Where the sealed file is, where its cleaned parts go, and the keys of both. Travels by a pipe, never as an argument."""

    source: str
    source_key: str
    whole: str
    thumbnail: str
    key: str
    token: str
    max_pixels: int


class Inspection:
    def __init__(self, *, patience: float = PATIENCE, at_once: int = AT_ONCE) -> None:
        self._patience = patience
        self._turns = asyncio.Semaphore(at_once)

    async def look(self, order: Order) -> FileFacts:
        """Raises UnsupportedFile, Unavailable when nobody can look."""
        async with self._turns:
            code, said = await self._run(json.dumps(asdict(order)).encode() + b"\n")
        try:
            answer: dict[str, Any] = json.loads(said)
        except ValueError:
            log.warning("file_look_ended", code=code)
            if code == NOT_STARTED:
                raise Unavailable from None
            raise UnsupportedFile(reason="file_damaged") from None
        if "unwritten" in answer:
            log_refusal(answer["unwritten"])
            raise Unavailable
        if "refused" in answer:
            log.info("file_refused", reason=answer["refused"], detail=answer["detail"])
            raise UnsupportedFile(reason=answer["refused"])
        return FileFacts(**answer)

    async def _run(self, order: bytes) -> tuple[int | None, bytes]:
        """Begun by a thread and with vfork: uvloop would fork in the loop, and copy what maps our memory."""
        process = await asyncio.to_thread(_begun)
        try:
            said, _ = await asyncio.to_thread(process.communicate, order, self._patience)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.communicate)
            said = b""
        finally:
            process.kill()  # where nobody waits for it any more
            await asyncio.to_thread(process.wait)
        return process.returncode, said


def _begun() -> "subprocess.Popen[bytes]":
    """With nothing of our environment: there are secrets in it."""
    return subprocess.Popen(
        (sys.executable, "-m", "server.files.looking"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={},
        start_new_session=True,
    )
