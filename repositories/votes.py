"""Votes on questions and answers. All but the reads is for inside a transaction that locked the question."""

from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class Moves:
    """By how much each count moves."""

    ups: int
    downs: int


@dataclass(frozen=True, slots=True)
class Score:
    """`change`: of the question, when this was so."""

    score: int
    up_count: int
    down_count: int
    change: int


class VoteRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def write(
        self, *, question_id: int, answer_id: int | None, voter_id: int, author_id: int, value: int
    ) -> Moves | None:
        """`author_id`: of what is voted on, who may not be the voter (ConstraintViolated). None when it is so already."""
        return await self._statements.one(
            "write_vote",
            Moves,
            question_id=question_id,
            answer_id=answer_id,
            voter_id=voter_id,
            author_id=author_id,
            value=value,
        )

    async def count(self, moves: Moves, *, question_id: int, answer_id: int | None) -> Score | None:
        if answer_id is None:
            return await self._statements.one(
                "count_question_vote", Score, question_id=question_id, ups=moves.ups, downs=moves.downs
            )
        return await self._statements.one(
            "count_answer_vote",
            Score,
            question_id=question_id,
            answer_id=answer_id,
            ups=moves.ups,
            downs=moves.downs,
        )

    async def score(self, *, question_id: int, answer_id: int | None) -> Score | None:
        if answer_id is None:
            return await self._statements.one("find_question_score", Score, question_id=question_id)
        return await self._statements.one("find_answer_score", Score, answer_id=answer_id)
