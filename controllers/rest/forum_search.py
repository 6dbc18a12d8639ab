"""Search in the forum over REST."""

from controllers.forum_cursors import after_found, found_position
from controllers.rest.contract import Call, Endpoint, Reply
from controllers.rest.questions import filter_of
from controllers.schemas.forum import (
    FoundQuestionPageSchema,
    QuestionSearchQuery,
    SimilarQuery,
    SimilarQuestionsSchema,
)
from services.forum_search import ForumSearch

TAG = "forum"


class ForumSearchEndpoints:
    """To be routed before /api/questions/{id}, which would take these names for ids."""

    def __init__(self, *, search: ForumSearch) -> None:
        self._search = search

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                "/api/questions/search",
                self.search,
                'Questions with these words in them or in an answer, best first; takes "exact words", or, and -without',
                TAG,
                limit="search",
                query=QuestionSearchQuery,
                replies={200: FoundQuestionPageSchema},
                errors=("FORBIDDEN",),
            ),
            Endpoint(
                "GET",
                "/api/questions/similar",
                self.similar,
                "What was asked before in the words of a title that is being written",
                TAG,
                limit="search",
                query=SimilarQuery,
                replies={200: SimilarQuestionsSchema},
                errors=("FORBIDDEN",),
            ),
        ]

    async def search(self, call: Call) -> Reply:
        page = await self._search.search(
            call.user,
            q=call.query["q"],
            filters=filter_of(call),
            before=found_position(call.query.get("before")),
            limit=call.query["limit"],
        )
        following = after_found(page.next)
        return Reply({"items": page.items, "has_more": following is not None, "next": following})

    async def similar(self, call: Call) -> Reply:
        return Reply({"items": await self._search.similar(title=call.query["title"], limit=call.query["limit"])})
