"""What a list's `before` may say: what we wrote comes back, everything else is refused before the database sees it."""

import base64
import datetime
import json
from collections.abc import Callable

import pytest

from controllers import cursors, forum_cursors
from repositories.conversations import ListPosition
from repositories.forum_search import FoundPosition
from services.errors import ValidationFailed

MOMENT = "2026-01-01T00:00:00+00:00"
BEFORE_OUR_ERA = "0001-01-01T00:00:00+23:59"
AFTER_ALL_YEARS = "9999-12-31T23:59:59-23:59"


def _cursor(plain: str) -> str:
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _by_activity(text: str) -> object:
    return forum_cursors.question_position(text, "activity")


@pytest.mark.parametrize(
    ("read", "plain"),
    [
        (cursors.position_of, f'[Infinity, "{MOMENT}", 1]'),
        (cursors.position_of, f'[0, "{MOMENT}", 1e400]'),
        (cursors.position_of, f'[0, "{MOMENT}", 1.5]'),
        (cursors.position_of, f'[true, "{MOMENT}", 1]'),
        (cursors.position_of, f'[0, "{MOMENT}", "1"]'),
        (cursors.position_of, f'[0, "{MOMENT[:-6]}", 1]'),
        (cursors.position_of, f'[0, "{BEFORE_OUR_ERA}", 1]'),
        (cursors.position_of, f'[0, "{AFTER_ALL_YEARS}", 1]'),
        (_by_activity, f'["question", "activity", 1, "{MOMENT[:-6]}"]'),
        (_by_activity, f'["question", "activity", 1, "{BEFORE_OUR_ERA}"]'),
        (_by_activity, f'["question", "activity", 1, "{AFTER_ALL_YEARS}"]'),
        (forum_cursors.found_position, '["found", "1e999999", 1]'),
        (forum_cursors.found_position, '["found", "\\u0661", 1]'),
        (forum_cursors.found_position, '["found", "-1", 1]'),
        (forum_cursors.found_position, '["found", "1_0", 1]'),
    ],
)
def test_what_the_database_could_not_read_is_no_cursor(read: Callable[[str], object], plain: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        read(_cursor(plain))
    assert refusal.value.fields == {"before": "bad_cursor"}


def test_our_own_come_back() -> None:
    position = ListPosition(3, datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, datetime.UTC), 2**63 - 1)
    assert cursors.position_of(cursors.text_of(position)) == position
    for rank in ("0.000000", "0.607927", "12.5", "1"):
        found = FoundPosition(rank, 7)
        assert forum_cursors.found_position(forum_cursors.after_found(found)) == found
    written = _cursor(json.dumps(["question", "activity", 1, "2026-01-01T01:00:00+01:00"]))
    read = forum_cursors.question_position(written, "activity")
    assert read is not None and read.activity_at == datetime.datetime.fromisoformat(MOMENT)
