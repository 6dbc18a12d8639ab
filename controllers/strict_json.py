"""JSON as RFC 8259 means it: no NaN, no number too large for a float, no bottomless nesting, nothing wider than anybody needs;
if asked, no key twice."""

import json
import math
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from services.errors import ValidationFailed

DEEPEST = 32
# Each entry is looked at by a schema, which takes a microsecond or more: positions of `sync` are the widest that there is.
WIDEST = 2000
# In all, names and texts counted too; a thousand positions have six thousand. A megabyte of empty lists would cost the loop a
# sixth of a second, and who logs in is nobody yet.
MOST_PARTS = 10_000
# More than any schema has. What is not known is named one by one in the answer.
MOST_KEYS = 64


class BadJson(ValueError):
    """`key` is that of the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def parse(text: str, *, unique_keys: bool = False) -> Any:
    """Raises BadJson."""
    _check_parts(text)
    try:
        value = (_UNIQUE if unique_keys else _ANY).decode(text)
    except RecursionError as error:
        raise BadJson("too_deep") from error
    except BadJson:
        raise
    except ValueError as error:
        raise BadJson("bad_json") from error
    # Most texts have so few brackets that they cannot be deep, and so few commas that they cannot be wide.
    if text.count("{") + text.count("[") > DEEPEST:
        _check_depth(value)
    if text.count(",") >= WIDEST:
        _check_width(value)
    return value


def require_few_keys(given: Mapping[str, Any]) -> None:
    """Before a schema looks at each of them. Raises ValidationFailed."""
    if len(given) > MOST_KEYS:
        raise _failed("too_many_keys")


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


def _check_parts(text: str) -> None:
    """Before anything is made of them. Most texts have so few brackets and commas, even within what people write."""
    if text.count("{") + text.count("[") + text.count(",") > MOST_PARTS:
        found = islice(_PART.finditer(text), MOST_PARTS + 1)
        if sum(1 for _ in found) > MOST_PARTS:
            raise BadJson("too_wide")


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise BadJson("too_deep")


def _check_width(value: Any) -> None:
    """It is not deep: that was looked at before."""
    if isinstance(value, (dict, list)):
        if len(value) > WIDEST:
            raise BadJson("too_wide")
        for inner in _inside(value):
            _check_width(inner)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return []
    return [inner for inner in value if isinstance(inner, (dict, list))]


def _failed(key: str) -> ValidationFailed:
    return ValidationFailed(fields={"_": key})


# A bracket, a comma, or a whole string, which may lack its end: what it does not match it need not look at again.
_PART = re.compile(r'[{\[,]|"(?:[^"\\]++|\\.|\\\Z)*+"?', re.DOTALL)
# Made once: json.loads makes one for each text.
_ANY = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
_UNIQUE = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite)
