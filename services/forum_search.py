"""Finding questions by their words and those of their answers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from repositories.forum_search import FoundPosition, FoundRow, SimilarRow
from repositories.questions import QuestionFilter
from services.forum import Forum
from services.forum_view import QuestionView
from services.principal import Principal
from services.search_excerpts import Part, highlighted
from services.search_words import query_words


@dataclass(frozen=True, slots=True)
class FoundQuestion:
    """`title` and `excerpt` are text in parts, never markup. `answer_id`: where the excerpt is from; None: the question."""

    question: QuestionView
    title: Sequence[Part]
    excerpt: Sequence[Part]
    answer_id: int | None


@dataclass(frozen=True, slots=True)
class FoundPage:
    items: Sequence[FoundQuestion]
    next: FoundPosition | None


class ForumSearch:
    def __init__(self, forum: Forum) -> None:
        self._forum = forum

    async def search(
        self, principal: Principal, *, q: str, filters: QuestionFilter, before: FoundPosition | None, limit: int
    ) -> FoundPage:
        """Best first. Raises Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            rows = await repositories.forum_search.search(
                viewer_id=principal.user_id, q=q, filters=filters, before=before, limit=limit + 1
            )
        # Long texts are read for what to highlight: not while others wait for the loop.
        items = await asyncio.to_thread(self._shown, principal, q, rows[:limit])
        return FoundPage(items, FoundPosition(rows[limit - 1].rank, rows[limit - 1].id) if len(rows) > limit else None)

    def _shown(self, principal: Principal, q: str, rows: Sequence[FoundRow]) -> list[FoundQuestion]:
        asked = query_words(q)
        return [
            FoundQuestion(
                self._forum.show_in_list(row, principal),
                highlighted(row.title, asked),
                highlighted(self._forum.markdown.plain(row.found_text), asked),
                row.found_in,
            )
            for row in rows
        ]

    async def similar(self, *, title: str, limit: int) -> Sequence[SimilarRow]:
        """While somebody writes a title: what was asked in such words before. Raises Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.reading() as repositories:
            return await repositories.forum_search.similar(title=title, limit=limit)
