"""send_message. Its place in the order of things is taken before the next event of that client is looked at."""

from typing import Any

from controllers.schemas.messages import SendMessageSchema, SentSchema, new_message
from controllers.socket.contract import Caller, Pending, Reply, SocketCall, SocketEvent
from services.messages import Messages


class MessageEvents:
    def __init__(self, *, messages: Messages) -> None:
        self._messages = messages

    def events(self) -> list[SocketEvent]:
        return [
            SocketEvent(
                name="send_message",
                handler=self.send,
                at_once=self.send_at_once,
                schema=SendMessageSchema,
                ack=SentSchema,
                limit="event",
                summary="Store a message; a repeated clientMessageId gives the first one back",
            )
        ]

    async def send(self, call: SocketCall) -> Pending:
        new = new_message(call.data)
        return Pending(await self._messages.submit(call.principal, new), Reply, new.conversation_id)

    def send_at_once(self, caller: Caller, data: dict[str, Any]) -> Pending | None:
        new = new_message(data)
        outcome = self._messages.submit_at_once(caller.principal, new)
        return None if outcome is None else Pending(outcome, Reply, new.conversation_id)
