"""JSON as RFC 8259 means it: no NaN, no key twice, no number too large for a float, no bottomless nesting."""

import json
import math
from typing import Any

from services.errors import ValidationFailed

DEEPEST = 32


def parse_object(raw: bytes) -> dict[str, Any]:
    """Raises ValidationFailed for everything that is not one well-formed object."""
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite
        )
    except RecursionError as error:
        raise _failed("too_deep") from error
    except ValueError as error:
        raise _failed("bad_json") from error
    if not isinstance(value, dict):
        raise _failed("not_object")
    _check_depth(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _failed("duplicate_key")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("out of range")
    return number


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise _failed("too_deep")


def _inside(value: Any) -> list[Any]:
    values = value.values() if isinstance(value, dict) else value
    return [inner for inner in values if isinstance(inner, (dict, list))]


def _failed(key: str) -> ValidationFailed:
    return ValidationFailed(fields={"_": key})
