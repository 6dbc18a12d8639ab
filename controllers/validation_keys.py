"""marshmallow says English sentences; clients read French too. Here they become keys of the catalogue."""

import re
from collections.abc import Iterator, Mapping

from marshmallow import ValidationError

from controllers.i18n import CATALOGUES, DEFAULT

_SENTENCES = {
    "Missing data for required field.": "required",
    "Field may not be null.": "null",
    "Unknown field.": "unknown_field",
    "Invalid input type.": "wrong_type_object",
    "Invalid type.": "wrong_type_object",
    "Not a valid mapping type.": "wrong_type_object",
    "Not a valid list.": "wrong_type_list",
    "Not a valid string.": "wrong_type_string",
    "Not a valid number.": "wrong_type_number",
    "Not a valid integer.": "wrong_type_integer",
    "Not a valid boolean.": "wrong_type_boolean",
    "Not a valid UUID.": "not_uuid",
    "Not a valid datetime.": "not_time",
    "Not a valid email address.": "not_email",
    "Not a valid URL.": "not_url",
    "String does not match expected pattern.": "not_pattern",
    "Number too large.": "out_of_range",
}
_PATTERNS = (
    (re.compile(r"Must be one of: (?P<p>.*)\.", re.DOTALL), "one_of"),
    (re.compile(r"Must be greater than or equal to (?P<p>\S+)\."), "too_small"),
    (re.compile(r"Must be less than or equal to (?P<p>\S+)\."), "too_big"),
    (re.compile(r"Must be greater than or equal to \S+ and less than or equal to \S+\."), "out_of_range"),
    (re.compile(r"Shorter than minimum length (?P<p>\d+)\."), "too_short"),
    (re.compile(r"Longer than maximum length (?P<p>\d+)\."), "too_long"),
    (re.compile(r"Length must be between (?P<p>\d+) and (?P<to>\d+)\."), "wrong_length"),
    (re.compile(r"Length must be (?P<p>\d+)\."), "wrong_length"),
)
DEEPEST = 20
MOST_FIELDS = 50
LONGEST_PATH = 200


def fields_of(error: ValidationError) -> dict[str, str]:
    """{path: message key}, at most 50 of them. A fault of the whole input has the path "_"."""
    return dict(_first(_walk(error.messages, "", 0)))


def key_of(message: object) -> str:
    """The catalogue's key for what a validator said; our own validators say keys already."""
    text = str(message)
    if text.partition(":")[0] in CATALOGUES[DEFAULT]:
        return text
    if text in _SENTENCES:
        return _SENTENCES[text]
    for pattern, key in _PATTERNS:
        if match := pattern.fullmatch(text):
            # A span reads the same in every language.
            said = "–".join(match.groups())
            return f"{key}:{said}" if said else key
    return "invalid"


def _walk(messages: object, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping) and depth < DEEPEST:
        for name, inner in messages.items():
            yield from _walk(inner, path if name == "_schema" else f"{path}.{name}".lstrip("."), depth + 1)
    elif isinstance(messages, list) and messages:
        yield from _walk(messages[0], path, depth)
    else:
        yield _shown(path), key_of(messages)


def _first(found: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for count, item in enumerate(found):
        if count == MOST_FIELDS:
            return
        yield item


def _shown(path: str) -> str:
    """A name of an unknown field is the client's: it may hold what no JSON text can carry."""
    return path.encode("utf-8", "replace").decode()[:LONGEST_PATH] or "_"
