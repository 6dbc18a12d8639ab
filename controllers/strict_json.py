"""JSON as RFC 8259 means it: no NaN, no number too large for a float, no bottomless nesting; if asked, no key twice."""

import json
import math
from typing import Any

from services.errors import ValidationFailed

DEEPEST = 32


class BadJson(ValueError):
    """`key` is that of the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def parse(text: str, *, unique_keys: bool = False) -> Any:
    """Raises BadJson."""
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique if unique_keys else None,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except RecursionError as error:
        raise BadJson("too_deep") from error
    except BadJson:
        raise
    except ValueError as error:
        raise BadJson("bad_json") from error
    # Most texts have so few brackets that they cannot be deep.
    if text.count("{") + text.count("[") > DEEPEST:
        _check_depth(value)
    return value


def parse_object(raw: bytes) -> dict[str, Any]:
    """Raises ValidationFailed for everything that is not one well-formed object."""
    try:
        value = parse(raw.decode("utf-8"), unique_keys=True)
    except BadJson as error:
        raise _failed(error.key) from error
    except UnicodeDecodeError as error:
        raise _failed("bad_json") from error
    if not isinstance(value, dict):
        raise _failed("not_object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("duplicate_key")
    return found


def _refuse_constant(name: str) -> Any:
    raise BadJson("bad_json")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise BadJson("bad_json")
    return number


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise BadJson("too_deep")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return []
    return [inner for inner in value if isinstance(inner, (dict, list))]


def _failed(key: str) -> ValidationFailed:
    return ValidationFailed(fields={"_": key})
