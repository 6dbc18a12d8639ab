"""Search in one's messages over REST."""

from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.search import HitPageSchema, SearchQuery
from services.search import Search

TAG = "messages"


class SearchEndpoints:
    def __init__(self, *, search: Search) -> None:
        self._search = search

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                "/api/messaging/messages/search",
                self.find,
                "Messages with all these words, newest first; accents, case, plurals and an unfinished last word do not matter",
                TAG,
                limit="search",
                query=SearchQuery,
                replies={200: HitPageSchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            )
        ]

    async def find(self, call: Call) -> Reply:
        page = await self._search.find(
            call.user,
            q=call.query["q"],
            conversation_id=call.query.get("conversation_id"),
            before=call.query.get("before"),
            limit=call.query["limit"],
            origin=call.origin,
        )
        return Reply({"items": page.items, "has_more": page.next is not None, "next": page.next})
