"""What retention keeps, is about to shred and has shredded, for administrators. Nothing is shredded from here."""

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.retention import RetainedPageSchema, RetainedQuery, RetentionQuery, RetentionSchema
from services.retention_outlook import RetentionOutlook

TAG = "administration"
OUTLOOK = "/api/admin/retention"


class AdminRetentionEndpoints:
    def __init__(self, *, outlook: RetentionOutlook) -> None:
        self._outlook = outlook

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                OUTLOOK,
                self.get,
                "How long each kind is kept, what is due, held or soon due, and what was shredded lately; next: more to add",
                TAG,
                access=Access.ADMIN,
                limit="search",
                query=RetentionQuery,
                replies={200: RetentionSchema},
            ),
            Endpoint(
                "GET",
                f"{OUTLOOK}/conversations",
                self.list,
                "Conversations that are due, held though due, soon due, or were shredded lately, by id; a page may be short",
                TAG,
                access=Access.ADMIN,
                limit="search",
                query=RetainedQuery,
                replies={200: RetainedPageSchema},
            ),
        ]

    async def get(self, call: Call) -> Reply:
        return Reply(await self._outlook.get(after=call.query["after"]))

    async def list(self, call: Call) -> Reply:
        query = call.query
        page = await self._outlook.page(state=query["state"], after=query["after"], limit=query["limit"])
        return Reply({"items": page.items, "has_more": page.next is not None, "next": page.next})
