"""The other workers, by HTTP over unix sockets in a folder that only this installation's user may enter."""

import socket
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
from aiohttp import web


class Siblings:
    """`run` is a cleanup context."""

    def __init__(self, *, slot: int, workers: int, folder: Path) -> None:
        self.slot = slot
        self._folder = folder
        self._slots = [other for other in range(workers) if other != slot]
        self._sessions: dict[int, aiohttp.ClientSession] = {}

    @property
    def path(self) -> Path:
        """Where this worker is found by the others."""
        return self._path(self.slot)

    @property
    def slots(self) -> Sequence[int]:
        """Of all the others."""
        return self._slots

    def has(self, slot: int) -> bool:
        return slot in self._slots

    def session(self, slot: int) -> aiohttp.ClientSession:
        return self._sessions[slot]

    async def run(self, _: web.Application) -> AsyncIterator[None]:
        for slot in self._slots:
            self._sessions[slot] = aiohttp.ClientSession(
                # Each poll waits on a connection of its own.
                connector=aiohttp.UnixConnector(str(self._path(slot)), limit=0),
                timeout=aiohttp.ClientTimeout(total=None, connect=2.0),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        yield
        for session in self._sessions.values():
            await session.close()

    def _path(self, slot: int) -> Path:
        return self._folder / f"{slot}.sock"


def is_sibling(request: web.Request) -> bool:
    """Whether another worker asks: clients never come over a unix socket."""
    connection = None if request.transport is None else request.transport.get_extra_info("socket")
    return connection is not None and connection.family == socket.AF_UNIX
