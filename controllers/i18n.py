"""Which language a caller reads, and the sentences of that language."""

from functools import lru_cache
from typing import Literal

from controllers import messages_en, messages_fr

Language = Literal["fr", "en"]

DEFAULT: Language = "en"
CATALOGUES: dict[str, dict[str, str]] = {"fr": messages_fr.SENTENCES, "en": messages_en.SENTENCES}
LONGEST_HEADER = 300


@lru_cache(maxsize=512)
def choose_language(accept_language: str | None) -> Language:
    """The best of fr and en by the q-values of RFC 9110; English when neither is asked for."""
    best: tuple[float, Language] = (0.0, DEFAULT)
    for part in (accept_language or "")[:LONGEST_HEADER].split(","):
        tag, _, parameters = part.strip().partition(";")
        weight = _weight(parameters)
        for language in _meant_by(tag):
            if weight > best[0]:
                best = (weight, language)
    return best[1]


def say(key: str, language: str) -> str:
    """The sentence of a message key such as "required" or "too_long:5000". An unknown key gets a general sentence."""
    name, _, parameter = key.partition(":")
    catalogue = CATALOGUES.get(language, CATALOGUES[DEFAULT])
    return catalogue.get(name, catalogue["invalid"]).replace("{0}", parameter)


def _meant_by(tag: str) -> tuple[Language, ...]:
    primary = tag.strip().lower().split("-")[0]
    if primary == "fr":
        return ("fr",)
    return (DEFAULT,) if primary in ("en", "*") else ()


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
