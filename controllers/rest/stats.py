"""Connection stats over REST."""

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.stats import StatsSchema
from services.stats import ConnectionStats


class StatsEndpoints:
    def __init__(self, *, stats: ConnectionStats) -> None:
        self._stats = stats

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                "/api/messaging/stats",
                self.get,
                "Connections over all nodes",
                "admin",
                access=Access.ADMIN,
                replies={200: StatsSchema},
                errors=("FORBIDDEN",),
            )
        ]

    async def get(self, call: Call) -> Reply:
        return Reply(self._stats.get(call.user))
