"""Messages of a conversation over REST; sends go the same way as by socket."""

from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.conversations import ConversationPath
from controllers.schemas.messages import (
    ChangedMessageSchema,
    EditMessageSchema,
    HistoryQuery,
    HistorySchema,
    MessagePath,
    NewMessageFields,
    SentSchema,
    new_message,
)
from services.history import History
from services.message_changes import MessageChanges
from services.messages import Messages

TAG = "messages"


class MessageEndpoints:
    def __init__(self, *, messages: Messages, changes: MessageChanges, history: History) -> None:
        self._messages = messages
        self._changes = changes
        self._history = history

    def endpoints(self) -> list[Endpoint]:
        of_conversation = "/api/messaging/conversations/{id}/messages"
        return [
            Endpoint(
                "POST",
                of_conversation,
                self.send,
                "Send a message; 200 when this clientMessageId was sent before",
                TAG,
                limit="request",
                parameters=ConversationPath,
                body=NewMessageFields,
                replies={201: SentSchema, 200: SentSchema},
                errors=("NOT_FOUND", "FORBIDDEN", "CONFLICT"),
            ),
            Endpoint(
                "GET",
                of_conversation,
                self.list,
                "A page of messages, ascending; the newest when no seq is given",
                TAG,
                limit="request",
                changes_when="mark_read",
                parameters=ConversationPath,
                query=HistoryQuery,
                replies={200: HistorySchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "PATCH",
                "/api/messaging/messages/{id}",
                self.edit,
                "Change one's own message, for 15 minutes",
                TAG,
                limit="request",
                parameters=MessagePath,
                body=EditMessageSchema,
                replies={200: ChangedMessageSchema},
                errors=("NOT_FOUND", "FORBIDDEN", "CONFLICT"),
            ),
            Endpoint(
                "DELETE",
                "/api/messaging/messages/{id}",
                self.delete,
                "Turn one's own message into a tombstone, for 15 minutes",
                TAG,
                limit="request",
                parameters=MessagePath,
                replies={200: ChangedMessageSchema},
                errors=("NOT_FOUND", "FORBIDDEN", "CONFLICT"),
            ),
        ]

    async def send(self, call: Call) -> Reply:
        posted = await self._messages.post(
            call.user, new_message({**call.body, "conversation_id": call.path["conversation_id"]})
        )
        body = {"message": posted.message, "duplicate": posted.duplicate}
        return Reply(body, status=200 if posted.duplicate else 201)

    async def list(self, call: Call) -> Reply:
        page = await self._history.page(
            call.user,
            conversation_id=call.path["conversation_id"],
            limit=call.query["limit"],
            before_seq=call.query.get("before_seq"),
            after_seq=call.query.get("after_seq"),
            mark_read=call.query["mark_read"],
        )
        items = [(message, message.sender_id == call.user.user_id) for message in page.items]
        return Reply({"items": items, "has_more": page.has_more, "next": page.next})

    async def edit(self, call: Call) -> Reply:
        message = await self._changes.edit(call.user, message_id=call.path["message_id"], content=call.body["content"])
        return Reply({"message": message})

    async def delete(self, call: Call) -> Reply:
        return Reply({"message": await self._changes.delete(call.user, message_id=call.path["message_id"])})
