"""Whether an opened message has what was asked for, and the piece of it to show."""

from collections.abc import Sequence
from typing import NamedTuple

from services.search_words import QueryWord, Word, words

SIZE = 160
BEFORE = 50
CUT = "…"


class Part(NamedTuple):
    """A piece of the message's own text, as it was written; never markup."""

    text: str
    match: bool


def excerpt(content: str, asked: Sequence[QueryWord]) -> list[Part] | None:
    """About the first match, with all matches in it told apart. None when a word of the query is not in the content."""
    spans: list[Word] = []
    missing = set(asked)
    for word in words(content):
        matching = [query for query in asked if query.matches(word)]
        if matching:
            spans.append(word)
            missing.difference_update(matching)
    return None if missing or not spans else _parts(content, spans)


def highlighted(content: str, asked: Sequence[QueryWord]) -> list[Part]:
    """As `excerpt`, whatever is in it: its beginning where no word of the query is. Looks no further than it shows."""
    spans: list[Word] = []
    for word in words(content):
        if spans and word.start > spans[0].start + SIZE:
            break
        if any(query.matches(word) for query in asked):
            spans.append(word)
    if spans:
        return _parts(content, spans)
    start = content[:SIZE]
    return [Part(start + CUT if len(content) > SIZE else start, match=False)] if start else []


def _parts(content: str, spans: Sequence[Word]) -> list[Part]:
    start, end = _window(content, spans[0])
    parts: list[Part] = []
    place = start
    for word in spans:
        if word.end > end:
            break
        parts += [Part(content[place : word.start], match=False), Part(content[word.start : word.end], match=True)]
        place = word.end
    parts.append(Part(content[place:end], match=False))
    before, after = CUT if start else "", CUT if end < len(content) else ""
    return [part for part in (Part(before, match=False), *parts, Part(after, match=False)) if part.text]


def _window(content: str, first: Word) -> tuple[int, int]:
    """Begins and ends between words where it can; holds the first match whole."""
    start = max(0, first.start - BEFORE)
    if start:
        blank = content.find(" ", start, first.start)
        start = blank + 1 if blank >= 0 else start
    end = max(start + SIZE, first.end)
    if end < len(content):
        blank = content.rfind(" ", first.end, end)
        end = blank if blank >= 0 else end
    return start, end
