"""Rules of conversations that a trigger holds: the same rows are refused, under the same names, as by the CHECKs before."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repositories.messages import APPEND, Draft, append_parameters, appended_from
from repositories.statements import load_queries
from server.postgres.migrations import FOLDER, migrate
from tests.support.postgres import DatabaseServer, ScratchDatabase, connected

MOVED = {
    "conversations_context_when_contextual",
    "conversations_context_whole",
    "conversations_emptied_last",
    "conversations_key_unless_shredded",
    "conversations_kind_known",
    "conversations_shredded_closed",
    "conversations_two_people",
}
# What decides, and NULL where the rules must not care: the tables of these tests allow it in every column.
VALUES: dict[str, list[Any]] = {
    "kind": ["care", "contextual", "mentoring", "group", None],
    "first_user_id": [1, 2, None],
    "second_user_id": [1, 2, None],
    "context_type": ["exam", None],
    "context_id": ["x", None],
    "status": ["active", "archived", "closed", None],
    "key_id": ["k", "", None],
    "data_key": [b"k", b"", None],
    "shredded_at": ["2026-01-02", None],
    "emptied_at": ["2026-01-03", None],
}
PEOPLED = """
INSERT INTO users (username, first_name, last_name, role) VALUES ('p', 'P', 'P', 'patient'), ('d', 'D', 'D', 'medecin');
INSERT INTO contexts (type, external_id, version, patient_id, doctor_id, title, title_key, key_id, data_key)
VALUES ('exam', 'x', 1, 1, 2, 't', gen_random_uuid(), 'k', 'k')"""
# Only the rules shall speak: not what the columns ask besides, and not a foreign key, which used to speak after a CHECK.
NOTHING_ELSE = "ALTER TABLE conversations DROP CONSTRAINT conversations_context_fkey, " + ", ".join(
    f"ALTER {column} DROP NOT NULL" for column in VALUES
)
CARE = {"kind": "care", "first_user_id": 1, "second_user_id": 2, "key_id": "k", "data_key": b"k"}
EXAM = {**CARE, "kind": "contextual", "context_type": "exam", "context_id": "x"}
SHREDDED = {**CARE, "status": "closed", "key_id": "", "data_key": b"", "shredded_at": "2026-01-02"}
# A row that stands, what is done to it, and what says no.
BREACHES = [
    (CARE, {"kind": "contextual"}, "conversations_context_when_contextual"),
    (EXAM, {"kind": "mentoring"}, "conversations_context_when_contextual"),
    (EXAM, {"context_type": None, "context_id": None}, "conversations_context_when_contextual"),
    (EXAM, {"context_id": None}, "conversations_context_whole"),
    (CARE, {"context_id": "x"}, "conversations_context_whole"),
    (CARE, {"emptied_at": "2026-01-03"}, "conversations_emptied_last"),
    (CARE, {"key_id": ""}, "conversations_key_unless_shredded"),
    (CARE, {"data_key": b""}, "conversations_key_unless_shredded"),
    (CARE, {"status": "closed", "shredded_at": "2026-01-02"}, "conversations_key_unless_shredded"),
    (SHREDDED, {"key_id": "k", "data_key": b"k"}, "conversations_key_unless_shredded"),
    (SHREDDED, {"shredded_at": None}, "conversations_key_unless_shredded"),
    (CARE, {"kind": "group"}, "conversations_kind_known"),
    (SHREDDED, {"status": "active"}, "conversations_shredded_closed"),
    (CARE, {"shredded_at": "2026-01-02", "key_id": "", "data_key": b""}, "conversations_shredded_closed"),
    (CARE, {"second_user_id": 1}, "conversations_two_people"),
    (CARE, {"first_user_id": 2}, "conversations_two_people"),
]


def insert(row: dict[str, Any]) -> str:
    values = ", ".join(f"%({column})s" for column in row)
    return f"INSERT INTO conversations ({', '.join(row)}) VALUES ({values})"  # noqa: S608  # columns named above


def update(changes: dict[str, Any]) -> str:
    return f"UPDATE conversations SET {', '.join(f'{column} = %({column})s' for column in changes)}"  # noqa: S608  # columns named above


@contextmanager
def undone(cursor: Any) -> Iterator[None]:
    cursor.execute("BEGIN")
    try:
        yield
    finally:
        cursor.execute("ROLLBACK")


def verdict(cursor: Any, statement: str, row: dict[str, Any]) -> tuple[str | None, ...]:
    """All that a program may look at when it is told no."""
    try:
        cursor.execute(statement, row)
    except psycopg2.IntegrityError as error:
        said = error.diag
        return (said.sqlstate, said.constraint_name, said.table_name, said.schema_name, said.message_primary)
    return ()


@pytest.fixture
def migrated(cluster: DatabaseServer) -> Iterator[ScratchDatabase]:
    with cluster.fresh_database() as database:
        yield database


@pytest.fixture
def owner(migrated: ScratchDatabase) -> Iterator[Any]:
    with connected(migrated.owner_url) as cursor:
        cursor.execute(PEOPLED)
        yield cursor


@pytest.fixture(scope="module")
def before(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """As migration 0028 left it."""
    folder = Path(shutil.copytree(FOLDER, tmp_path_factory.mktemp("before") / "sql"))
    for path in (folder / "migrations").glob("*.sql"):
        if int(path.name[:4]) > 28:
            path.unlink()
    with cluster.fresh_database(template="template0") as database, connected(database.owner_url) as cursor:
        migrate(database.owner_url, folder=folder)
        cursor.execute(f"{PEOPLED}; {NOTHING_ELSE}")
        yield cursor


@pytest.fixture(scope="module")
def now(cluster: DatabaseServer) -> Iterator[Any]:
    with cluster.fresh_database() as database, connected(database.owner_url) as cursor:
        cursor.execute(f"{PEOPLED}; {NOTHING_ELSE}")
        yield cursor


def test_every_combination_breaks_the_rule_that_it_broke_as_checks(before: Any, now: Any) -> None:
    """26,000 rows, judged by the CHECKs' own text."""
    before.execute(
        "SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint"
        " WHERE conrelid = 'conversations'::regclass AND contype = 'c' AND conname = ANY (%s) ORDER BY conname",
        (sorted(MOVED),),
    )
    checks = before.fetchall()
    then = " ".join(f"WHEN NOT ({rule}) THEN '{name}'" for name, rule in checks)
    every = " CROSS JOIN ".join(f"unnest(%({column})s) AS {column}" for column in VALUES)
    casts = {"data_key": "bytea", "shredded_at": "timestamptz", "emptied_at": "timestamptz"}
    columns = ", ".join(f"{column}::{casts.get(column, '')}" if column in casts else column for column in VALUES)
    now.execute(
        f"SELECT judged.then, judged.now, count(*) FROM (SELECT CASE {then} END AS then,"  # noqa: S608  # rules of our own
        " broken_rule(jsonb_populate_record(NULL::conversations, to_jsonb(r))) AS now"
        f" FROM (SELECT {columns} FROM {every}) r) judged GROUP BY 1, 2",
        VALUES,
    )
    seen = now.fetchall()
    assert [(then, now) for then, now, _ in seen if then != now] == []
    assert {then for then, _, _ in seen} == MOVED | {None}
    assert sum(count for _, _, count in seen) == 5 * 3 * 3 * 2 * 2 * 4 * 3 * 3 * 2 * 2


