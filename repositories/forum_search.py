"""Full text of the forum, in French and English."""

from dataclasses import dataclass

from repositories.questions import QuestionFilter, QuestionRow
from repositories.statements import Statements

# So many texts at most are ranked, of older questions a third: see forum_found() in sql/.
MOST = 300
MOST_ALIKE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow(QuestionRow):
    """`found_in`: the answer whose text it is, None for the question's own. `rank` is a number, as text."""

    rank: str
    found_in: int | None
    found_text: str


@dataclass(frozen=True, slots=True)
class FoundPosition:
    rank: str
    id: int


@dataclass(frozen=True, slots=True)
class SimilarRow:
    id: int
    title: str
    score: int
    answer_count: int
    accepted_answer_id: int | None


class ForumSearchRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def search(
        self, *, viewer_id: int, q: str, filters: QuestionFilter, before: FoundPosition | None, limit: int
    ) -> list[FoundRow]:
        """Best first."""
        return await self._statements.many(
            "search_questions",
            FoundRow,
            viewer_id=viewer_id,
            q=q,
            author_id=filters.author_id,
            tag=filters.tag,
            open_only=filters.open_only,
            most=MOST,
            before_rank=before.rank if before else None,
            before_id=before.id if before else None,
            limit=limit,
        )

    async def similar(self, *, title: str, limit: int) -> list[SimilarRow]:
        return await self._statements.many(
            "list_similar_questions", SimilarRow, title=title, most=MOST_ALIKE, limit=limit
        )
