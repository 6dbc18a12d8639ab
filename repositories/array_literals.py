"""Arrays as PostgreSQL reads them from one text: neither the driver nor the parser has to look at each element by itself.

psycopg2 writes `ARRAY[…]` with an expression for each element, which for a batch of messages costs both sides more than
the messages do. Here, too, no element costs a call in Python.
"""

from collections.abc import Iterable
from uuid import UUID

_NULL = "NULL"


def integers(values: Iterable[int | None]) -> str:
    return "{" + ",".join([_NULL if value is None else str(value) for value in values]) + "}"


def numbers(values: Iterable[float]) -> str:
    return "{" + ",".join(map(repr, values)) + "}"


def booleans(values: Iterable[bool]) -> str:
    return "{" + ",".join(["t" if value else "f" for value in values]) + "}"


def uuids(values: Iterable[UUID | None]) -> str:
    """`UUID.hex` would be a call in Python for each."""
    return "{" + ",".join([_NULL if value is None else value.int.to_bytes(16).hex() for value in values]) + "}"


def uuid_bytes(values: Iterable[bytes]) -> str:
    """UUIDs too, as the 16 bytes they are."""
    return "{" + ",".join(map(bytes.hex, values)) + "}"


def blobs(values: Iterable[bytes]) -> str:
    marked = ",\\\\x".join(["", *map(bytes.hex, values)])
    return "{" + marked[1:] + "}"


def texts(values: Iterable[str | None]) -> str:
    """Of a batch most are the same, and each is quoted once."""
    column = list(values)
    quoted = {value: _NULL if value is None else _quoted(value) for value in set(column)}
    return "{" + ",".join(map(quoted.__getitem__, column)) + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
