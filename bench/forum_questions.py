"""What is asked of the big forum, and how long it takes."""

import asyncio
import random
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.data.target import connected
from bench.search import Busy
from repositories.answers import AnswerPosition
from repositories.errors import StorageUnavailable
from repositories.questions import QuestionFilter, QuestionPosition
from repositories.repositories import Repositories
from repositories.unit_of_work import Database

TIMES, WARM, PAGE = 100, 10, 51
LISTS_MS, SEARCH_MS = 10.0, 50.0
ME = 77
DICE = random.Random(3)


@dataclass(frozen=True, slots=True)
class Asked:
    name: str
    goal: float
    call: Callable[[Repositories], Awaitable[object]]


def measure(url: str, *, rare: Sequence[str], common: Sequence[str], only: Sequence[str] = ()) -> int:
    """Prints a table; 1 when a goal was missed."""
    with connected(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id, score, activity_at FROM questions ORDER BY hashint8(id) LIMIT 500")
        places = [QuestionPosition(*row) for row in cursor.fetchall()]
        cursor.execute("SELECT tag FROM forum_tags ORDER BY questions DESC LIMIT 400")
        tags = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT title FROM questions ORDER BY hashint8(id + 1) LIMIT 300")
        titles = [row[0] for row in cursor.fetchall()]
    asked = _asked(places, tags, titles, rare, common)
    chosen = [one for one in asked if not only or one.name.startswith(tuple(only))]
    return asyncio.run(measured(url, chosen))


async def measured(url: str, asked: Sequence[Asked]) -> int:
    """Prints a table; 1 when a goal was missed. CPU: of this process and its backend, whoever else is on the machine."""
    seconds: list[float] = []
    database = Database(url=url, pool_size=1, patience=10.0, observe=lambda _, taken: seconds.append(taken))
    await database.open()
    table, missed = Table("question", "p50 ms", "p99 ms", "CPU p99 ms", "goal"), 0
    try:
        busy = await _busy(database, url)
        for question in asked:
            taken, worked = list[float](), list[float]()
            for _ in range(WARM + TIMES):
                seconds.clear()
                before = busy()
                try:
                    async with database.reading() as repositories:
                        await question.call(repositories)
                    worked.append(busy() - before)
                except StorageUnavailable:  # stopped by the statement timeout
                    seconds.append(float("inf"))
                    worked.append(float("inf"))
                    busy = await _busy(database, url)
                taken.append(1000 * sum(seconds))
            p99 = _p99(taken)
            missed += p99 > question.goal
            met = "met" if p99 <= question.goal else "MISSED"
            times = (statistics.median(taken[WARM:]), p99, _p99(worked))
            table.add_row(question.name, *(f"{time:.2f}" for time in times), f"{question.goal:.0f} {met}")
    finally:
        await database.close()
    Console(highlight=False, width=110).print(table)
    return 1 if missed else 0


async def _busy(database: Database, url: str) -> Busy:
    """Of the one connection, which is made here if it is not there."""
    async with database.reading() as repositories:
        await repositories.questions.tags(beginning="", limit=1)
    return Busy(url)


def _p99(figures: Sequence[float]) -> float:
    return sorted(figures[WARM:])[int(TIMES * 0.99) - 1]


def _asked(
    places: Sequence[QuestionPosition],
    tags: Sequence[str],
    titles: Sequence[str],
    rare: Sequence[str],
    common: Sequence[str],
) -> list[Asked]:
    asked: list[Asked] = []
    for sort in ("newest", "votes", "activity"):
        for name, make in _filters(tags):
            for where, deep in (("", False), (", deep", True)):
                asked.append(Asked(f"{sort}{name}{where}", LISTS_MS, _page(sort, make, places if deep else ())))
    asked += [
        Asked("answers by votes", LISTS_MS, lambda r: _answers(r, DICE.choice(places).id, None)),
        Asked("one question", LISTS_MS, lambda r: r.questions.find(question_id=DICE.choice(places).id, viewer_id=ME)),
        Asked("tags, most used", LISTS_MS, lambda r: r.questions.tags(beginning="", limit=20)),
        Asked("tags, by beginning", LISTS_MS, lambda r: r.questions.tags(beginning=DICE.choice(tags)[:4], limit=20)),
        Asked("leaderboard", LISTS_MS, lambda r: r.points.leaders(of_month=False, before=None, limit=21)),
        Asked(
            "one's rank",
            LISTS_MS,
            lambda r: r.points.standing(user_id=DICE.randint(1, 9999), of_month=False, most=1_000),
        ),
    ]
    words: list[tuple[str, Callable[[], str]]] = [
        ("a word", lambda: DICE.choice(rare)),
        ("two words", lambda: f"{DICE.choice(rare)} {DICE.choice(common)}"),
        ("in a third, everywhere", lambda: common[0]),
        ("in a third, new", lambda: common[1]),
        ("in a third, long ago", lambda: common[2]),
        ("two that are common", lambda: f"{common[0]} {common[1]}"),
        ("two that are common, never together", lambda: f"{common[1]} {common[2]}"),
        ("not there", lambda: "introuvable"),
        ("or", lambda: f"{DICE.choice(rare)} or {common[0]}"),
        ("without", lambda: f"{common[0]} -{DICE.choice(rare)}"),
        ("a phrase", lambda: '"' + " ".join(DICE.choice(titles).split()[:2]) + '"'),
    ]
    for name, make_q in words:
        asked.append(Asked(f"search: {name}", SEARCH_MS, _search(make_q, QuestionFilter)))
    asked.append(
        Asked(
            "search: common, of a tag",
            SEARCH_MS,
            _search(lambda: common[0], lambda: QuestionFilter(tag=DICE.choice(tags))),
        )
    )
    asked.append(
        Asked(
            "search: common, mine",
            SEARCH_MS,
            _search(lambda: common[0], lambda: QuestionFilter(author_id=DICE.randint(1, 60_000))),
        )
    )
    asked.append(
        Asked("similar: a title", SEARCH_MS, lambda r: r.forum_search.similar(title=DICE.choice(titles), limit=5))
    )
    asked.append(
        Asked(
            "similar: its beginning",
            SEARCH_MS,
            lambda r: r.forum_search.similar(title=DICE.choice(titles)[:20], limit=5),
        )
    )
    return asked


def _filters(tags: Sequence[str]) -> list[tuple[str, Callable[[], QuestionFilter]]]:
    return [
        ("", QuestionFilter),
        (", unanswered", lambda: QuestionFilter(open_only=True)),
        (", of a tag", lambda: QuestionFilter(tag=DICE.choice(tags))),
        (", of the most used tag", lambda: QuestionFilter(tag=tags[0])),
        (", of a tag, unanswered", lambda: QuestionFilter(tag=DICE.choice(tags), open_only=True)),
        (", mine", lambda: QuestionFilter(author_id=DICE.randint(1001, 60_000))),
        (", mine who ask much", lambda: QuestionFilter(author_id=DICE.randint(1, 500) * 2 + 1)),
        (", mine, of a tag", lambda: QuestionFilter(author_id=DICE.randint(1, 500) * 2 + 1, tag=DICE.choice(tags))),
    ]


def _page(
    sort: str, make: Callable[[], QuestionFilter], places: Sequence[QuestionPosition]
) -> Callable[[Repositories], Awaitable[object]]:
    def call(repositories: Repositories) -> Awaitable[object]:
        before = DICE.choice(places) if places else None
        return repositories.questions.page(viewer_id=ME, filters=make(), sort=sort, before=before, limit=PAGE)

    return call


def _answers(repositories: Repositories, question_id: int, before: AnswerPosition | None) -> Awaitable[object]:
    return repositories.answers.page(question_id=question_id, viewer_id=ME, sort="votes", before=before, limit=PAGE)


def _search(make_q: Callable[[], str], make: Callable[[], QuestionFilter]) -> Callable[[Repositories], Awaitable[Any]]:
    def call(repositories: Repositories) -> Awaitable[Any]:
        return repositories.forum_search.search(viewer_id=ME, q=make_q(), filters=make(), before=None, limit=21)

    return call
