"""`python -m bench.mentors`: a hundred thousand mentors, and how long the directory, searches in it and its counts take.

The time is that of the repositories' own statements. The set stays in its folder for the next run.
"""

import argparse
import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bench.data.mentors import WORDS, fill_directory
from bench.data.target import connected, own_cluster
from bench.forum_questions import LISTS_MS, PAGE, SEARCH_MS, Asked, measured
from repositories.mentors import MentorFilter, MentorPlace, MentorWords
from repositories.repositories import Repositories
from server.postgres.migrations import migrate

ME = 5
DICE = random.Random(4)
LETTERS = ("c", "s", "l", "a")
Filters = Callable[[], MentorFilter]


def some(of: str) -> str:
    return DICE.choice(WORDS[of].split())


def surname() -> str:
    return some("stems") + some("middles") + some("ends")


def mistyped(word: str) -> str:
    """Two letters in the middle change places."""
    place = len(word) // 2
    return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]


FILTERS: tuple[tuple[str, Filters], ...] = (
    ("everybody", MentorFilter),
    ("a country", lambda: MentorFilter(country=some("countries"))),
    ("a specialty", lambda: MentorFilter(specialty=some("specialties"))),
    ("a common language", lambda: MentorFilter(language="fr")),
    ("a rarer language", lambda: MentorFilter(language="ar")),
    ("an availability", lambda: MentorFilter(availability=DICE.choice(("available", "limited", "unavailable")))),
    ("country and specialty", lambda: MentorFilter(country=some("countries"), specialty=some("specialties"))),
    (
        "all four",
        lambda: MentorFilter(country="FR", specialty=some("specialties"), language="en", availability="unavailable"),
    ),
    ("nobody", lambda: MentorFilter(country="JP", specialty=some("specialties"))),
)
SEARCHES: tuple[tuple[str, Callable[[], str], Filters], ...] = (
    ("a first name", lambda: some("firsts"), MentorFilter),
    ("first and last name", lambda: f"{some('firsts')} {surname()}", MentorFilter),
    ("a specialty", lambda: some("specialties"), MentorFilter),
    ("its beginning", lambda: some("specialties")[:4], MentorFilter),
    ("two letters", lambda: some("stems")[:2], MentorFilter),
    ("a word of biographies", lambda: some("middles") + some("ends") + some("middles"), MentorFilter),
    ("a word of all", lambda: "accompagner", MentorFilter),
    ("name and specialty", lambda: f"{some('firsts')} {some('specialties')}", MentorFilter),
    ("a word, of a country", lambda: some("specialties"), lambda: MentorFilter(country=some("countries"))),
    ("not there", lambda: "introuvable", MentorFilter),
    ("a mistyped specialty", lambda: mistyped(some("specialties")), MentorFilter),
    ("a mistyped name", lambda: f"{some('firsts')} {mistyped(surname())}", MentorFilter),
)


def asked() -> list[Asked]:
    questions = [Asked("one mentor", LISTS_MS, lambda r: r.mentors.find(mentor_id=DICE.randint(1, 9999), viewer_id=ME))]
    for name, make in FILTERS:
        questions.append(Asked(f"list: {name}", LISTS_MS, _page(make)))
        questions.append(Asked(f"list: {name}, deep", LISTS_MS, _page(make, deep=True)))
    for name, say, make in SEARCHES:
        questions.append(Asked(f"search: {name}", SEARCH_MS, _search(say, make)))
    for name, make in FILTERS:
        questions.append(Asked(f"counts: {name}", SEARCH_MS, _counts(make, None)))
    for name, say, make in SEARCHES:
        questions.append(Asked(f"counts of a search: {name}", SEARCH_MS, _counts(make, say)))
    return questions


def _page(make: Filters, *, deep: bool = False) -> Callable[[Repositories], Awaitable[object]]:
    def call(repositories: Repositories) -> Awaitable[object]:
        place = MentorPlace(0, DICE.randint(0, 2), -DICE.randint(0, 63), some("stems").lower(), 1) if deep else None
        return repositories.mentors.page(make(), before=place, limit=PAGE)

    return call


def _search(say: Callable[[], str], make: Filters) -> Callable[[Repositories], Awaitable[Any]]:
    """As services.mentors does it: when nothing is found, for words that are like them."""

    async def call(repositories: Repositories) -> object:
        filters, q = make(), say()
        words = MentorWords(q, None, deep=len(q) > 2)
        if rows := await repositories.mentors.search(filters, words, before=None, limit=PAGE):
            return rows
        meant = await repositories.mentors.meant(q=q)
        return await repositories.mentors.search(filters, MentorWords(q, meant, deep=True), before=None, limit=PAGE)

    return call


def _counts(make: Filters, say: Callable[[], str] | None) -> Callable[[Repositories], Awaitable[object]]:
    def call(repositories: Repositories) -> Awaitable[object]:
        words = None if say is None else MentorWords(say(), None, deep=True)
        return repositories.mentors.counts(make(), words, letters=LETTERS)

    return call


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.mentors", description=__doc__)
    parser.add_argument("--mentors", type=int, default=100_000)
    parser.add_argument("--only", action="append", default=[], help="only what begins with this; may be said again")
    parser.add_argument("--folder", type=Path, default=Path("var/bench-mentors"))
    args = parser.parse_args()
    with own_cluster(args.folder) as url:
        migrate(url)
        with connected(url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM mentor_words")
            if cursor.fetchone() == (0,):
                cursor.execute("SET synchronous_commit = off")
                fill_directory(cursor, args.mentors, at_once=5_000)
        chosen = [one for one in asked() if not args.only or one.name.startswith(tuple(args.only))]
        return asyncio.run(measured(url, chosen))


if __name__ == "__main__":
    sys.exit(main())
