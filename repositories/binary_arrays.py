"""Arrays as PostgreSQL sends and receives them: for a batch of messages neither side writes or reads a text.

Values that a statement is given many of at once. `array_literals` is the same for the driver that knows texts only.
"""

from collections.abc import Sequence
from struct import Struct
from uuid import UUID

# How many dimensions, that there may be NULLs, the type of the elements, how many there are and the first one's index.
_HEADER = Struct(">5i").pack
_BOOLEAN, _BYTEA, _BIGINT, _TEXT, _UUID = 16, 17, 20, 25, 2950
# Before each element stands its length, and that of NULL is -1.
_LENGTH = Struct(">i").pack
_NULL = _LENGTH(-1)
_INTEGER = Struct(">iq").pack
_TRUE, _FALSE = _LENGTH(1) + b"\x01", _LENGTH(1) + b"\x00"
_SIXTEEN = _LENGTH(16)


def integers(values: Sequence[int | None]) -> bytes:
    return _array(_BIGINT, [_NULL if value is None else _INTEGER(8, value) for value in values])


def booleans(values: Sequence[bool]) -> bytes:
    return _array(_BOOLEAN, [_TRUE if value else _FALSE for value in values])


def uuids(values: Sequence[UUID | None]) -> bytes:
    """`UUID.bytes` would be a call in Python for each."""
    return _array(_UUID, [_NULL if value is None else _SIXTEEN + value.int.to_bytes(16) for value in values])


def uuid_bytes(values: Sequence[bytes]) -> bytes:
    """UUIDs too, as the 16 bytes they are."""
    return _array(_UUID, [_SIXTEEN + value for value in values])


def blobs(values: Sequence[bytes]) -> bytes:
    return _array(_BYTEA, [_LENGTH(len(value)) + value for value in values])


def texts(values: Sequence[str | None]) -> bytes:
    return _array(_TEXT, [_NULL if value is None else _text(value) for value in values])


def _text(value: str) -> bytes:
    encoded = value.encode()
    return _LENGTH(len(encoded)) + encoded


def _array(kind: int, elements: list[bytes]) -> bytes:
    return _HEADER(1, 1, kind, len(elements), 1) + b"".join(elements)
