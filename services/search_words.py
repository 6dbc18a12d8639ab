"""Words as search sees them: folded, without accents, elided articles and plurals, in French and English alike.

Messages and queries go through the same functions, so that whatever they do to a word they do to both.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import snowballstemmer

LONGEST = 64
# Of a word that is still being typed these beginnings are hashed; in between, decrypting tells.
PREFIXES = (2, 3, 4, 5, 6, 8)
KEPT = 50_000

_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_APOSTROPHES = frozenset("'\u2019\u02bc\u2032")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_FRENCH: Any = snowballstemmer.stemmer("french")
_ENGLISH: Any = snowballstemmer.stemmer("english")
# In almost every message: to index them would cost much, find nothing and give away how people write. Negations are none.
_COMMON_FRENCH = """
    a y le la les un une des du de au aux et ou ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur
    leurs je tu il elle on nous vous ils elles me te se lui moi toi qui que qu quoi dont si en dans par pour avec sur est sont
    ai as avez ont suis es etes sommes etre avoir sera serait fait faire plus tres bien comme mais donc car jusqu lorsqu puisqu
"""
_COMMON_ENGLISH = """
    the an of to in on at by for with and or but if is are was were be been has have had do does did this that these those it
    its he she we you they my your his her our their me him them as so
"""
_COMMON = frozenset(f"{_COMMON_FRENCH} {_COMMON_ENGLISH}".split())


class Word(NamedTuple):
    """`start` and `end` are places in the text that it stands in; `spelt` has lost its case only."""

    start: int
    end: int
    spelt: str
    folded: str


@lru_cache(maxsize=KEPT)
def fold(word: str) -> str:
    """Without case, accents, ligatures and whatever else is only another way to write the same letters."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return letters.translate(_LETTERS)[:LONGEST]


def folded_text(text: str) -> str:
    """Holds each folded word of the text that is not cut. Much faster than the words one by one."""
    if text.isascii():
        return text.lower()
    spelt = unicodedata.normalize("NFC", text.casefold())
    plain = unicodedata.normalize("NFKD", spelt.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(_LETTERS)


def words(text: str) -> Iterator[Word]:
    """In order. A letter beside an apostrophe is none, as in `l'appel` and `patient's`."""
    for found in _WORD.finditer(text):
        start, end = found.span()
        if end - start == 1 and (
            text[end : end + 1] in _APOSTROPHES or text[max(start - 1, 0) : start] in _APOSTROPHES
        ):
            continue
        spelt = unicodedata.normalize("NFC", found[0].casefold())[:LONGEST]
        folded = fold(spelt)
        if folded:
            yield Word(start, end, spelt, folded)


@lru_cache(maxsize=KEPT)
def stems(spelt: str) -> frozenset[str]:
    """What is left of a word without its endings, as French and as English has it: no message says which it is.

    French endings have accents (`opérée`), but people leave them out: it is stemmed with and without.
    """
    folded = fold(spelt)
    bare = {stemmer.stemWord(folded) for stemmer in (_FRENCH, _ENGLISH)}
    return frozenset(bare if spelt == folded else bare | {fold(_FRENCH.stemWord(spelt))})


def index_terms(text: str) -> set[bytes]:
    """What a message can be found by."""
    terms: set[bytes] = set()
    for word in words(text):
        terms.update(_terms_of(word.spelt))
    return terms


@lru_cache(maxsize=KEPT)
def _terms_of(spelt: str) -> tuple[bytes, ...]:
    folded = fold(spelt)
    if folded in _COMMON:
        return ()
    return (*map(_stem_term, stems(spelt)), *(_prefix_term(folded[:size]) for size in PREFIXES if size <= len(folded)))


def _stem_term(stem: str) -> bytes:
    return b"s" + stem.encode()


def _prefix_term(prefix: str) -> bytes:
    return b"p" + prefix.encode()


class QueryWord(NamedTuple):
    """`may_go_on`: it is the last one, which may still be being typed."""

    spelt: str
    folded: str
    may_go_on: bool

    def matches(self, word: Word) -> bool:
        if self.may_go_on and len(self.folded) >= PREFIXES[0] and word.folded.startswith(self.folded):
            return True
        return self.folded not in _COMMON and not stems(word.spelt).isdisjoint(stems(self.spelt))

    @property
    def prefix(self) -> str:
        """The longest of its beginnings that is hashed; empty when it is no beginning, or too short for one."""
        sizes = [size for size in PREFIXES if size <= len(self.folded)]
        return self.folded[: sizes[-1]] if sizes and self.may_go_on else ""

    @property
    def certain_terms(self) -> list[bytes]:
        """A message that holds one of them matches; that its hash is another one's too is as good as impossible."""
        found = [] if self.folded in _COMMON else [_stem_term(stem) for stem in stems(self.spelt)]
        return [*found, _prefix_term(self.prefix)] if self.prefix == self.folded else found

    @property
    def terms(self) -> list[bytes]:
        """A message that matches holds at least one of them."""
        certain = self.certain_terms
        return [*certain, _prefix_term(self.prefix)] if self.prefix not in ("", self.folded) else certain


def query_words(q: str) -> list[QueryWord]:
    """All of them must match. What is too common to be indexed does not count beside others."""
    typed = list(words(q))
    if not typed:
        return []
    last = typed[-1]
    asked = {
        word.folded: QueryWord(word.spelt, word.folded, may_go_on=False) for word in typed if word.folded not in _COMMON
    }
    if last.folded in asked or not asked:
        asked.pop(last.folded, None)
        asked[last.folded] = QueryWord(last.spelt, last.folded, may_go_on=True)
    return list(asked.values())
