"""get_presence."""

from controllers.schemas.presence import GetPresenceSchema, PresenceReplySchema
from controllers.socket.contract import Reply, SocketCall, SocketEvent
from controllers.socket.hub import Rooms
from services.presence import Presence
from services.room_names import presence_room


class PresenceEvents:
    def __init__(self, *, presence: Presence, rooms: Rooms) -> None:
        self._presence = presence
        self._rooms = rooms

    def events(self) -> list[SocketEvent]:
        return [
            SocketEvent(
                name="get_presence",
                handler=self.get,
                schema=GetPresenceSchema,
                ack=PresenceReplySchema,
                limit="event",
                summary="Presence of people one shares a conversation with, and from now on their changes",
            )
        ]

    async def get(self, call: SocketCall) -> Reply:
        allowed = await self._presence.states(call.principal, user_ids=call.data["user_ids"])
        for state in allowed:
            self._rooms.enter(call.socket_id, presence_room(state.user_id))
        # A right that ended between the look and the entering was told before we were in: look again.
        still = await self._presence.states(call.principal, user_ids=[state.user_id for state in allowed])
        for user_id in {state.user_id for state in allowed} - {state.user_id for state in still}:
            self._rooms.leave(call.socket_id, presence_room(user_id))
        return Reply(ack={"presence": still})
