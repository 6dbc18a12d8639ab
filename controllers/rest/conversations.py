"""Conversations over REST."""

from controllers.cursors import position_of, text_of
from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.conversations import (
    AttentionSchema,
    ConversationDetailSchema,
    ConversationPageSchema,
    ConversationPath,
    ConversationQuery,
    OpenConversationSchema,
    OpenedSchema,
    SettleConversationSchema,
)
from repositories.contexts import ContextName
from services.contextual import Contextual
from services.conversations import Conversations, ConversationSettings

TAG = "conversations"
ALL, ONE = "/api/messaging/conversations", "/api/messaging/conversations/{id}"


class ConversationEndpoints:
    def __init__(self, *, conversations: Conversations, contextual: Contextual) -> None:
        self._conversations = conversations
        self._contextual = contextual

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                ALL,
                self.open,
                "Open the conversation with a person; 200 when it is there already",
                TAG,
                limit="request",
                body=OpenConversationSchema,
                replies={201: OpenedSchema, 200: OpenedSchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "GET",
                ALL,
                self.list,
                "One's conversations: pinned first, urgent ones first for doctors unless sort says otherwise, then the latest",
                TAG,
                query=ConversationQuery,
                replies={200: ConversationPageSchema},
            ),
            Endpoint(
                "GET",
                "/api/messaging/attention",
                self.attention,
                "Unread urgent messages, and conversations that wait for one's answer",
                TAG,
                replies={200: AttentionSchema},
            ),
            Endpoint(
                "GET",
                ONE,
                self.get,
                "One conversation with its participants and how far each has read",
                TAG,
                parameters=ConversationPath,
                replies={200: ConversationDetailSchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "PATCH",
                ONE,
                self.settle,
                "Archive, mute, pin or mark unread for oneself; close or reopen for all (doctor, mentor)",
                TAG,
                limit="request",
                parameters=ConversationPath,
                body=SettleConversationSchema,
                replies={200: ConversationDetailSchema},
                errors=("NOT_FOUND", "FORBIDDEN", "CONFLICT"),
            ),
        ]

    async def open(self, call: Call) -> Reply:
        participant_id, context = call.body["participant_id"], call.body.get("context")
        if context is None:
            opened = await self._conversations.open(call.user, participant_id=participant_id)
        else:
            opened = await self._contextual.open_with(call.user, ContextName(**context), participant_id=participant_id)
        return Reply(opened, status=201 if opened.created else 200)

    async def list(self, call: Call) -> Reply:
        status = call.query["status"]
        page = await self._conversations.page(
            call.user,
            status=None if status == "all" else status,
            kind=call.query.get("kind"),
            q=call.query.get("q"),
            urgent=call.query["urgent"],
            awaiting_reply=call.query["awaiting_reply"],
            sort=call.query.get("sort"),
            before=position_of(call.query.get("before")),
            limit=call.query["limit"],
        )
        return Reply({"items": page.items, "has_more": page.next is not None, "next": text_of(page.next)})

    async def attention(self, call: Call) -> Reply:
        return Reply(await self._conversations.attention(call.user))

    async def get(self, call: Call) -> Reply:
        detail = await self._conversations.get(call.user, conversation_id=call.path["conversation_id"])
        return Reply({"conversation": detail})

    async def settle(self, call: Call) -> Reply:
        detail = await self._conversations.settle(
            call.user, conversation_id=call.path["conversation_id"], settings=ConversationSettings(**call.body)
        )
        return Reply({"conversation": detail})
