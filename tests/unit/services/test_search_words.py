"""Words as search sees them: whatever is only another way to write one must not keep it from being found."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search_excerpts import CUT, Part, excerpt
from services.search_words import LONGEST, PREFIXES, fold, folded_text, index_terms, query_words, words

LETTERS = "abcdefghijklmnopqrstuvwxyzàâäéèêëîïôöùûüÿçœæ"
WORD = st.text(LETTERS, min_size=2, max_size=20)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
PLURALS = [
    ("ordonnance", "ordonnances"),
    ("réunion", "reunions"),
    ("cheval", "chevaux"),
    ("opéré", "opérées"),
    ("douleur", "douleurs"),
    ("prescription", "prescriptions"),
    ("knee", "knees"),
    ("headache", "headaches"),
    ("treated", "treating"),
    ("analyse", "analyses"),
    ("allergy", "allergies"),
]


def found_by(q: str, content: str) -> bool:
    """By the index alone: one hash of each word of the query is one of the content's."""
    terms = index_terms(content)
    return all(terms.intersection(word.terms) for word in query_words(q))


@pytest.mark.parametrize(("one", "other"), PLURALS)
def test_endings_do_not_matter_in_either_language(one: str, other: str) -> None:
    for q, content in ((one, other), (other, one)):
        asked = query_words(f"{q} fin")[:1]
        assert index_terms(content).intersection(asked[0].terms)
        assert asked[0].matches(next(words(content)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L'appel d’hier", ["appel", "hier"]),
        ("the patient's knee", ["the", "patient", "knee"]),
        ("aujourd'hui", ["aujourd", "hui"]),
        ("vitamine D, B12", ["vitamine", "d", "b12"]),
        ("5mg×2/j", ["5mg", "2", "j"]),
        ("Œdème cœur", ["oedeme", "coeur"]),
        ("naïve_test", ["naive", "test"]),
        ("'' ’ - 😀", []),
    ],
)
def test_what_is_a_word(text: str, expected: list[str]) -> None:
    assert [word.folded for word in words(text)] == expected


@given(WORD)
def test_a_word_is_found_however_it_is_written(word: str) -> None:
    bare = "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
    for content in (word, word.upper(), unicodedata.normalize("NFD", word), unicodedata.normalize("NFC", word)):
        for q in (word, word.upper(), bare, unicodedata.normalize("NFD", word)):
            if index_terms(content):  # common words have none
                assert found_by(q, content)
                assert excerpt(content, query_words(q))


@given(WORD, st.data())
def test_every_beginning_of_a_word_finds_it(word: str, data: st.DataObject) -> None:
    typed = word[: data.draw(st.integers(min(PREFIXES), len(word)))]
    if index_terms(word):
        assert found_by(typed, f"avant {word} après")
        assert excerpt(f"avant {word} après", query_words(typed))


@given(TEXT)
def test_any_text_gives_words_at_their_places_and_few_hashes(text: str) -> None:
    found = list(words(text))
    assert all(fold(text[word.start : word.end]) == word.folded for word in found)
    assert [word.start for word in found] == sorted({word.start for word in found})
    assert len(index_terms(text)) <= len(found) * (2 + len(PREFIXES))


@given(TEXT, TEXT)
def test_what_matches_has_a_hash_of_it_in_the_index(q: str, content: str) -> None:
    """Else the index would hide what is there."""
    for asked in query_words(q):
        if not asked.terms:
            continue
        for word in words(content):
            if index_terms(word.spelt) and asked.matches(word):
                assert index_terms(content).intersection(asked.terms)


@given(TEXT, WORD, TEXT)
def test_an_excerpt_is_the_contents_own_text_in_parts(before: str, word: str, after: str) -> None:
    content = f"{before} {word} {after}"
    parts = excerpt(content, query_words(word))
    assert parts is not None
    assert any(part.match for part in parts)
    plain = "".join(part.text for part in parts)
    assert plain in content or plain.removeprefix(CUT).removesuffix(CUT) in content


def test_an_excerpt_of_a_long_message_is_about_the_match() -> None:
    content = "mot " * 500 + "<b>scanner</b> " + "suite " * 500
    parts = excerpt(content, query_words("scanner"))
    assert parts is not None
    assert Part("scanner", match=True) in parts
    assert parts[0] == Part(CUT, match=False)
    assert parts[-1] == Part(CUT, match=False)
    assert len("".join(part.text for part in parts)) < 170


def test_a_word_that_is_missing_is_no_match() -> None:
    assert excerpt("prise de sang", query_words("prise urine")) is None
    assert excerpt("", query_words("prise")) is None


def test_common_words_do_not_count_beside_others() -> None:
    assert [word.folded for word in query_words("la prise de sang")] == ["prise", "sang"]
    assert [word.folded for word in query_words("prise de")] == ["prise"]
    assert [(word.folded, word.may_go_on) for word in query_words("de")] == [("de", True)]
    assert index_terms("le la les de") == set()


@given(TEXT)
def test_a_word_that_is_in_a_text_is_in_the_folded_text(text: str) -> None:
    """Else a search would pass over a message that has it."""
    folded = folded_text(text)
    assert [word for word in words(text) if len(word.folded) < LONGEST and word.folded not in folded] == []


@given(st.lists(st.text(LETTERS + "'’ \u0301\u0345İŉ", min_size=1, max_size=9), max_size=12))
def test_no_word_is_lost_among_its_likes(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert all(word.folded in folded_text(text) for word in words(text))


@pytest.mark.parametrize("q", ["ordo", "ordon", "ordonna", "ordonnan", "ordonnance", "la"])
def test_whatever_matches_holds_a_term_and_what_is_certain_matches(q: str) -> None:
    [word] = query_words(q)
    for content in ("ordonnance", "ordonnances", "ordonnancement", "ordonner", "ordre", "laitage"):
        terms, seen = index_terms(content), next(words(content))
        assert not word.matches(seen) or terms.intersection(word.terms)
        assert word.matches(seen) or not terms.intersection(word.certain_terms)
