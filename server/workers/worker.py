"""One worker: `python -m server.workers DESCRIPTOR`, started by the parent and by nobody else.

It takes its orders from the channel: number, folder, database, demo users. The end of the channel is the order to stop,
also when the parent was killed. Secrets and settings it reads for itself.
"""

import asyncio
import dataclasses
import faulthandler
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from controllers.rest.demo import DemoUser
from server import event_loop
from server.app import create_app
from server.catalogue import LOOK_AGAIN, SESSIONS
from server.collector import calm_collector
from server.door import DoorRunner
from server.observability.logging import configure_logging
from server.process import SHUTDOWN_SECONDS, end_in_time, ended_in_time
from server.realtime.engine import PATH as SOCKET_PATH
from server.security.secrets_store import Secrets, load_secrets
from server.settings import Settings, SettingsError, read_settings
from server.workers import gathering
from server.workers.channel import PULSE_SECONDS, WHERE, Channel, Kind, Message
from server.workers.gathering import Gathering
from server.workers.passing import Passing
from server.workers.session_ids import prefix
from server.workers.siblings import Siblings, is_sibling

MESSAGES_AT_ONCE = 20


class Worker:
    def __init__(self, settings: Settings, secrets: Secrets, orders: dict[str, Any], channel: Channel) -> None:
        self._channel = channel
        self._folder = Path(orders["folder"])
        self._siblings = Siblings(slot=orders["slot"], workers=orders["workers"], folder=self._folder)
        self._app = create_app(
            settings,
            secrets=secrets,
            demo_users=[DemoUser(*user) for user in orders["demo_users"]],
            session_prefix=prefix(orders["slot"]),
        )
        self._passing = Passing(slot=orders["slot"], siblings=self._siblings, channel=channel)
        self._gathering = Gathering(self._siblings, ends=orders["ends"])
        self._app.middlewares.insert(0, self._middleware())
        self._app.cleanup_ctx.append(self._siblings.run)
        self._runner = DoorRunner(self._app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        self._stop = asyncio.Event()
        self._arriving: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until the parent has gone or says so."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop.set)
        await self._runner.setup()
        calm_collector()
        try:
            self._siblings.path.unlink(missing_ok=True)
            await web.UnixSite(self._runner, str(self._siblings.path)).start()
            loop.add_reader(self._channel.fileno(), self._receive)
            self._channel.send(Kind.READY)
            pulse = loop.create_task(self._pulse(), name="worker pulse")
            await self._stop.wait()
            pulse.cancel()
            loop.remove_reader(self._channel.fileno())
        finally:
            end_in_time()
            await self._runner.cleanup()
            self._channel.close()
            self._siblings.path.unlink(missing_ok=True)

    async def _pulse(self) -> None:
        while True:
            self._channel.send(Kind.PULSE, str(self._app[SESSIONS]()).encode())
            await asyncio.sleep(PULSE_SECONDS)

    def _receive(self) -> None:
        for _ in range(MESSAGES_AT_ONCE):
            try:
                message = self._channel.receive()
            except BlockingIOError:
                return
            self._take(message)
            if message is None:
                return

    def _take(self, message: Message | None) -> None:
        if message is None:
            self._stop.set()
        elif message.kind is Kind.DIED:
            self._app[LOOK_AGAIN]()
            self._gathering.ends = json.loads(message.body)
        elif message.kind is Kind.CONNECTION and message.descriptor is not None:
            task = asyncio.get_running_loop().create_task(self._welcome(message, message.descriptor))
            self._arriving.add(task)
            task.add_done_callback(self._arriving.discard)

    async def _welcome(self, message: Message, descriptor: int) -> None:
        """From here on it is a connection like any other. What somebody has read of it already is read first."""
        connection = socket.socket(fileno=descriptor)
        connection.settimeout(0)
        server = self._runner.server
        if server is None:
            raise RuntimeError("setup() comes first")
        try:
            _, protocol = await asyncio.get_running_loop().connect_accepted_socket(server, connection)
        except OSError:
            connection.close()
            return
        if message.body:
            protocol.data_received(message.body)

    def _middleware(self) -> Any:
        ways = {
            SOCKET_PATH: self._passing.answer,
            gathering.METRICS: self._gathering.metrics,
            gathering.READY: self._gathering.ready,
        }

        @web.middleware
        async def choose(request: web.Request, handler: Handler) -> web.StreamResponse:
            way = None if is_sibling(request) else ways.get(request.path)
            return await (handler(request) if way is None else way(request, handler))

        return choose


async def _work(settings: Settings, secrets: Secrets, orders: dict[str, Any], channel: Channel) -> None:
    await Worker(settings, secrets, orders, channel).run()


def main(descriptor: int) -> None:
    # Ctrl-C is for the parent, which then tells everybody.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The parent's last question before it kills one that hangs: answered by C, so also while the loop is blocked.
    faulthandler.register(WHERE)
    channel = Channel(socket.socket(fileno=descriptor))
    message = channel.receive()
    if message is None:
        return
    orders = json.loads(message.body)
    channel.unblock()
    settings = read_settings(workers=orders["workers"])
    configure_logging(settings.log_format, settings.log_level, worker=orders["slot"])
    secrets = load_secrets(settings)
    settings = dataclasses.replace(settings, database_url=orders["database_url"])
    try:
        event_loop.run(_work(settings, secrets, orders, channel))
    except SettingsError as error:
        sys.exit(f"Error: {error}")
    ended_in_time()
    if os.getppid() != orders["parent"]:
        # It was killed and cannot clear up: the last worker does.
        with suppress(OSError):
            Path(orders["folder"]).rmdir()
