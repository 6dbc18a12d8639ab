"""Packets over publish/subscribe of Redis or Valkey."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.fanout.network import Read
from server.settings import SettingsError

# Publishing answers within this or fails; the listener reads with a patience of its own.
SOCKET_SECONDS = 1.0


class RedisCarrier:
    """server.fanout.network.Carrier."""

    def __init__(self, *, url: str, channel: str) -> None:
        self.failures: tuple[type[Exception], ...] = (RedisError, OSError, TimeoutError)
        self._channel = f"{channel}:facts"
        self._publisher = _client(url)
        self._listener = _client(url)

    async def publish(self, packets: Sequence[bytes]) -> None:
        pipeline = self._publisher.pipeline(transaction=False)
        for packet in packets:
            pipeline.publish(self._channel, packet)
        await pipeline.execute()

    @asynccontextmanager
    async def subscribed(self) -> AsyncIterator[Read]:
        async with self._listener.pubsub() as subscription:
            await subscription.subscribe(self._channel)

            async def read(seconds: float) -> bytes | None:
                return await _packet(subscription, seconds)

            yield read

    async def close(self) -> None:
        """Also when Redis is frozen; what goes wrong here concerns nobody any more."""
        for client in (self._publisher, self._listener):
            try:
                await client.aclose()
            except self.failures:
                continue


async def _packet(subscription: PubSub, seconds: float) -> bytes | None:
    message = await subscription.get_message(ignore_subscribe_messages=True, timeout=seconds)
    if message is None or message["type"] != "message":
        return None
    packet: bytes = message["data"]
    return packet


def _client(url: str) -> Redis:
    """No retries by the library: time-outs are to be short and health is ours to judge. Raises SettingsError."""
    try:
        client = Redis.from_url(
            url, socket_timeout=SOCKET_SECONDS, socket_connect_timeout=SOCKET_SECONDS, retry=Retry(NoBackoff(), 0)
        )
        # What it cannot make of the options it would say at each try to connect, and never be there.
        client.connection_pool.connection_class(**client.connection_pool.connection_kwargs)
    except (ValueError, TypeError, RedisError):
        raise SettingsError("REDIS_URL: something is wrong with the options after its `?`") from None
    return client
