"""Rows as they stand in JSON for people: keys in camelCase, times in UTC."""

import datetime
import json
import re
from collections.abc import AsyncIterator
from dataclasses import asdict, is_dataclass
from typing import Any
from uuid import UUID

from services.export_ports import Plain
from services.export_source import moment


def plain(record: Any, *, without: frozenset[str] = frozenset()) -> Plain:
    """Of a dataclass."""
    assert is_dataclass(record) and not isinstance(record, type), "a row of a repository"
    return {_camel(name): _value(value) for name, value in asdict(record).items() if name not in without}


async def json_list(rows: AsyncIterator[Plain]) -> AsyncIterator[bytes]:
    """An array with a row a line."""
    separator = b"[\n"
    async for row in rows:
        yield separator + json.dumps(row, ensure_ascii=False).encode()
        separator = b",\n"
    yield b"[]\n" if separator == b"[\n" else b"\n]\n"


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def _value(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return moment(value)
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime.time | datetime.date) else value
