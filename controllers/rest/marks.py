"""Read marks and the unread count over REST."""

from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.conversations import ConversationPath
from controllers.schemas.marks import ReadFlagSchema, ReadResultSchema, ReadSchema, UnreadCountSchema
from controllers.schemas.messages import MessagePath
from services.marks import Marks, ReadResult

TAG = "messages"


class MarkEndpoints:
    def __init__(self, *, marks: Marks) -> None:
        self._marks = marks

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                "/api/messaging/conversations/{id}/read",
                self.read,
                "Move one's read watermark forward, to the end when upToSeq is missing",
                TAG,
                limit="request",
                parameters=ConversationPath,
                body=ReadSchema,
                replies={200: ReadResultSchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "PATCH",
                "/api/messaging/messages/{id}/read",
                self.read_message,
                "Read up to this message",
                TAG,
                limit="request",
                parameters=MessagePath,
                body=ReadFlagSchema,
                replies={200: ReadResultSchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "GET",
                "/api/messaging/unread-count",
                self.unread_count,
                "Unread messages over all conversations",
                TAG,
                replies={200: UnreadCountSchema},
            ),
        ]

    async def read(self, call: Call) -> Reply:
        result = await self._marks.read(
            call.user, conversation_id=call.path["conversation_id"], up_to_seq=call.body.get("up_to_seq")
        )
        return _reply(result)

    async def read_message(self, call: Call) -> Reply:
        return _reply(await self._marks.read_message(call.user, message_id=call.path["message_id"]))

    async def unread_count(self, call: Call) -> Reply:
        return Reply({"unread_count": await self._marks.unread_count(call.user)})


def _reply(result: ReadResult) -> Reply:
    return Reply({"updated_count": result.updated_count, "unread_count": result.unread_count})
