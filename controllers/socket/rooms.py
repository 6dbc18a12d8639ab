"""join_room, leave_room and sync."""

from collections.abc import Callable

from controllers.schemas.rooms import JoinRoomSchema, LeftSchema, RoomSchema, SyncResultSchema, SyncSchema, UpdateSchema
from controllers.socket.contract import Reply, SocketCall, SocketEvent
from controllers.socket.hub import Rooms
from services.resume import Position, Resume, Update
from services.room_names import conversation_room


class RoomEvents:
    """`joined`: the socket has its page, what comes later is told live."""

    def __init__(self, *, resume: Resume, rooms: Rooms, joined: Callable[[Update], None]) -> None:
        self._resume = resume
        self._rooms = rooms
        self._joined = joined

    def events(self) -> list[SocketEvent]:
        return [
            SocketEvent(
                name="join_room",
                handler=self.join,
                schema=JoinRoomSchema,
                ack=UpdateSchema,
                limit="event",
                summary="Receive a conversation live; with afterSeq and afterChange also what was missed",
                tells=("room_joined",),
            ),
            SocketEvent(
                name="leave_room",
                handler=self.leave,
                schema=RoomSchema,
                ack=LeftSchema,
                limit="event",
                summary="Stop receiving a conversation live",
                tells=("room_left",),
            ),
            SocketEvent(
                name="sync",
                handler=self.sync,
                schema=SyncSchema,
                ack=SyncResultSchema,
                limit="event",
                summary="After a reconnect: what was missed of many conversations at once",
            ),
        ]

    async def join(self, call: SocketCall) -> Reply:
        conversation_id = call.data["conversation_id"]
        room = conversation_room(conversation_id)
        await self._resume.require_membership(call.principal, conversation_id=conversation_id)
        was_in = self._rooms.is_in(call.socket_id, room)
        self._rooms.enter(call.socket_id, room)
        try:
            update = await self._resume.join(
                call.principal,
                conversation_id=conversation_id,
                after_seq=call.data.get("after_seq"),
                after_change=call.data.get("after_change"),
                epoch=call.data.get("epoch"),
            )
        except BaseException:
            if not was_in:
                self._rooms.leave(call.socket_id, room)
            raise
        self._joined(update)
        joined = {"conversation_id": conversation_id, "last_seq": update.last_seq}
        return Reply(ack=update, tell=(("room_joined", joined),))

    async def leave(self, call: SocketCall) -> Reply:
        conversation_id = call.data["conversation_id"]
        self._rooms.leave(call.socket_id, conversation_room(conversation_id))
        left = {"conversation_id": conversation_id, "reason": "left"}
        return Reply(ack=left, tell=(("room_left", left),))

    async def sync(self, call: SocketCall) -> Reply:
        positions = {int(key): Position(value["seq"], value["change"]) for key, value in call.data["positions"].items()}
        result = await self._resume.sync(call.principal, positions=positions, epoch=call.data.get("epoch"))
        return Reply(
            ack={
                "conversations": {str(update.conversation_id): update for update in result.updates},
                "gone": result.gone,
                "others": result.others,
                "has_more": result.has_more,
            }
        )
