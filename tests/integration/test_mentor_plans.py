"""The directory with 20,000 mentors: whatever is asked of it touches few pages, and none of it reads the whole table."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from bench.data.mentors import fill_directory
from repositories.statements import load_queries
from tests.support.postgres import DatabaseServer

MENTORS = 20_000
QUERIES = load_queries()
ASKED: dict[str, Any] = {
    "country": None,
    "specialties": [],
    "languages": [],
    "availability": None,
    "before_kind": None,
    "before_rank": None,
    "before_merit": None,
    "before_name": None,
    "before_id": None,
    "q": None,
    "words": None,
    "deep": True,
    "limit": 51,
}
DEEP = {"before_rank": 1, "before_merit": -20, "before_name": "d", "before_id": 1000}


@pytest.fixture(scope="module")
def cursor(cluster: DatabaseServer) -> Iterator[Any]:
    with cluster.fresh_database() as database:
        connection = psycopg2.connect(cluster.admin_url(database.name))
        connection.autocommit = True
        with connection.cursor() as opened:
            fill_directory(opened, MENTORS)
            yield opened
        connection.close()


# What is asked, and how many pages of some 5,000 it may touch. A list walks the order of the directory to the end of its page,
# past those who do not fit; who is one of sixteen costs that many times more.
CASES: list[tuple[str, dict[str, Any], int]] = [
    ("list_mentors", {}, 300),
    ("list_mentors", {"country": "SN"}, 1800),
    ("list_mentors", {"country": "XX"}, 20),
    ("list_mentors", {"specialties": ["cardiologie"]}, 1800),
    ("list_mentors", {"country": "FR", "specialties": ["CARDIOLOGIE"], "languages": ["ar"]}, 400),
    # Who is asked for by what the order begins with is not looked for from its beginning.
    ("list_mentors", {"availability": "unavailable", "country": "FR"}, 800),
    ("list_mentors", {"availability": "unavailable", **DEEP}, 400),
    ("list_mentors", {"languages": ["fr"], **DEEP}, 400),
    ("search_mentors", {"q": "Karim"}, 1500),
    ("search_mentors", {"q": "ka", "deep": False}, 1500),
    ("search_mentors", {"q": "cardiologie"}, 1800),
    # In all profiles, and in none.
    ("search_mentors", {"q": "accompagner"}, 500),
    ("search_mentors", {"q": "xyzzy"}, 60),
    ("search_mentors", {"q": "karim cardio", "country": "SN"}, 900),
    ("search_mentors", {"q": "cardiologe", "words": ["cardiologe|cardiologie"], "country": "FR"}, 1800),
    ("meant_mentor_words", {"q": "cardiologe accomapgner"}, 600),
    ("find_mentor", {"mentor_id": 77, "viewer_id": 5}, 40),
]


@pytest.mark.parametrize(("name", "asked", "pages"), CASES, ids=[f"{name}-{n}" for n, (name, *_) in enumerate(CASES)])
def test_a_page_of_the_directory_touches_few_pages_of_the_table(
    cursor: Any, name: str, asked: dict[str, Any], pages: int
) -> None:
    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {QUERIES[name]}", {**ASKED, **asked})
    [explained] = cursor.fetchone()[0]
    plan = explained["Plan"]
    touched = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    scanned = {
        node["Relation Name"] for node in _nodes(plan) if node["Node Type"] == "Seq Scan" and node["Actual Loops"]
    }
    big = scanned & {"mentor_profiles", "users"}
    assert (big, touched <= pages) == (set(), True), f"{touched} pages: {json.dumps(plan)[:2000]}"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)
