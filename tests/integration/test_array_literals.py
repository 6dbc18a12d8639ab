"""What PostgreSQL reads from an array's text is what was put in."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repositories import array_literals
from tests.support.postgres import ScratchDatabase, connected

# PostgreSQL's text has no NUL, and UTF-8 no lone surrogates: neither gets past the schemas.
TEXT = st.text(st.characters(exclude_characters="\0", codec="utf-8"))
BIG = st.integers(-(2**63), 2**63 - 1)
ONCE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def cursor(clean_database: ScratchDatabase) -> Iterator[Any]:
    with connected(clean_database.owner_url) as cursor:
        yield cursor


def read(cursor: Any, literal: str, kind: str, shown: str = "") -> list[Any]:
    cursor.execute(f"SELECT %s::{kind}[]{shown}", (literal,))
    found: list[Any] = cursor.fetchone()[0]
    return found


@ONCE
@given(
    st.lists(
        st.none() | TEXT | st.sampled_from(["NULL", "null", '"', "\\", '\\"', "{}", ",", " ", "", "{NULL}", "é,ü"])
    )
)
def test_texts(cursor: Any, values: list[str | None]) -> None:
    assert read(cursor, array_literals.texts(values), "text") == values


@ONCE
@given(st.lists(st.binary()))
def test_blobs(cursor: Any, values: list[bytes]) -> None:
    cursor.execute("SELECT encode(blob, 'hex') FROM unnest(%s::bytea[]) AS blob", (array_literals.blobs(values),))
    assert [bytes.fromhex(row[0]) for row in cursor.fetchall()] == values


@ONCE
@given(st.lists(st.none() | BIG), st.lists(st.booleans()), st.lists(st.none() | st.uuids()))
def test_the_others(cursor: Any, numbers: list[int | None], flags: list[bool], names: list[uuid.UUID | None]) -> None:
    assert read(cursor, array_literals.integers(numbers), "bigint") == numbers
    assert read(cursor, array_literals.booleans(flags), "boolean") == flags
    texts = read(cursor, array_literals.uuids(names), "uuid", "::text[]")
    assert texts == [None if name is None else str(name) for name in names]
    there = [name for name in names if name is not None]
    texts = read(cursor, array_literals.uuid_bytes(name.bytes for name in there), "uuid", "::text[]")
    assert texts == [str(name) for name in there]


@ONCE
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers(cursor: Any, values: list[float]) -> None:
    assert read(cursor, array_literals.numbers(values), "float8") == values
