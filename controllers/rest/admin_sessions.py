"""The sessions of any user, for administrators."""

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.auth import SessionPageSchema, SessionQuery
from controllers.schemas.users import EndedSessionsSchema, UserPath, UserSessionPath
from services.sessions import Sessions

TAG = "administration"
ALL, ONE = "/api/admin/users/{id}/sessions", "/api/admin/users/{id}/sessions/{sessionId}"
REASON = "ended_by_administrator"


class AdminSessionEndpoints:
    def __init__(self, *, sessions: Sessions) -> None:
        self._sessions = sessions

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                ALL,
                self.list,
                "A user's open sessions, latest first",
                TAG,
                access=Access.ADMIN,
                parameters=UserPath,
                query=SessionQuery,
                replies={200: SessionPageSchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "DELETE",
                ALL,
                self.end_all,
                "End all sessions of a user, and close the sockets that came with tokens of a host",
                TAG,
                access=Access.ADMIN,
                limit="request",
                parameters=UserPath,
                replies={200: EndedSessionsSchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "DELETE",
                ONE,
                self.end,
                "End one session of a user",
                TAG,
                access=Access.ADMIN,
                limit="request",
                parameters=UserSessionPath,
                replies={204: None},
                errors=("NOT_FOUND",),
            ),
        ]

    async def list(self, call: Call) -> Reply:
        page = await self._sessions.page_of(
            call.user, user_id=call.path["user_id"], before=call.query.get("before"), limit=call.query["limit"]
        )
        return Reply({"items": page.items, "has_more": page.next is not None, "next": page.next})

    async def end_all(self, call: Call) -> Reply:
        ended = await self._sessions.end_all(user_id=call.path["user_id"], reason=REASON)
        return Reply({"ended_count": ended})

    async def end(self, call: Call) -> Reply:
        await self._sessions.end(user_id=call.path["user_id"], session_id=call.path["session_id"], reason=REASON)
        return Reply(status=204)
