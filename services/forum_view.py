"""Questions and answers as one person sees them. Nothing here gives away who is behind a pseudonym."""

from collections.abc import Sequence
from dataclasses import dataclass

from repositories.answers import AnswerRow
from repositories.questions import QuestionRow
from services.principal import Principal

EXCERPT = 240


@dataclass(frozen=True, slots=True)
class Author:
    """`id` and `role` are None under a pseudonym."""

    id: int | None
    name: str
    role: str | None
    pseudonym: bool


@dataclass(frozen=True, slots=True)
class QuestionView:
    """`viewer` None: for a room, where each looks for themself. `excerpt` is plain text, `body_html` is empty in lists."""

    row: QuestionRow
    viewer: Principal | None
    excerpt: str = ""
    body_html: str = ""

    @property
    def author(self) -> Author:
        return _author(self.row)

    @property
    def title(self) -> str:
        return "" if self.row.deleted_at else self.row.title

    @property
    def body(self) -> str:
        return "" if self.row.deleted_at else self.row.body

    @property
    def is_mine(self) -> bool:
        return self.viewer is not None and self.viewer.user_id == self.row.author_id

    @property
    def can_edit(self) -> bool:
        return self.is_mine

    @property
    def can_delete(self) -> bool:
        return self.is_mine and self.row.answer_count == 0

    @property
    def can_accept(self) -> bool:
        return self.is_mine

    @property
    def can_vote(self) -> bool:
        return not self.is_mine


@dataclass(frozen=True, slots=True)
class AnswerView:
    row: AnswerRow
    viewer: Principal | None
    body_html: str = ""

    @property
    def author(self) -> Author:
        return _author(self.row)

    @property
    def body(self) -> str:
        return "" if self.row.deleted_at else self.row.body

    @property
    def is_mine(self) -> bool:
        return self.viewer is not None and self.viewer.user_id == self.row.author_id

    @property
    def can_edit(self) -> bool:
        return self.is_mine

    @property
    def can_delete(self) -> bool:
        return self.is_mine

    @property
    def can_vote(self) -> bool:
        return not self.is_mine


def _author(row: QuestionRow | AnswerRow) -> Author:
    if row.pseudonym is not None:
        return Author(None, row.pseudonym, None, pseudonym=True)
    return Author(row.author_id, row.author_name, row.author_role, pseudonym=False)


@dataclass(frozen=True, slots=True)
class PostedQuestion:
    question: QuestionView
    duplicate: bool


@dataclass(frozen=True, slots=True)
class PostedAnswer:
    answer: AnswerView
    duplicate: bool


@dataclass(frozen=True, slots=True)
class QuestionPage:
    items: Sequence[QuestionView]
    more: bool


@dataclass(frozen=True, slots=True)
class AnswerPage:
    items: Sequence[AnswerView]
    more: bool
