"""What a person did in the forum, for their archive."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class PersonQuestion:
    id: int
    pseudonym: str | None
    title: str
    body: str
    tags: list[str]
    score: int
    created_at: datetime.datetime
    edited_at: datetime.datetime | None
    deleted_at: datetime.datetime | None
    deletion_reason: str | None


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    id: int
    question_id: int
    body: str
    score: int
    created_at: datetime.datetime
    edited_at: datetime.datetime | None
    deleted_at: datetime.datetime | None
    deletion_reason: str | None


@dataclass(frozen=True, slots=True)
class QuestionVersion:
    """What it said before it was edited."""

    question_id: int
    version: int
    title: str
    body: str
    tags: list[str]
    replaced_at: datetime.datetime

    @property
    def id(self) -> tuple[int, int]:
        return self.question_id, self.version


@dataclass(frozen=True, slots=True)
class AnswerVersion:
    """As QuestionVersion."""

    answer_id: int
    version: int
    body: str
    replaced_at: datetime.datetime

    @property
    def id(self) -> tuple[int, int]:
        return self.answer_id, self.version


@dataclass(frozen=True, slots=True)
class PersonVote:
    question_id: int
    answer_id: int | None
    value: int
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class PersonPoints:
    id: int
    kind: str
    amount: int
    question_id: int
    answer_id: int | None
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class PersonReport:
    id: int
    question_id: int
    answer_id: int | None
    reason: str
    details: str | None
    created_at: datetime.datetime
    settled_at: datetime.datetime | None
    decision: str | None


class PersonForumRepository:
    """Part of repositories.person_data."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def questions(self, *, user_id: int, after_id: int, limit: int) -> Sequence[PersonQuestion]:
        page = {"user_id": user_id, "after_id": after_id, "limit": limit}
        return await self._statements.many("person_questions", PersonQuestion, **page)

    async def answers(self, *, user_id: int, after_id: int, limit: int) -> Sequence[PersonAnswer]:
        page = {"user_id": user_id, "after_id": after_id, "limit": limit}
        return await self._statements.many("person_answers", PersonAnswer, **page)

    async def question_versions(self, *, user_id: int, after: tuple[int, int], limit: int) -> Sequence[QuestionVersion]:
        page = {"user_id": user_id, "after_id": after[0], "after_version": after[1], "limit": limit}
        return await self._statements.many("person_question_versions", QuestionVersion, **page)

    async def answer_versions(self, *, user_id: int, after: tuple[int, int], limit: int) -> Sequence[AnswerVersion]:
        page = {"user_id": user_id, "after_id": after[0], "after_version": after[1], "limit": limit}
        return await self._statements.many("person_answer_versions", AnswerVersion, **page)

    async def votes(self, *, user_id: int) -> Sequence[PersonVote]:
        return await self._statements.many("person_votes", PersonVote, user_id=user_id)

    async def points(self, *, user_id: int, after_id: int, limit: int) -> Sequence[PersonPoints]:
        page = {"user_id": user_id, "after_id": after_id, "limit": limit}
        return await self._statements.many("person_points", PersonPoints, **page)

    async def reports(self, *, user_id: int, after_id: int, limit: int) -> Sequence[PersonReport]:
        page = {"user_id": user_id, "after_id": after_id, "limit": limit}
        return await self._statements.many("person_reports", PersonReport, **page)
