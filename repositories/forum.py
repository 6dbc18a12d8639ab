"""The repositories of the forum, as a part of Repositories."""

from functools import cached_property

from repositories.answers import AnswerRepository
from repositories.forum_search import ForumSearchRepository
from repositories.points import PointRepository
from repositories.questions import QuestionRepository
from repositories.reports import ReportRepository
from repositories.statements import Statements
from repositories.votes import VoteRepository


class ForumRepositories:
    _statements: Statements

    @cached_property
    def questions(self) -> QuestionRepository:
        return QuestionRepository(self._statements)

    @cached_property
    def answers(self) -> AnswerRepository:
        return AnswerRepository(self._statements)

    @cached_property
    def votes(self) -> VoteRepository:
        return VoteRepository(self._statements)

    @cached_property
    def points(self) -> PointRepository:
        return PointRepository(self._statements)

    @cached_property
    def reports(self) -> ReportRepository:
        return ReportRepository(self._statements)

    @cached_property
    def forum_search(self) -> ForumSearchRepository:
        return ForumSearchRepository(self._statements)