ROWS = st.fixed_dictionaries({column: st.sampled_from(values) for column, values in VALUES.items()})
CHANGES = st.fixed_dictionaries({}, optional={column: st.sampled_from(values) for column, values in VALUES.items()})


@settings(max_examples=300)
@given(row=ROWS, standing=st.sampled_from([CARE, EXAM, SHREDDED]), changes=CHANGES.filter(bool))
def test_statements_get_the_answer_that_checks_gave(
    before: Any, now: Any, row: dict[str, Any], standing: dict[str, Any], changes: dict[str, Any]
) -> None:
    answers = []
    for cursor in (before, now):
        with undone(cursor):
            inserted = verdict(cursor, insert(row), row)
        with undone(cursor):
            cursor.execute(insert(standing), standing)
            answers.append((inserted, verdict(cursor, update(changes), changes)))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(("row", "changes", "rule"), BREACHES)
def test_a_row_that_breaks_a_rule_is_refused_in_the_words_of_a_check(
    owner: Any, row: dict[str, Any], changes: dict[str, Any], rule: str
) -> None:
    message = f'new row for relation "conversations" violates check constraint "{rule}"'
    refused = ("23514", rule, "conversations", "public", message)
    # What has no context need not be looked for among contexts, which has the first word else.
    owner.execute("ALTER TABLE conversations DROP CONSTRAINT conversations_context_fkey")
    assert verdict(owner, insert(row | changes), row | changes) == refused
    owner.execute(insert(row), row)
    assert verdict(owner, update(changes), changes) == refused


def test_each_moved_rule_is_broken_above() -> None:
    assert {rule for _, _, rule in BREACHES} == MOVED


