"""`python -m bench.forum`: a million questions, and how long lists, searches and votes on them take.

The time is that of the repositories' own statements. The set stays in its folder for the next run.
"""

import argparse
import itertools
import random
import sys
import time
from pathlib import Path
from typing import Any

from bench.data.target import connected, own_cluster
from bench.forum_questions import measure
from server.postgres.migrations import migrate

VOCABULARY, HALF, SLICE = 20_000, 8_192, 50_000
SYLLABLES = "ba ce di fo gu la me ni po ra se ti cha dre fla gri plo tra mon ver".split()  # noqa: SIM905  # as one reads it
# In a third of the texts of the first half, of the second half, and of all.
OLD_WORD, NEW_WORD, COMMON_WORD = "ancienterme", "nouveauterme", "partoutterme"
PEOPLE = """
INSERT INTO users (id, username, first_name, last_name, role)
SELECT g, 'u' || g, 'First' || g, 'Last' || g, CASE g % 50 WHEN 0 THEN 'mentor' ELSE 'member' END
FROM generate_series(1, 100000) AS g;
CREATE TABLE bench_pool (n integer PRIMARY KEY, title text, body text, tags text[], words tsvector)"""
POOLED = """
INSERT INTO bench_pool SELECT n, t, b, g::text[], ts_delete(forum_words(0, t, g::text[], b), '#0')
FROM unnest(%s::integer[], %s::text[], %s::text[], %s::text[]) AS p (n, t, b, g)"""
# The first thousand ask as much as all others together.
QUESTIONS = """
WITH made AS (
    INSERT INTO questions (id, author_id, title, body, tags, up_count, down_count, answer_count, activity_at, created_at)
    OVERRIDING SYSTEM VALUE
    SELECT g, CASE WHEN g %% 2 = 0 THEN 1 + g %% 1000 ELSE 1 + (hashint8(g)::bigint & 65535) END, p.title, p.body, p.tags,
           (hashint8(g) & 1023) * (hashint8(g + 1) & 1023) / 20000, hashint8(g + 2) & 3, (g %% 10 < 3)::integer,
           now() - make_interval(secs => (%(all)s - g) * 60 - (hashint8(g) & 65535) * 60),
           now() - make_interval(secs => (%(all)s - g) * 60)
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS g
    JOIN bench_pool p ON p.n = (g * 2 / (%(all)s + 1)) * %(half)s + (hashint8(g + 3)::bigint & (%(half)s - 1))
    RETURNING id
)
INSERT INTO forum_search (question_id, answer_id, words)
SELECT g, 0, p.words || array_to_tsvector(ARRAY[forum_block(g)])
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS g
JOIN bench_pool p ON p.n = (g * 2 / (%(all)s + 1)) * %(half)s + (hashint8(g + 3)::bigint & (%(half)s - 1))"""
ANSWERS = """
WITH made AS (
    INSERT INTO answers (id, question_id, author_id, body, change) OVERRIDING SYSTEM VALUE
    SELECT g, g, 1 + (hashint8(g + 9)::bigint & 65535), p.body, 2
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS g
    JOIN bench_pool p ON p.n = hashint8(g + 5)::bigint & (%(half)s - 1)
    WHERE g %% 10 < 3
)
INSERT INTO forum_search (question_id, answer_id, words)
SELECT g, g, p.words || array_to_tsvector(ARRAY[forum_block(g)])
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS g
    JOIN bench_pool p ON p.n = hashint8(g + 5)::bigint & (%(half)s - 1)
WHERE g %% 10 < 3"""
AFTER = (
    """INSERT INTO question_tags SELECT t.tag, q.id, q.score, q.activity_at, q.answer_count > 0
       FROM questions q, unnest(q.tags) AS t (tag) ON CONFLICT DO NOTHING""",
    "INSERT INTO forum_tags SELECT tag, count(*) FROM question_tags GROUP BY tag ON CONFLICT DO NOTHING",
    "INSERT INTO point_totals SELECT id, '-infinity', hashint8(id) & 4095 FROM users ON CONFLICT DO NOTHING",
    "SELECT setval('questions_id_seq', (SELECT max(id) FROM questions))",
    "SELECT setval('answers_id_seq', (SELECT max(id) FROM answers))",
)
DROPPED = ("questions", "answers", "question_tags", "forum_search")


