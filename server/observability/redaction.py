"""What must never stand in a log: content, tokens, passwords. By the name of a key, and by the look of a text."""

import re
from collections.abc import Mapping
from typing import Any

REDACTED = "[redacted]"
DEEPEST = 6
MOST_ITEMS = 50
LONGEST = 8_000
LONGEST_TRACE = 32_000
SECRET_KEYS = re.compile(
    r"content|token|passw|secret|authorization|cookie|^auth$|^data$|^body$|payload|^text$|^q$|query_string"
    r"|first_?name|last_?name|email|api_?key|^dsn$|encryption_key",
    re.IGNORECASE,
)
_RULES = (
    # JSON Web Tokens
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?"), REDACTED),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+"), rf"\1 {REDACTED}"),
    # key=value and "key": "value" of secrets in free text, in cookies, queries and reprs
    (
        re.compile(
            r"""(?i)(["']?\b(?:[a-z_-]*token|ticket|passw(?:or)?d|[a-z_-]*secret|cookie|authorization|content|auth|refresh)"""
            r"""["']?\s*[=:]\s*)(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;&)}\]]+)"""
        ),
        rf"\1{REDACTED}",
    ),
    # postgresql://user:password@host, redis://:password@host
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s@/]+@"), rf"\1:{REDACTED}@"),
    # PostgreSQL quotes rows and values: "Key (email)=(…)", "Failing row contains (…)", the statement after "LINE 1:"
    (re.compile(r"Key \(([^)]*)\)=\((?:.|\n)*?\)(?= |\.|\n|$)"), rf"Key (\1)=({REDACTED})"),
    (re.compile(r"(Failing row contains) \((?:.|\n)*?\)\.?(?=\n|$)"), rf"\1 ({REDACTED})."),
    (re.compile(r"(?m)^(LINE \d+:).*\n\s*\^?.*$"), rf"\1 {REDACTED}"),
    (re.compile(r"(?i)(invalid input (?:syntax|value) for [^:\n]*:) .*"), rf"\1 {REDACTED}"),
    (re.compile(r"(?m)^((?:DETAIL|CONTEXT|PARAMETERS?|QUERY|STATEMENT):).*$"), rf"\1 {REDACTED}"),
    # long opaque words look like refresh tokens or keys: 32 characters or more with letters and digits mixed
    (
        re.compile(
            r"(?<![A-Za-z0-9_/.-])(?=[A-Za-z0-9_-]*[a-z])(?=[A-Za-z0-9_-]*[A-Z])(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{32,}"
        ),
        REDACTED,
    ),
)


def redact_text(text: str, longest: int = LONGEST) -> str:
    """The text without what looks like a secret, and not longer than a log line should be."""
    text = text[:longest]
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def redact(value: Any, depth: int = 0) -> Any:
    """The same for anything that may be in a log event. What is not plain data is logged as its text."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return _redact_collection(value, depth + 1) if depth < DEEPEST else "…"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"<{len(value)} bytes>"
    return redact_text(f"{type(value).__name__}: {value}" if isinstance(value, BaseException) else str(value))


def _redact_collection(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {str(key): redact_named(str(key), inner, depth) for key, inner in value.items()}
    return [redact(inner, depth) for inner in list(value)[:MOST_ITEMS]]


def redact_named(name: str, value: Any, depth: int = 0) -> Any:
    """A value under a name that tells what it holds."""
    if SECRET_KEYS.search(name):
        return REDACTED
    return redact(value, depth)
