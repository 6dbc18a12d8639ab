"""Asks the questions through the real repositories and keeps the time of each answer."""

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.data.questions import BUSY, SOME, Question, questions
from bench.data.target import connected, filled_with
from repositories.errors import StorageUnavailable
from repositories.unit_of_work import Database

TIMES = 100
WARM = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """Milliseconds, of all statements of one question together. `gave_up`: how many were stopped by the statement timeout."""

    name: str
    p50: float
    p99: float
    asked: int
    gave_up: int


def measure(url: str, names: Sequence[str] = ()) -> list[Answer]:
    chosen = [question for question in questions() if not names or any(name in question.name for name in names)]
    return asyncio.run(_measure(url, chosen))


async def _measure(url: str, chosen: Sequence[Question]) -> list[Answer]:
    seconds: list[float] = []
    database = Database(url=url, pool_size=1, patience=10.0, observe=lambda _, taken: seconds.append(taken))
    await database.open()
    try:
        return [await _answer(database, question, _rows(url, question), seconds) for question in chosen]
    finally:
        await database.close()


async def _answer(database: Database, question: Question, rows: list[Any], seconds: list[float]) -> Answer:
    taken, gave_up = [], 0
    for number in range(min(WARM, len(rows)) + len(rows)):
        row = rows[number % len(rows)]
        seconds.clear()
        try:
            async with database.reading() as repositories:
                await question.call(repositories, row)
        except StorageUnavailable:
            gave_up += 1
            if gave_up > 3:
                break
            continue
        if number >= min(WARM, len(rows)):
            taken.append(1000 * sum(seconds))
    taken = sorted(taken) or [float("inf")]
    return Answer(
        question.name,
        statistics.median(taken),
        taken[int(len(taken) * 0.99) - (len(taken) >= 100)],
        len(taken),
        gave_up,
    )


def _rows(url: str, question: Question) -> list[Any]:
    size = filled_with(url)
    assert size is not None
    skew = size.skew()
    of_busy, long = skew["busy"] * skew["busy_conversations"], max(1, size.messages // 1_000_000)
    with connected(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            question.sample.replace("{busy}", BUSY)
            .replace("{some}", SOME)
            .replace("{n}", str(TIMES))
            .replace("{long}", str(long))
            .replace("{of_busy}", str(of_busy))
        )
        return list(cursor.fetchall())
