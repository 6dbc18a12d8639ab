"""mark_as_read and mark_as_delivered."""

from controllers.schemas.marks import (
    DeliveredResultSchema,
    MarkAsDeliveredSchema,
    MarkAsReadSchema,
    ReadResultSchema,
)
from controllers.socket.contract import Reply, SocketCall, SocketEvent
from services.marks import Marks


class MarkEvents:
    def __init__(self, *, marks: Marks) -> None:
        self._marks = marks

    def events(self) -> list[SocketEvent]:
        return [
            SocketEvent(
                name="mark_as_read",
                handler=self.read,
                schema=MarkAsReadSchema,
                ack=ReadResultSchema,
                limit="event",
                summary="Move one's read watermark forward, to the end when upToSeq is missing",
            ),
            SocketEvent(
                name="mark_as_delivered",
                handler=self.delivered,
                schema=MarkAsDeliveredSchema,
                ack=DeliveredResultSchema,
                limit="event",
                summary="Say how far messages have reached this person's device",
            ),
        ]

    async def read(self, call: SocketCall) -> Reply:
        result = await self._marks.read(
            call.principal,
            conversation_id=call.data["conversation_id"],
            up_to_seq=call.data.get("up_to_seq"),
        )
        return Reply(ack={"updated_count": result.updated_count, "unread_count": result.unread_count})

    async def delivered(self, call: SocketCall) -> Reply:
        reached = await self._marks.delivered(
            call.principal, conversation_id=call.data["conversation_id"], up_to_seq=call.data["up_to_seq"]
        )
        return Reply(ack={"delivered_seq": reached})
