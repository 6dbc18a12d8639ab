"""The forum's lists and searches look up what they need: on 20,000 questions no table is scanned, and few pages are touched.

`make bench-forum` measures them on a million.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from repositories.statements import load_queries
from tests.support.postgres import DatabaseServer, connected

BIG = {"users", "questions", "answers", "votes", "question_tags", "forum_search", "points", "point_totals", "reports"}
QUERIES = load_queries()
# Rules instead of dice. One question in three has the word "common", one in 2,000 a word of its own thousand; a tenth is open.
FILL = """
SET session_replication_role = replica;
INSERT INTO users (id, username, first_name, last_name, role)
SELECT g, 'u' || g, 'F' || g, 'L' || g, 'member' FROM generate_series(1, 5000) AS g;
INSERT INTO questions (id, author_id, title, body, tags, up_count, answer_count, activity_at) OVERRIDING SYSTEM VALUE
SELECT g, 1 + g % 5000, 'How do I manage case number ' || g, CASE g % 3 WHEN 0 THEN 'common ' ELSE '' END || 'word' || g % 2000,
       ARRAY['all', 'tag' || g % 500], g % 700, (g % 10 > 0)::integer, now() - make_interval(mins => g % 9000)
FROM generate_series(1, 20000) AS g;
INSERT INTO answers (id, question_id, author_id, body, change, up_count) OVERRIDING SYSTEM VALUE
SELECT g, 1 + g % 20000, 1 + g % 4999, 'word' || g % 2000, 2, g % 50 FROM generate_series(1, 40000) AS g;
INSERT INTO question_tags SELECT t.tag, q.id, q.score, q.activity_at, q.answer_count > 0
FROM questions q, unnest(q.tags) AS t (tag);
INSERT INTO forum_tags SELECT tag, count(*) FROM question_tags GROUP BY tag;
INSERT INTO forum_search SELECT id, 0, forum_words(id, title, tags, body) FROM questions;
INSERT INTO votes (question_id, voter_id, author_id, value) SELECT id, 1 + (id + 7) % 5000, author_id, 1 FROM questions;
INSERT INTO points (user_id, kind, amount, question_id, actor_id) SELECT author_id, 'question_upvoted', 5, id, 7 FROM questions;
INSERT INTO point_totals SELECT id, '-infinity', id % 900 FROM users;
INSERT INTO reports (question_id, reporter_id, reason) SELECT id, 5, 'spam' FROM questions WHERE id % 4 = 0;
RESET session_replication_role;
VACUUM (ANALYZE)"""
VIEWED: dict[str, Any] = {"viewer_id": 77, "limit": 51}
PLACE: dict[str, Any] = {
    "newest": {},
    "votes": {"before_score": 333},
    "activity": {"before_at": "2026-01-01T00:00:00Z"},
}
FIRST: dict[str, Any] = {"newest": {}, "votes": {"before_score": None}, "activity": {"before_at": None}}
Hot = tuple[str, dict[str, Any], int]


def lists() -> Iterator[Hot]:
    for sort in ("newest", "votes", "activity"):
        for open_only in (False, True):
            for where, before in ((FIRST, None), (PLACE, 9999)):
                asked = {**VIEWED, **where[sort], "before_id": before, "open_only": open_only}
                yield f"list_questions_{sort}", {**asked, "author_id": None, "tag": None}, 800
                yield f"list_questions_{sort}", {**asked, "author_id": 77, "tag": None}, 200
                yield f"list_questions_{sort}", {**asked, "author_id": 77, "tag": "all"}, 200
                yield f"list_tagged_{sort}", {**asked, "tag": "all"}, 800
                yield f"list_tagged_{sort}", {**asked, "tag": "tag7"}, 600


def search(q: str, pages: int, **more: Any) -> Hot:
    asked = {"q": q, "author_id": None, "tag": None, "open_only": False, "most": 300, "before_rank": None}
    return "search_questions", {**VIEWED, **asked, "before_id": None, "limit": 21, **more}, pages


HOT: list[Hot] = [
    *lists(),
    (
        "list_answers_votes",
        {**VIEWED, "question_id": 7, "before_accepted": False, "before_score": None, "before_id": None},
        60,
    ),
    ("list_answers_newest", {**VIEWED, "question_id": 7, "before_id": None}, 60),
    ("list_answers_oldest", {**VIEWED, "question_id": 7, "before_id": 1}, 60),
    ("find_question", {"question_id": 7, "viewer_id": 77}, 20),
    ("find_answer", {"answer_id": 7, "viewer_id": 77}, 20),
    ("list_points", {"user_id": 77, "before": None, "limit": 51}, 60),
    ("list_leaders", {"of_month": False, "before_points": 500, "before_id": 700, "limit": 51}, 300),
    ("find_standing_of_points", {"user_id": 800, "of_month": False, "most": 1000}, 3500),
    ("list_reports", {"report_id": None, "settled": False, "before": 4000, "limit": 51}, 600),
    search("word77", 800),
    search("common", 4000),
    search("common", 4000, tag="tag7"),
    search("nowhere", 300),
    ("list_similar_questions", {"title": "manage case word77", "most": 150, "limit": 5}, 3000),
]


@pytest.fixture(scope="module")
def cursor(cluster: DatabaseServer) -> Iterator[Any]:
    with cluster.fresh_database() as database, connected(cluster.admin_url(database.name)) as opened:
        for statement in FILL.split(";"):
            opened.execute(statement)
        yield opened


def test_no_list_scans_a_table(cursor: Any) -> None:
    wrong = []
    for name, asked, pages in HOT:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {QUERIES[name]}", asked)
        plan = cursor.fetchone()[0][0]["Plan"]
        scanned = {node["Relation Name"] for node in _nodes(plan) if node["Node Type"] == "Seq Scan"}
        touched = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        if scanned & BIG or touched > pages:
            wrong.append((name, asked, sorted(scanned & BIG), touched, json.dumps(plan)[:500]))
    assert wrong == []


def test_what_is_inside_of_the_functions_scans_nothing_either(cursor: Any) -> None:
    before = _scans(cursor)
    for _ in range(8):
        for name, asked, _pages in HOT:
            if "search" in name or "similar" in name:
                cursor.execute(QUERIES[name], asked)
        cursor.execute(
            QUERIES["settle_points"], {"question_id": 7, "actor_id": 9, "kinds": ["accepting"], "amounts": [2]}
        )
    assert _scans(cursor) == before


def _scans(cursor: Any) -> dict[str, int]:
    cursor.execute("SELECT pg_stat_force_next_flush()")
    cursor.execute("SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname = ANY (%s)", (sorted(BIG),))
    return dict(cursor.fetchall())


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)
