"""Which bus: none needed for one node, Redis for several."""

from server.fanout import Bus
from server.fanout.memory import MemoryBus
from server.fanout.redis import RedisBus
from server.fanout.wire import Wire, bus_key
from server.security.secrets_store import Secrets
from server.settings import Settings


def make_bus(settings: Settings, secrets: Secrets) -> Bus:
    if not settings.redis_url:
        return MemoryBus()
    wire = Wire(key=bus_key(secrets.jwt_secret, settings.redis_channel))
    return RedisBus(url=settings.redis_url, channel=settings.redis_channel, wire=wire)
