"""The real application in a thread of this process, where what its Python does can be counted."""

import asyncio
import sys
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from types import FrameType
from typing import Any, cast

from aiohttp import web

from server.app import create_app
from server.event_loop import EventLoop
from server.settings import Settings


class WatchedServer:
    """`counting()` counts calls of functions, in Python and C alike, and tasks made, in the thread of the server only."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._port: Future[int] = Future()
        self.calls = 0
        self.tasks = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port.result(30)}"

    @contextmanager
    def counting(self) -> Iterator[None]:
        self.calls = self.tasks = 0
        self._run(self._watch(self._profile))
        yield
        self._run(self._watch(None))

    def serve(self) -> None:
        """What the thread does."""
        with asyncio.Runner(loop_factory=EventLoop) as runner:
            runner.run(self._serve())

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            runner = web.AppRunner(create_app(self._settings), access_log=None, shutdown_timeout=1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
        except BaseException as error:
            self._port.set_exception(error)
            raise
        self._loop.set_task_factory(cast(Any, self._make_task))
        self._port.set_result(runner.addresses[0][1])
        await self._stop.wait()
        await runner.cleanup()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _watch(self, profile: Any) -> None:
        sys.setprofile(profile)

    def _profile(self, frame: FrameType, event: str, arg: object) -> None:
        if event in ("call", "c_call"):
            self.calls += 1

    def _make_task(
        self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **options: Any
    ) -> "asyncio.Task[Any]":
        self.tasks += 1
        return asyncio.Task(work, loop=loop, **options)


@contextmanager
def watched_server(settings: Settings) -> Iterator[WatchedServer]:
    server = WatchedServer(settings)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        assert server.url
        yield server
    finally:
        server.stop()
        thread.join(30)
