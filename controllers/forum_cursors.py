"""The opaque `before` of the forum's lists: where the last page ended, as text that only we read."""

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

from controllers.cursors import moment_of
from repositories.answers import AnswerPosition, AnswerRow
from repositories.forum_search import FoundPosition
from repositories.points import LeaderPosition
from repositories.questions import QuestionPosition, QuestionRow
from services.errors import ValidationFailed

Position = TypeVar("Position")
LARGEST = 2**63
LARGEST_SCORE = 2**31
# As the database writes them: other digits, signs and exponents would be errors there.
_RANK = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?", re.ASCII)


def after_question(row: QuestionRow, sort: str) -> str:
    key = {"newest": None, "votes": row.score, "activity": row.activity_at.isoformat()}[sort]
    return _text(["question", sort, row.id, key])


def question_position(text: str | None, sort: str) -> QuestionPosition | None:
    """Raises ValidationFailed for what is not one of ours, or of a list in another order."""

    def read(values: list[Any]) -> QuestionPosition:
        name, of_sort, key, value = values
        _require(name == "question" and of_sort == sort)
        return QuestionPosition(
            _id(key),
            score=_score(value) if sort == "votes" else None,
            activity_at=moment_of(value) if sort == "activity" else None,
        )

    return _read(text, read)


def after_answer(row: AnswerRow, sort: str) -> str:
    return _text(["answer", sort, row.id, row.score, row.accepted])


def answer_position(text: str | None, sort: str) -> AnswerPosition | None:
    """As `question_position`."""

    def read(values: list[Any]) -> AnswerPosition:
        name, of_sort, key, score, accepted = values
        _require(name == "answer" and of_sort == sort and isinstance(accepted, bool))
        return AnswerPosition(_id(key), _score(score), accepted)

    return _read(text, read)


def after_found(position: FoundPosition | None) -> str | None:
    return None if position is None else _text(["found", position.rank, position.id])


def found_position(text: str | None) -> FoundPosition | None:
    """As `question_position`."""

    def read(values: list[Any]) -> FoundPosition:
        name, rank, key = values
        _require(name == "found" and isinstance(rank, str) and _RANK.fullmatch(rank) is not None)
        return FoundPosition(rank, _id(key))

    return _read(text, read)


def after_leader(position: LeaderPosition | None) -> str | None:
    return None if position is None else _text(["leader", position.points, position.user_id, position.rank])


def leader_position(text: str | None) -> LeaderPosition | None:
    """As `question_position`."""

    def read(values: list[Any]) -> LeaderPosition:
        name, points, key, rank = values
        _require(name == "leader")
        return LeaderPosition(_id(points), _id(key), _id(rank))

    return _read(text, read)


def _text(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read(text: str | None, read: Callable[[list[Any]], Position]) -> Position | None:
    if text is None:
        return None
    try:
        return read(json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))
    except (ValueError, TypeError, binascii.Error) as error:
        raise ValidationFailed(fields={"before": "bad_cursor"}) from error


def _require(said: bool) -> None:
    if not said:
        raise ValueError


def _id(value: Any) -> int:
    _require(type(value) is int and 0 < value < LARGEST)
    return int(value)


def _score(value: Any) -> int:
    _require(type(value) is int and abs(value) < LARGEST_SCORE)
    return int(value)
