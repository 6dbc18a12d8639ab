"""send_message. Its place in the order of things is taken before the next event of that client is looked at."""

from collections.abc import Awaitable

from controllers.schemas.messages import SendMessageSchema, SentSchema, new_message
from controllers.socket.contract import Pending, Reply, SocketCall, SocketEvent
from services.messages import Messages, Posted


class MessageEvents:
    def __init__(self, *, messages: Messages) -> None:
        self._messages = messages

    def events(self) -> list[SocketEvent]:
        return [
            SocketEvent(
                name="send_message",
                handler=self.send,
                schema=SendMessageSchema,
                ack=SentSchema,
                limit="event",
                summary="Store a message; a repeated clientMessageId gives the first one back",
            )
        ]

    async def send(self, call: SocketCall) -> Pending:
        conversation_id = call.data["conversation_id"]
        posted = await self._messages.submit(call.principal, new_message(conversation_id, call.data))
        return Pending(_reply(posted), conversation_id)


async def _reply(posted: Awaitable[Posted]) -> Reply:
    outcome = await posted
    return Reply(ack={"message": outcome.message, "duplicate": outcome.duplicate})
