"""People one may talk to."""

from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.users import AvailableUsersQuery, PersonPageSchema, SearchUsersQuery
from services.people import People

TAG = "users"


class UserEndpoints:
    def __init__(self, *, people: People) -> None:
        self._people = people

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                "/api/messaging/search-users",
                self.partners,
                "People one may talk to, best match first; accents, case and typos do not matter",
                TAG,
                query=SearchUsersQuery,
                replies={200: PersonPageSchema},
            ),
            Endpoint(
                "GET",
                "/api/messaging/available-users",
                self.partners,
                "Everybody one may start a conversation with; conversationId when there is one already",
                TAG,
                query=AvailableUsersQuery,
                replies={200: PersonPageSchema},
            ),
        ]

    async def partners(self, call: Call) -> Reply:
        page = await self._people.partners(
            call.user,
            q=call.query.get("q"),
            role=call.query.get("role"),
            before=call.query.get("before"),
            limit=call.query["limit"],
        )
        return Reply({"items": page.items, "has_more": page.next is not None, "next": page.next})