def test_what_a_row_holds_is_not_told(owner: Any) -> None:
    """A CHECK did, and its text had to be cut out of logs."""
    with pytest.raises(psycopg2.errors.CheckViolation) as refusal:
        owner.execute(insert(CARE | {"kind": "group"}), CARE | {"kind": "group"})
    assert refusal.value.diag.message_detail is None


# -- what fires it


def test_the_triggers_fire_for_every_column_that_the_rules_read(owner: Any) -> None:
    """And nothing that runs before them may change these columns unseen: there are no others on this table."""
    owner.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'conversations'::regclass AND NOT tgisinternal ORDER BY 1"
    )
    assert owner.fetchall() == [("conversations_rules",), ("conversations_rules_of_status",)]
    owner.execute(
        "SELECT DISTINCT a.attname FROM pg_depend d"
        " JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND a.attnum > 0"
        " WHERE d.classid = 'pg_proc'::regclass AND d.objid = 'broken_rule'::regproc AND d.refclassid = 'pg_class'::regclass"
    )
    read = {name for (name,) in owner.fetchall()}
    owner.execute(
        "SELECT DISTINCT a.attname FROM pg_trigger t"
        " JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr)"
        " WHERE t.tgrelid = 'conversations'::regclass AND NOT t.tgisinternal"
    )
    assert read == {name for (name,) in owner.fetchall()} == set(VALUES)


@pytest.mark.parametrize("together", [1, 3])
def test_a_send_asks_no_rule_but_the_checks(cluster: DatabaseServer, migrated: ScratchDatabase, together: int) -> None:
    with connected(cluster.admin_url(migrated.name)) as cursor:
        cursor.execute(PEOPLED + "; SET track_functions = 'pl'")
        cursor.execute("INSERT INTO care_links (patient_id, doctor_id) VALUES (1, 2)")
        with undone(cursor):
            cursor.execute(insert(CARE), CARE)
            assert _asked(cursor) == 1
            cursor.execute("SELECT id FROM conversations")
            [(conversation,)] = cursor.fetchall()
            cursor.execute(
                "INSERT INTO participants (conversation_id, user_id) VALUES (%s, 1), (%s, 2)", [conversation] * 2
            )
            cursor.execute("UPDATE conversations SET status = 'archived'")
            cursor.execute(load_queries()[APPEND], append_parameters(_drafts(conversation, together)))
            assert [appended_from(row).verdict for row in cursor.fetchall()] == ["stored"] * together
            cursor.execute("SELECT status, last_seq FROM conversations")
            assert cursor.fetchall() == [("active", together)]
            assert _asked(cursor) == 1
            cursor.execute("UPDATE conversations SET key_id = 'other'")
            assert _asked(cursor) == 2


def _asked(cursor: Any) -> int:
    cursor.execute("SELECT calls FROM pg_stat_xact_user_functions WHERE funcname = 'refuse_broken_conversation'")
    [(calls,)] = cursor.fetchall()
    return int(calls)


def _drafts(conversation: int, count: int) -> list[Draft]:
    return [
        Draft(conversation, 1, uuid4().bytes, uuid4(), "text", b"sealed", False, False, None, None)
        for _ in range(count)
    ]


# -- who cannot get around it


@pytest.mark.parametrize(
    "command",
    [
        "ALTER TABLE conversations DISABLE TRIGGER conversations_rules",
        "ALTER TABLE conversations DISABLE TRIGGER USER",
        "DROP TRIGGER conversations_rules ON conversations",
        "CREATE OR REPLACE FUNCTION broken_rule(c conversations) RETURNS text LANGUAGE sql RETURN NULL::text",
        "SET session_replication_role = replica",
    ],
)
def test_the_server_cannot_switch_the_rules_off(migrated: ScratchDatabase, command: str) -> None:
    with connected(migrated.server_url) as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(command)


def test_the_rules_hold_for_the_server_with_whatever_search_path(owner: Any, migrated: ScratchDatabase) -> None:
    with connected(migrated.server_url) as cursor:
        cursor.execute("SET search_path = ''")
        for row, answer in ((CARE, None), (CARE | {"second_user_id": 1}, "conversations_two_people")):
            said = verdict(cursor, insert(row).replace(" conversations", " public.conversations"), row)
            assert (said or (None, None))[1] == answer


def test_replication_does_not_pass_the_rules_over(
    cluster: DatabaseServer, owner: Any, migrated: ScratchDatabase
) -> None:
    owner.execute(insert(SHREDDED), SHREDDED)
    with connected(cluster.admin_url(migrated.name)) as cursor:
        cursor.execute("SET session_replication_role = replica")
        for changes in ({"kind": "group"}, {"status": "active"}):
            assert verdict(cursor, update(changes), changes)[0] == "23514"
