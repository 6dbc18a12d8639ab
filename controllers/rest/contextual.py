"""Conversations about a prescription or an exam, by the name of the context."""

from typing import Any

from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.contexts import (
    ArchiveSessionSchema,
    ContextPath,
    ContextTypePageSchema,
    OpenSessionSchema,
    PermissionsPath,
    PermissionsReplySchema,
    SendInContextSchema,
)
from controllers.schemas.conversations import ConversationDetailSchema, ConversationPath, OpenedSchema
from controllers.schemas.messages import HistoryQuery, HistorySchema, SentSchema, new_message
from repositories.contexts import ContextName
from services.context_types import ContextTypes
from services.contextual import Contextual, Permissions

TAG = "contexts"
REFUSALS = ("CONTEXT_ACCESS_DENIED", "NOT_FOUND", "FORBIDDEN")
# Until the message has a conversation.
NONE_YET = 0


class ContextualEndpoints:
    def __init__(self, *, contextual: Contextual, types: ContextTypes) -> None:
        self._contextual = contextual
        self._types = types

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                "/api/messaging/context-types",
                self.types,
                "What conversations can be about: texts and actions in French and English",
                TAG,
                replies={200: ContextTypePageSchema},
            ),
            Endpoint(
                "POST",
                "/api/messaging/sessions",
                self.open,
                "Open the conversation about a context; 200 when it is there already",
                TAG,
                limit="request",
                body=OpenSessionSchema,
                replies={201: OpenedSchema, 200: OpenedSchema},
                errors=REFUSALS,
            ),
            Endpoint(
                "PATCH",
                "/api/messaging/sessions/{id}/archive",
                self.archive,
                "Archive a contextual conversation for oneself, until the next message",
                TAG,
                limit="request",
                parameters=ConversationPath,
                body=ArchiveSessionSchema,
                replies={200: ConversationDetailSchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "GET",
                "/api/messaging/history/{contextType}/{contextId}",
                self.history,
                "A page of the messages about a context; empty when nobody has written yet",
                TAG,
                limit="request",
                changes_when="mark_read",
                parameters=ContextPath,
                query=HistoryQuery,
                replies={200: HistorySchema},
                errors=REFUSALS,
            ),
            Endpoint(
                "POST",
                "/api/messaging/send",
                self.send,
                "Send a message about a context; the first one opens its conversation",
                TAG,
                limit="request",
                body=SendInContextSchema,
                replies={201: SentSchema, 200: SentSchema},
                errors=(*REFUSALS, "CONFLICT"),
            ),
            Endpoint(
                "GET",
                "/api/messaging/permissions/{contextType}/{contextId}/{userType}/{userId}",
                self.permissions,
                "What one may do about a context, and why not (administrators: anybody)",
                TAG,
                parameters=PermissionsPath,
                replies={200: PermissionsReplySchema},
                errors=("NOT_FOUND",),
            ),
        ]

    async def types(self, call: Call) -> Reply:
        return Reply({"items": self._types.all, "has_more": False, "next": None})

    async def open(self, call: Call) -> Reply:
        opened = await self._contextual.open(call.user, _name(call.body))
        return Reply(opened, status=201 if opened.created else 200)

    async def archive(self, call: Call) -> Reply:
        detail = await self._contextual.archive(call.user, conversation_id=call.path["conversation_id"])
        return Reply({"conversation": detail})

    async def history(self, call: Call) -> Reply:
        page = await self._contextual.read(
            call.user,
            _name(call.path),
            limit=call.query["limit"],
            before_seq=call.query.get("before_seq"),
            after_seq=call.query.get("after_seq"),
            mark_read=call.query["mark_read"],
        )
        items = [(message, message.sender_id == call.user.user_id) for message in page.items]
        return Reply({"items": items, "has_more": page.has_more, "next": page.next})

    async def send(self, call: Call) -> Reply:
        named = ("context_type", "context_id")
        said = {key: value for key, value in call.body.items() if key not in named}
        new = new_message({**said, "conversation_id": NONE_YET})
        posted = await self._contextual.send(call.user, _name(call.body), new)
        return Reply(posted._asdict(), status=200 if posted.duplicate else 201)

    async def permissions(self, call: Call) -> Reply:
        permissions = await self._contextual.permissions(
            call.user, _name(call.path), role=call.path["role"], user_id=call.path["user_id"]
        )
        return Reply({"permissions": _said(permissions)})


def _name(data: dict[str, Any]) -> ContextName:
    return ContextName(data["context_type"], data["context_id"])


def _said(permissions: Permissions) -> dict[str, Any]:
    return {
        "context_type": permissions.name.type,
        "context_id": permissions.name.id,
        "version": permissions.version,
        "user_id": permissions.user_id,
        "role": permissions.role,
        "conversation_id": permissions.conversation_id,
        "actions": {
            action: {"allowed": reason is None, "reason": reason} for action, reason in permissions.reasons.items()
        },
    }
