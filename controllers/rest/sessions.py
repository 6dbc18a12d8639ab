"""One's own sessions."""

from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.auth import SessionPageSchema, SessionPath, SessionQuery
from services.sessions import Sessions

TAG = "auth"
ALL, ONE = "/api/auth/sessions", "/api/auth/sessions/{id}"


class SessionEndpoints:
    def __init__(self, *, sessions: Sessions) -> None:
        self._sessions = sessions

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                ALL,
                self.list,
                "One's open sessions, latest first",
                TAG,
                query=SessionQuery,
                replies={200: SessionPageSchema},
            ),
            Endpoint(
                "DELETE",
                ONE,
                self.end,
                "End one of one's sessions; its sockets are cut within a second",
                TAG,
                limit="request",
                parameters=SessionPath,
                replies={204: None},
                errors=("NOT_FOUND",),
            ),
        ]

    async def list(self, call: Call) -> Reply:
        page = await self._sessions.page(call.user, before=call.query.get("before"), limit=call.query["limit"])
        return Reply({"items": page.items, "has_more": page.next is not None, "next": page.next})

    async def end(self, call: Call) -> Reply:
        await self._sessions.end(user_id=call.user.user_id, session_id=call.path["session_id"], reason="ended_by_owner")
        return Reply(status=204)
