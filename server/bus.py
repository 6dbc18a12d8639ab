"""Which bus: none needed for one node; PostgreSQL or Redis for several."""

from server.fanout import Bus
from server.fanout.memory import MemoryBus
from server.fanout.network import NetworkBus
from server.fanout.postgres import CHANNEL, PostgresCarrier
from server.fanout.redis import RedisCarrier
from server.fanout.wire import Wire, bus_key
from server.security.secrets_store import Secrets
from server.settings import Settings


def make_bus(settings: Settings, secrets: Secrets) -> Bus:
    kind = settings.fanout_kind
    if kind == "redis":
        wire = Wire(key=bus_key(secrets.jwt_secret, settings.redis_channel))
        return NetworkBus(carrier=RedisCarrier(url=settings.redis_url, channel=settings.redis_channel), wire=wire)
    if kind == "postgres":
        wire = Wire(key=bus_key(secrets.jwt_secret, CHANNEL))
        return NetworkBus(carrier=PostgresCarrier(url=settings.database_url), wire=wire)
    return MemoryBus()
