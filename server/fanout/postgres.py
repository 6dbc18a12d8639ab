"""Packets over LISTEN and NOTIFY of the PostgreSQL that is there anyway: several nodes without a Redis.

On two connections of its own, so that the bus never waits for the pool nor the pool for the bus. Anybody who may connect
to the database can listen and notify: packets hold ids only and are signed (wire.py), as for Redis.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import psycopg

from repositories import array_literals
from repositories.link import Link
from server.fanout.network import Read

CHANNEL = "colloque:facts"
# Publishing answers within this or fails.
ANSWER_SECONDS = 1.0
# Hints are not worth a flush of the log. Without a statement time-out a stuck NOTIFY would hold the others' back.
OPTIONS = "-c synchronous_commit=off -c statement_timeout=1000ms -c client_connection_check_interval=1000ms"
# Each packet has a number, so that none is taken for a repeat, which PostgreSQL would drop.
NOTIFY = "SELECT count(pg_notify($1, packet)) FROM unnest($2::text[]) AS packet"


class PostgresCarrier:
    """server.fanout.network.Carrier. `url` may be the server's role: LISTEN and NOTIFY need no right."""

    def __init__(self, *, url: str, channel: str = CHANNEL) -> None:
        self.failures: tuple[type[Exception], ...] = (psycopg.Error, OSError, TimeoutError)
        self._url = url
        self._channel = channel
        self._publisher: Link | None = None

    async def publish(self, packets: Sequence[bytes]) -> None:
        link, self._publisher = self._publisher, None
        link = link or await self._link("colloque notify")
        try:
            await link.execute(
                NOTIFY, (self._channel.encode(), array_literals.texts(map(bytes.decode, packets)).encode())
            )
        except BaseException:
            link.close()
            raise
        self._publisher = link

    @asynccontextmanager
    async def subscribed(self) -> AsyncIterator[Read]:
        link = await self._link("colloque listen")
        try:
            await link.listen(self._channel)
            yield link.notification
        finally:
            link.close()

    async def close(self) -> None:
        if self._publisher is not None:
            self._publisher.close()
            self._publisher = None

    async def _link(self, name: str) -> Link:
        return await Link.open(self._url, options=OPTIONS, application_name=name, answer_seconds=ANSWER_SECONDS)
