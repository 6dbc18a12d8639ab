"""Votes: one a person and text, changed or taken back at any time, never on one's own."""

from dataclasses import dataclass

from repositories.repositories import Repositories
from repositories.votes import Score
from services.errors import Forbidden, NotFound
from services.events import VoteChanged
from services.forum import Forum
from services.principal import Principal


@dataclass(frozen=True, slots=True)
class VoteState:
    question_id: int
    answer_id: int | None
    my_vote: int
    score: int
    up_count: int
    down_count: int
    change: int


class Votes:
    def __init__(self, forum: Forum) -> None:
        self._forum = forum

    async def on_question(self, principal: Principal, *, question_id: int, value: int) -> VoteState:
        """`value`: 1, -1, or 0 to take it back. Raises NotFound, Forbidden, Unavailable."""
        self._forum.require_on()
        async with self._forum.unit_of_work.transaction() as repositories:
            locked = await self._forum.lock(repositories, question_id)
            state, moved = await self._cast(repositories, principal, question_id, None, locked.author_id, value)
        return self._told(state, moved=moved)

    async def on_answer(self, principal: Principal, *, answer_id: int, value: int) -> VoteState:
        """As `on_question`."""
        self._forum.require_on()
        async with self._forum.unit_of_work.transaction() as repositories:
            locked, place = await self._forum.lock_of_answer(repositories, answer_id)
            state, moved = await self._cast(repositories, principal, locked.id, answer_id, place.author_id, value)
        return self._told(state, moved=moved)

    async def _cast(
        self,
        repositories: Repositories,
        principal: Principal,
        question_id: int,
        answer_id: int | None,
        author_id: int,
        value: int,
    ) -> tuple[VoteState, bool]:
        """Under the lock of the question. Whether anything moved is the second."""
        if author_id == principal.user_id:
            raise Forbidden(reason="own_vote")
        moves = await repositories.votes.write(
            question_id=question_id,
            answer_id=answer_id,
            voter_id=principal.user_id,
            author_id=author_id,
            value=value,
        )
        if moves is None:
            score = await repositories.votes.score(question_id=question_id, answer_id=answer_id)
        else:
            score = await repositories.votes.count(moves, question_id=question_id, answer_id=answer_id)
            await self._forum.settle_points(repositories, question_id, actor_id=principal.user_id)
        return _state(question_id, answer_id, value, score), moves is not None

    def _told(self, state: VoteState, *, moved: bool) -> VoteState:
        if moved:
            self._forum.publisher.publish(
                VoteChanged(
                    question_id=state.question_id,
                    answer_id=state.answer_id,
                    change=state.change,
                    score=state.score,
                    up_count=state.up_count,
                    down_count=state.down_count,
                )
            )
        return state


def _state(question_id: int, answer_id: int | None, value: int, score: Score | None) -> VoteState:
    if score is None:  # it was there under this very lock
        raise NotFound
    return VoteState(question_id, answer_id, value, score.score, score.up_count, score.down_count, score.change)
