"""The fields that all schemas are made of."""

import datetime
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields

from controllers.schemas import base
from controllers.schemas.text import ABSURD, BLANK

NOT_BOOLEAN: list[Any] = [None, "", [], {}]
NOT_TEXT: list[Any] = [5, None, True, []]


def load(field: fields.Field[Any], value: Any) -> Any:
    return Schema.from_dict({"x": field})().load({"x": value})["x"]


def dump(field: fields.Field[Any], value: Any) -> Any:
    return Schema.from_dict({"x": field})().dump({"x": value})["x"]


def refused(field: fields.Field[Any], value: Any) -> bool:
    try:
        load(field, value)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize("value", [1, 2**63 - 1])
def test_ids(value: int) -> None:
    assert load(base.Id(), value) == value
    assert load(base.PathId(), str(value)) == value
    assert dump(base.Id(), value) == value


@pytest.mark.parametrize("value", [0, -1, 2**63, True, 1.0, "1", None, [], b"1"])
def test_what_is_no_id(value: Any) -> None:
    assert refused(base.Id(), value)


@pytest.mark.parametrize(
    "value", ["0", "-1", "+1", " 1", "1 ", "1_0", "01", "1.0", "", "٣", "9" * 19, "9" * 5000, 1, None]
)
def test_what_is_no_id_in_a_path(value: Any) -> None:
    assert refused(base.PathId(), value)


def test_seq_starts_at_zero_and_dumps_none() -> None:
    assert load(base.Seq(), 0) == 0
    assert refused(base.Seq(), -1)
    assert dump(base.Id(), None) is None


def test_counts_and_flags_of_a_query() -> None:
    assert load(base.QueryCount(max=5), "0") == 0
    assert refused(base.QueryCount(max=5, min=1), "0")
    assert refused(base.QueryCount(max=5), "6")
    assert load(base.QueryBool(), "true") is True
    assert load(base.QueryBool(), "false") is False
    assert all(refused(base.QueryBool(), value) for value in [*NOT_BOOLEAN, "1", "TRUE", True])
    assert load(base.Flag(), True) is True
    assert all(refused(base.Flag(), value) for value in [*NOT_BOOLEAN, 1, 0, "true"])


def test_timestamps_are_utc_with_milliseconds() -> None:
    paris = datetime.timezone(datetime.timedelta(hours=1))
    moment = datetime.datetime(2026, 11, 3, 14, 5, 0, 123987, paris)
    assert dump(base.Timestamp(), moment) == "2026-11-03T13:05:00.123Z"
    assert dump(base.Timestamp(), moment.replace(microsecond=0)) == "2026-11-03T13:05:00.000Z"
    assert dump(base.Timestamp(allow_none=True), None) is None
    assert load(base.Timestamp(), "2026-11-03T14:05:00.123987+01:00") == moment
    assert load(base.Timestamp(), "2026-11-03T13:05:00.123987Z") == moment
    wrong: tuple[Any, ...] = ("2026-11-03T13:05:00", "now", "", 5, [], "0001-01-01T00:00:00+23:59")
    assert all(refused(base.Timestamp(), value) for value in wrong)


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes)))


@given(moment=st.datetimes(timezones=ZONES).filter(lambda moment: 1 < moment.year < 9999))
def test_moments_are_said_as_isoformat_says_them(moment: datetime.datetime) -> None:
    said = moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert dump(base.Timestamp(), moment) == said
    assert dump(base.Timestamp(), moment.astimezone(datetime.UTC)) == said


def test_client_message_ids() -> None:
    given_id = "5A1D6F0E-3C58-4B8E-9D35-0C1F7F2B9A44"
    assert load(base.ClientMessageId(), given_id) == uuid.UUID(given_id)
    assert dump(base.ClientMessageId(), uuid.UUID(given_id)) == given_id.lower()
    wrong: tuple[Any, ...] = (
        given_id.replace("-", ""),
        f"{{{given_id}}}",
        f"urn:uuid:{given_id}",
        f"{given_id}\n",
        5,
        [],
        b"x" * 16,
    )
    assert all(refused(base.ClientMessageId(), value) for value in wrong)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_content_is_trimmed_and_otherwise_kept(text: str) -> None:
    kept = load(base.Content(), text)
    assert kept == text.strip(BLANK)
    assert load(base.Content(), f"\ufeff\u3000{text}\u2028\t") == kept


def test_content_keeps_nul_and_separators_and_refuses_surrogates_and_the_absurd() -> None:
    assert load(base.Content(), "\x00a\x1f") == "\x00a\x1f"
    assert load(base.Content(), "  ") == ""
    assert refused(base.Content(), "a\ud800")
    assert refused(base.Content(), 5)
    assert refused(base.Content(), "x" * (ABSURD + 1))


def test_blank_is_the_white_space_of_unicode() -> None:
    assert set(BLANK) - {"\ufeff"} == {chr(c) for c in range(0x110000) if chr(c).isspace()} - set("\x1c\x1d\x1e\x1f")


def test_other_text() -> None:
    assert load(base.Text(max=3), " abc ") == "abc"
    assert load(base.Text(max=3, min=0), " ") == ""
    assert load(base.ExternalId(), "p-1") == "p-1"
    for value in [*NOT_TEXT, "abcd", "", "  ", "\ufeff", "a\0", "\ud800"]:
        assert refused(base.Text(max=3), value)
    assert refused(base.ExternalId(), "x" * 256)
    with pytest.raises(ValidationError, match="too_short:2"):
        load(base.Text(max=3, min=2), "a")
    with pytest.raises(ValidationError, match="empty"):
        load(base.Text(max=3), "")


def test_pages() -> None:
    class ItemSchema(base.ReplySchema):
        id = base.Id(required=True)

    page = base.page_of(ItemSchema)
    assert page.__name__ == "ItemPageSchema"
    shown = page().dump({"items": [{"id": 5}], "has_more": True, "next": "abc"})
    assert shown == {"items": [{"id": 5}], "hasMore": True, "next": "abc"}
    assert base.PageQuery().load({}) == {"limit": 50}


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError):
        base.PageQuery().load({"page": "2"})
