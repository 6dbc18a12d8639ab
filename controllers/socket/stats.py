"""connection_stats."""

from controllers.schemas.stats import StatsReplySchema, StatsRequestSchema
from controllers.socket.contract import Reply, SocketCall, SocketEvent
from controllers.socket.hub import Rooms
from services.room_names import STATS_ROOM
from services.stats import ConnectionStats


class StatsEvents:
    def __init__(self, *, stats: ConnectionStats, rooms: Rooms) -> None:
        self._stats = stats
        self._rooms = rooms

    def events(self) -> list[SocketEvent]:
        return [
            SocketEvent(
                name="connection_stats",
                handler=self.get,
                schema=StatsRequestSchema,
                ack=StatsReplySchema,
                limit="event",
                summary="Connections over all nodes, for administrators; with subscribe also their changes",
            )
        ]

    async def get(self, call: SocketCall) -> Reply:
        stats = self._stats.get(call.principal)
        subscribe = call.data.get("subscribe")
        if subscribe is True:
            self._rooms.enter(call.socket_id, STATS_ROOM)
        elif subscribe is False:
            self._rooms.leave(call.socket_id, STATS_ROOM)
        return Reply(ack={"stats": stats})
