"""Questions of the forum."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from repositories.statements import Statements

SORTS = ("newest", "votes", "activity")


@dataclass(frozen=True, slots=True)
class LockedQuestion:
    id: int
    author_id: int
    pseudonym: str | None
    accepted_answer_id: int | None
    answer_count: int
    deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """As one person sees it: `my_vote` is theirs."""

    id: int
    author_id: int
    pseudonym: str | None
    author_name: str
    author_role: str
    title: str
    body: str
    tags: Sequence[str]
    version: int
    change: int
    score: int
    up_count: int
    down_count: int
    answer_count: int
    accepted_answer_id: int | None
    activity_at: datetime.datetime
    created_at: datetime.datetime
    edited_at: datetime.datetime | None
    deleted_at: datetime.datetime | None
    my_vote: int


@dataclass(frozen=True, slots=True)
class QuestionText:
    title: str
    body: str
    tags: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentQuestion:
    """As it was asked first, however it was edited since."""

    id: int
    pseudonym: str | None
    title: str
    body: str
    tags: Sequence[str]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """An earlier text of a question, or of an answer, which has neither title nor tags."""

    version: int
    title: str | None
    body: str
    tags: Sequence[str] | None
    replaced_at: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFilter:
    """`open_only`: without an answer."""

    author_id: int | None = None
    tag: str | None = None
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class QuestionPosition:
    """Where a page ended: only what its order goes by, and the id."""

    id: int
    score: int | None = None
    activity_at: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class QuestionState:
    id: int
    change: int
    # Within the seconds that were asked for.
    just_asked: bool


@dataclass(frozen=True, slots=True)
class QuestionCountsRow:
    id: int
    change: int
    score: int
    up_count: int
    down_count: int
    answer_count: int
    accepted_answer_id: int | None
    activity_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class TagRow:
    tag: str
    count: int


class QuestionRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def lock(self, *, question_id: int) -> LockedQuestion | None:
        """Inside a transaction only."""
        return await self._statements.one("lock_question", LockedQuestion, question_id=question_id)

    async def insert(
        self, text: QuestionText, *, author_id: int, pseudonym: str | None, client_message_id: UUID | None = None
    ) -> int | None:
        """None when its author sent it before: see `sent`."""
        made: int | None = await self._statements.value(
            "insert_question",
            author_id=author_id,
            pseudonym=pseudonym,
            title=text.title,
            body=text.body,
            tags=list(text.tags),
            client_message_id=client_message_id,
        )
        return made

    async def sent(self, *, author_id: int, client_message_id: UUID) -> SentQuestion | None:
        return await self._statements.one(
            "find_sent_question", SentQuestion, author_id=author_id, client_message_id=client_message_id
        )

    async def is_name_of_somebody(self, name: str, *, asker_id: int) -> bool:
        """Of the asker, or of somebody who is no secret here."""
        return bool(await self._statements.value("is_name_of_somebody", name=name, asker_id=asker_id))

    async def edit(self, text: QuestionText, *, question_id: int) -> bool:
        """False when it is so already."""
        change = await self._statements.value(
            "edit_question", question_id=question_id, title=text.title, body=text.body, tags=list(text.tags)
        )
        return change is not None

    async def remove(self, *, question_id: int, deleted_by: int, reason: str | None) -> bool:
        """False when it was removed already."""
        touched = await self._statements.run(
            "remove_question", question_id=question_id, deleted_by=deleted_by, reason=reason
        )
        return touched > 0

    async def restore(self, *, question_id: int) -> bool:
        return await self._statements.run("restore_question", question_id=question_id) > 0

    async def accept(self, *, question_id: int, answer_id: int | None) -> int | None:
        """The new change; None when it is so already."""
        change: int | None = await self._statements.value("accept_answer", question_id=question_id, answer_id=answer_id)
        return change

    async def find(self, *, question_id: int, viewer_id: int) -> QuestionRow | None:
        """Removed ones too."""
        return await self._statements.one("find_question", QuestionRow, question_id=question_id, viewer_id=viewer_id)

    async def change(self, *, question_id: int) -> int | None:
        """None when it is not there, or not any more."""
        change: int | None = await self._statements.value("find_question_change", question_id=question_id)
        return change

    async def states(self, question_ids: Sequence[int]) -> list[QuestionState]:
        return await self._statements.many("find_question_states", QuestionState, question_ids=list(question_ids))

    async def touched(self, *, seconds: float, limit: int) -> list[QuestionState]:
        """Those that were asked, answered or edited within the last `seconds`, the latest ones of them."""
        return await self._statements.many("list_touched_questions", QuestionState, seconds=seconds, limit=limit)

    async def counts(self, question_ids: Sequence[int]) -> list[QuestionCountsRow]:
        """Of those that are there."""
        return await self._statements.many("list_question_counts", QuestionCountsRow, question_ids=list(question_ids))

    async def versions(self, *, question_id: int) -> list[VersionRow]:
        return await self._statements.many("list_question_versions", VersionRow, question_id=question_id)

    async def page(
        self, *, viewer_id: int, filters: QuestionFilter, sort: str, before: QuestionPosition | None, limit: int
    ) -> list[QuestionRow]:
        """`sort` is one of SORTS. One person's questions are few, and found by their own index with or without a tag."""
        asked: dict[str, Any] = {
            "viewer_id": viewer_id,
            "tag": filters.tag,
            "open_only": filters.open_only,
            "before_id": before.id if before else None,
            "limit": limit,
        }
        if sort == "votes":
            asked["before_score"] = before.score if before else None
        elif sort == "activity":
            asked["before_at"] = before.activity_at if before else None
        if filters.tag is not None and filters.author_id is None:
            return await self._statements.many(_TAGGED[sort], QuestionRow, **asked)
        return await self._statements.many(_LISTED[sort], QuestionRow, author_id=filters.author_id, **asked)

    async def tags(self, *, beginning: str, limit: int) -> list[TagRow]:
        return await self._statements.many("list_tags", TagRow, beginning=beginning, limit=limit)


_LISTED = {
    "newest": "list_questions_newest",
    "votes": "list_questions_votes",
    "activity": "list_questions_activity",
}
_TAGGED = {"newest": "list_tagged_newest", "votes": "list_tagged_votes", "activity": "list_tagged_activity"}
