"""Titles and tags in every script: what people write is taken, what nobody sees is not."""

from typing import Any

import pytest
from marshmallow import ValidationError

from controllers.schemas.forum import AskSchema

ASK = {"title": "How do I find a mentor?", "body": "x", "tags": ["mentor"]}
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


def loaded(**changes: object) -> Any:
    return AskSchema().load({**ASK, **changes})


def test_titles_keep_whatever_is_seen() -> None:
    for title in (
        f"Working in {ENGLAND} as a nurse?",
        "👩🏽‍⚕️👨‍👩‍👧‍👦 family or work?",
        "مرحبا، كيف أجد مرشدا؟",
        "क्या मैं एक गुरु पा सकता हूँ?",
        "e\u0301te\u0301 et l'hiver, combien ?",
        "z\u0334\u0300\u0301\u0302algo is a way to write",
    ):
        assert loaded(title=title)["title"] == title
    assert loaded(title="  One \t of\nseveral   lines ")["title"] == "One of several lines"


def test_titles_take_nothing_that_is_not_seen() -> None:
    hidden = ("\u202e", "\u200b", "\u2066", "\u00ad", "\x07", "\ue000", "\U000e0067", ENGLAND[:-1], ENGLAND[1:])
    for letters in hidden:
        with pytest.raises(ValidationError):
            loaded(title=f"How do I find{letters} a mentor?")
        with pytest.raises(ValidationError):
            loaded(pseudonym=f"Nobody{letters}")


def test_tags_are_words_of_any_script_in_one_spelling() -> None:
    for tag, kept in (
        ("Été", "été"),
        ("e\u0301te\u0301", "été"),
        ("C++", "c++"),
        ("node.js", "node.js"),
        ("हिन्दी", "हिन्दी"),
        ("การแพทย์", "การแพทย์"),
        ("עִבְרִית", "עִבְרִית"),
    ):
        assert loaded(tags=[tag])["tags"] == [kept], tag
    for wrong in (
        ["a b"],
        ["<b>"],
        ["+1"],
        ["\u0301e"],
        ["x" * 31],
        [],
        ["a", "A"],
        ["😀"],
        ["a\u200bb"],
        list("abcdef"),
    ):
        with pytest.raises(ValidationError):
            loaded(tags=wrong)
