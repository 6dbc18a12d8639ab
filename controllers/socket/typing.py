"""typing_start and typing_stop."""

from controllers.schemas.presence import TypingReplySchema, TypingRequestSchema
from controllers.socket.contract import Reply, SocketCall, SocketEvent
from services.typing import Typing


class TypingEvents:
    def __init__(self, *, typing: Typing) -> None:
        self._typing = typing

    def events(self) -> list[SocketEvent]:
        return [
            SocketEvent(
                name="typing_start",
                handler=self.start,
                schema=TypingRequestSchema,
                ack=TypingReplySchema,
                limit="event",
                summary="Tell the other sockets of the room that one is typing; ends by itself",
            ),
            SocketEvent(
                name="typing_stop",
                handler=self.stop,
                schema=TypingRequestSchema,
                ack=TypingReplySchema,
                limit="event",
                summary="Tell the other sockets of the room that one stopped typing",
            ),
        ]

    async def start(self, call: SocketCall) -> Reply:
        conversation_id = call.data["conversation_id"]
        await self._typing.start(call.principal, conversation_id=conversation_id, socket_id=call.socket_id)
        return Reply()

    async def stop(self, call: SocketCall) -> Reply:
        conversation_id = call.data["conversation_id"]
        await self._typing.stop(call.principal, conversation_id=conversation_id, socket_id=call.socket_id)
        return Reply()
