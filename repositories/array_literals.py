"""Arrays as PostgreSQL reads them from one text: neither the driver nor the parser has to look at each element by itself.

psycopg2 writes `ARRAY[…]` with an expression for each element, which for a batch of messages costs both sides more than
the messages do.
"""

from collections.abc import Iterable
from uuid import UUID

_NULL = "NULL"


def integers(values: Iterable[int | None]) -> str:
    return _array(_NULL if value is None else str(value) for value in values)


def numbers(values: Iterable[float]) -> str:
    return _array(repr(value) for value in values)


def booleans(values: Iterable[bool]) -> str:
    return _array("t" if value else "f" for value in values)


def uuids(values: Iterable[UUID | None]) -> str:
    return _array(_NULL if value is None else value.hex for value in values)


def blobs(values: Iterable[bytes]) -> str:
    return _array(f'"\\\\x{value.hex()}"' for value in values)


def texts(values: Iterable[str | None]) -> str:
    return _array(_NULL if value is None else _quoted(value) for value in values)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _array(elements: Iterable[str]) -> str:
    return "{" + ",".join(elements) + "}"
