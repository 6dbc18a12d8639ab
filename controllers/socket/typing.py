"""typing_start and typing_stop."""

from typing import Any

from controllers.schemas.presence import TypingReplySchema, TypingRequestSchema
from controllers.socket.contract import Caller, Reply, SocketCall, SocketEvent
from services.typing import Typing


class TypingEvents:
    def __init__(self, *, typing: Typing) -> None:
        self._typing = typing

    def events(self) -> list[SocketEvent]:
        return [
            SocketEvent(
                name="typing_start",
                handler=self.start,
                at_once=self.start_at_once,
                schema=TypingRequestSchema,
                ack=TypingReplySchema,
                limit="event",
                summary="Tell the other sockets of the room that one is typing; ends by itself",
            ),
            SocketEvent(
                name="typing_stop",
                handler=self.stop,
                at_once=self.stop_at_once,
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

    def start_at_once(self, caller: Caller, data: dict[str, Any]) -> Reply | None:
        conversation_id = data["conversation_id"]
        done = self._typing.start_at_once(caller.principal, conversation_id=conversation_id, socket_id=caller.socket_id)
        return Reply() if done else None

    async def stop(self, call: SocketCall) -> Reply:
        conversation_id = call.data["conversation_id"]
        await self._typing.stop(call.principal, conversation_id=conversation_id, socket_id=call.socket_id)
        return Reply()

    def stop_at_once(self, caller: Caller, data: dict[str, Any]) -> Reply | None:
        conversation_id = data["conversation_id"]
        done = self._typing.stop_at_once(caller.principal, conversation_id=conversation_id, socket_id=caller.socket_id)
        return Reply() if done else None
