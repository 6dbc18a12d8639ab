"""Who opened a conversation; and the way for an administrator to read one in an emergency."""

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.base import PageQuery
from controllers.schemas.conversations import ConversationPath
from controllers.schemas.messages import HistorySchema
from controllers.schemas.trail import AccessPageSchema, BreakGlassSchema, BrokenGlassSchema, EmergencyQuery
from services.access_log import AccessLog
from services.break_glass import BreakGlass


class TrailEndpoints:
    def __init__(self, *, access_log: AccessLog, break_glass: BreakGlass) -> None:
        self._access_log = access_log
        self._break_glass = break_glass

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                "/api/messaging/conversations/{id}/access-log",
                self.log,
                "Who opened this conversation, when and why; latest first. Administrators see it too, and no content",
                "conversations",
                parameters=ConversationPath,
                query=PageQuery,
                replies={200: AccessPageSchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "POST",
                "/api/admin/conversations/{id}/break-glass",
                self.open,
                "In an emergency: read this conversation for 60 minutes. The patient is told, with the reason",
                "administration",
                access=Access.ADMIN,
                limit="request",
                parameters=ConversationPath,
                body=BreakGlassSchema,
                replies={201: BrokenGlassSchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "GET",
                "/api/admin/conversations/{id}/messages",
                self.read,
                "A page of messages, ascending, while the glass is broken; marks nothing as read",
                "administration",
                access=Access.ADMIN,
                parameters=ConversationPath,
                query=EmergencyQuery,
                replies={200: HistorySchema},
                errors=("NOT_FOUND",),
            ),
        ]

    async def log(self, call: Call) -> Reply:
        page = await self._access_log.page(
            call.user,
            conversation_id=call.path["conversation_id"],
            before=call.query.get("before"),
            limit=call.query["limit"],
        )
        return Reply({"items": page.items, "has_more": page.next is not None, "next": page.next})

    async def open(self, call: Call) -> Reply:
        broken = await self._break_glass.open(
            call.user, conversation_id=call.path["conversation_id"], reason=call.body["reason"]
        )
        return Reply(broken, status=201, reason=broken.reason)

    async def read(self, call: Call) -> Reply:
        found = await self._break_glass.read(
            call.user,
            conversation_id=call.path["conversation_id"],
            before_seq=call.query.get("before_seq"),
            limit=call.query["limit"],
        )
        page = found.page
        items = [(message, False) for message in page.items]
        return Reply({"items": items, "has_more": page.has_more, "next": page.next}, reason=found.reason)
