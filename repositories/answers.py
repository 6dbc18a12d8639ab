"""Answers to questions of the forum."""

import datetime
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from repositories.questions import VersionRow
from repositories.statements import Statements

ANSWER_SORTS = ("votes", "newest", "oldest")


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    question_id: int
    author_id: int
    deleted: bool


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """As it was posted first, however it was edited since."""

    id: int
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """As one person sees it. `deleted_at` is set too when the question was removed."""

    id: int
    question_id: int
    author_id: int
    asker_id: int
    pseudonym: str | None
    author_name: str
    author_role: str
    body: str
    version: int
    change: int
    score: int
    up_count: int
    down_count: int
    accepted: bool
    created_at: datetime.datetime
    edited_at: datetime.datetime | None
    deleted_at: datetime.datetime | None
    my_vote: int


@dataclass(frozen=True, slots=True)
class AnswerPosition:
    id: int
    score: int = 0
    accepted: bool = False


class AnswerRepository:
    """What changes something is for inside a transaction that locked the question."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def insert(
        self, *, question_id: int, author_id: int, body: str, client_message_id: UUID | None = None
    ) -> int:
        """What its author sent before is to be looked for first: see `sent`."""
        made = await self._statements.value(
            "insert_answer",
            question_id=question_id,
            author_id=author_id,
            body=body,
            client_message_id=client_message_id,
        )
        return int(made)

    async def sent(self, *, question_id: int, author_id: int, client_message_id: UUID) -> SentAnswer | None:
        return await self._statements.one(
            "find_sent_answer",
            SentAnswer,
            question_id=question_id,
            author_id=author_id,
            client_message_id=client_message_id,
        )

    async def find(self, *, answer_id: int, viewer_id: int) -> AnswerRow | None:
        """Removed ones too."""
        return await self._statements.one("find_answer", AnswerRow, answer_id=answer_id, viewer_id=viewer_id)

    async def place(self, *, answer_id: int) -> AnswerPlace | None:
        return await self._statements.one("find_answer_place", AnswerPlace, answer_id=answer_id)

    async def edit(self, *, question_id: int, answer_id: int, body: str) -> bool:
        """False when it is so already."""
        return await self._statements.run("edit_answer", question_id=question_id, answer_id=answer_id, body=body) > 0

    async def remove(self, *, question_id: int, answer_id: int, deleted_by: int, reason: str | None) -> bool:
        """An accepted one is accepted no more. False when it was removed already."""
        touched = await self._statements.run(
            "remove_answer", question_id=question_id, answer_id=answer_id, deleted_by=deleted_by, reason=reason
        )
        return touched > 0

    async def restore(self, *, question_id: int, answer_id: int) -> bool:
        return await self._statements.run("restore_answer", question_id=question_id, answer_id=answer_id) > 0

    async def versions(self, *, answer_id: int) -> list[VersionRow]:
        return await self._statements.many("list_answer_versions", VersionRow, answer_id=answer_id)

    async def page(
        self, *, question_id: int, viewer_id: int, sort: str, before: AnswerPosition | None, limit: int
    ) -> list[AnswerRow]:
        """`sort` is one of ANSWER_SORTS; by votes the accepted one comes first."""
        asked: dict[str, Any] = {
            "question_id": question_id,
            "viewer_id": viewer_id,
            "before_id": before.id if before else None,
            "limit": limit,
        }
        if sort == "votes":
            asked["before_accepted"] = before is not None and before.accepted
            asked["before_score"] = before.score if before else None
        return await self._statements.many(_LISTED[sort], AnswerRow, **asked)


_LISTED = {"votes": "list_answers_votes", "newest": "list_answers_newest", "oldest": "list_answers_oldest"}