def vocabulary() -> list[str]:
    dice = random.Random(1)
    return ["".join(dice.choices(SYLLABLES, k=dice.randint(2, 5))) for _ in range(VOCABULARY)]


def fill(url: str, questions: int, seconds: float) -> bool:
    """Goes on where the last run ended; False when the time was over before."""
    ends = time.monotonic() + seconds
    with connected(url) as connection, connection.cursor() as cursor:
        for setting in ("synchronous_commit = off", "maintenance_work_mem = '512MB'", "statement_timeout = 0"):
            cursor.execute(f"SET {setting}")
        cursor.execute(
            "SET session_replication_role = replica"
        )  # neither triggers nor foreign keys: all of it agrees already
        cursor.execute("SELECT to_regclass('bench_pool')")
        if cursor.fetchone() == (None,):
            _begin(cursor)
        for first in range(_next(cursor), questions + 1, SLICE):
            if time.monotonic() > ends:
                return False
            last = min(first + SLICE - 1, questions)
            asked = {"first": first, "last": last, "all": questions, "half": HALF}
            cursor.execute(QUESTIONS, asked)
            cursor.execute(ANSWERS, asked)
            print(f"  {last:,} questions", flush=True)
        cursor.execute("SELECT n, statement FROM bench_steps WHERE NOT made ORDER BY n")
        for number, statement in cursor.fetchall():
            if time.monotonic() > ends:
                return False
            cursor.execute(statement)
            cursor.execute("UPDATE bench_steps SET made = true WHERE n = %s", (number,))
            print(f"  {statement[:90]}", flush=True)
    return True


def _begin(cursor: Any) -> None:
    """People, the pool of texts, and tables without the indexes that are made faster after."""
    cursor.execute(PEOPLE)
    words, weights = vocabulary(), list(itertools.accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
    dice = random.Random(2)
    rows: list[tuple[int, str, str, str]] = []
    for number in range(2 * HALF):
        said = dice.choices(words, cum_weights=weights, k=45)
        if dice.random() < 0.33:
            said[9] = OLD_WORD if number < HALF else NEW_WORD
        if dice.random() < 0.33:
            said[10] = COMMON_WORD
        tags = sorted({f"tag{int(dice.paretovariate(0.4)) % 3000}" for _ in range(3)})
        rows.append((number, " ".join(said[:8])[:200].ljust(10, "x"), " ".join(said[8:]), "{" + ",".join(tags) + "}"))
    cursor.execute(POOLED, [list(column) for column in zip(*rows, strict=True)])
    cursor.execute("CREATE TABLE bench_steps (n serial, statement text, made boolean NOT NULL DEFAULT false)")
    cursor.execute(
        "SELECT x.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid"
        " JOIN pg_class r ON r.oid = i.indrelid WHERE r.relname = ANY (%s)"
        " AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)",
        (list(DROPPED),),
    )
    indexes = cursor.fetchall()
    for statement in (*AFTER, *(definition for _, definition in indexes), "VACUUM (ANALYZE)"):
        cursor.execute("INSERT INTO bench_steps (statement) VALUES (%s)", (statement,))
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")


def _next(cursor: Any) -> int:
    cursor.execute("SELECT COALESCE(max(id), 0) + 1 FROM questions")
    return int(cursor.fetchone()[0])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.forum", description=__doc__)
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument(
        "--only", action="append", default=[], help="only questions that begin with this; may be said again"
    )
    parser.add_argument("--folder", type=Path, default=Path("var/bench-forum"))
    parser.add_argument("--seconds", type=float, default=1e9, help="stop filling after so long; the next run goes on")
    args = parser.parse_args()
    with own_cluster(args.folder) as url:
        migrate(url)
        if not fill(url, args.questions, args.seconds):
            print("Not done yet; run it again.")
            return 2
        return measure(url, rare=vocabulary()[3000:4000], common=[COMMON_WORD, NEW_WORD, OLD_WORD], only=args.only)


if __name__ == "__main__":
    sys.exit(main())
