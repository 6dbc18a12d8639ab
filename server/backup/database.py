"""What is in a database: dumped, restored, and what only the tables' owner can look at or set."""

import re
from pathlib import Path
from typing import Any

import psycopg2

from server.backup.contents import BackupError
from server.backup.programs import connection, replay, run
from server.postgres.migrations import applied_version, load
from services.epoch import ENTRY, new_epoch

WRONG_SHOWN = 20
_MIGRATION = re.compile(rb"^(\d+)\t\w+\t[0-9a-f]{64}\t", re.MULTILINE)
_WRONG = """
SELECT c.id FROM conversations c
LEFT JOIN LATERAL (
    SELECT count(*) AS number, max(m.seq) AS seq, max(GREATEST(m.change, m.reacted_change)) AS change,
           count(*) FILTER (WHERE m.deleted_at IS NULL) AS living
    FROM messages m WHERE m.conversation_id = c.id
) m ON true
WHERE c.last_seq <> COALESCE(m.seq, 0) OR c.last_seq <> m.number OR c.last_change < COALESCE(m.change, 0)
   OR c.message_count <> m.living
   OR EXISTS (
       SELECT FROM participants p
       WHERE p.conversation_id = c.id
         AND (p.delivered_seq > c.last_seq OR p.read_seq > p.delivered_seq
              OR p.left_at IS NULL AND p.unread <> (
                  SELECT count(*) FROM messages u
                  WHERE u.conversation_id = c.id AND u.seq > p.read_seq AND u.deleted_at IS NULL AND u.sender_id <> p.user_id)))
ORDER BY c.id LIMIT %s
"""
_BROKEN = "SELECT c.id, broken_rule(c) FROM conversations c WHERE broken_rule(c) IS NOT NULL ORDER BY c.id LIMIT %s"


def dump(url: str, file: Path) -> None:
    """Raises BackupError."""
    place, environment = connection(url)
    run("pg_dump", "--format=custom", f"--file={file}", place, environment=environment)


def check_fits(url: str, file: Path) -> None:
    """Whether `file` can be restored there, by this code. Raises BackupError, MigrationError."""
    there = applied_version(url)
    if there and _first("SELECT FROM users LIMIT %s", url):
        raise BackupError("There are people in this database. Restore into an empty one: nothing was changed.")
    kept, ours = _version_in(file), load()[-1].version
    if kept > ours:
        raise BackupError(
            f"The backup is at migration {kept:04d}, newer than this code's {ours:04d}. "
            "Restore it with a Colloque at least as new: nothing was changed."
        )
    # pg_restore replaces what the backup has. What only another schema has would stay, and be in its way.
    if there not in (0, kept):
        raise BackupError(
            f"This database is at migration {there:04d} already, the backup at {kept:04d}. "
            "Restore into one that was made just now (embedded: into an empty DATA_DIR): nothing was changed."
        )


def restore(url: str, file: Path) -> None:
    """All or nothing: half a database has people, but not all of its rules, and neither serves nor can be restored into.

    Raises BackupError.
    """
    place, environment = connection(url)
    replay(file, place, environment=environment)


def _version_in(file: Path) -> int:
    """Rows of schema_migrations, as COPY has them."""
    text = run("pg_restore", "--data-only", "--table=schema_migrations", "--file=-", str(file))
    return max((int(row[1]) for row in _MIGRATION.finditer(text)), default=0)


def begin_epoch(url: str) -> None:
    """Clients learn that what they have may be ahead, and everybody signs in again."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO instance (key, value) VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
            (ENTRY, new_epoch()),
        )
        cursor.execute("UPDATE sessions SET ended_at = now(), end_reason = 'restored' WHERE ended_at IS NULL")
    connection.close()


def wrong_counters(url: str) -> list[str]:
    """Conversations whose counters are not those of their messages."""
    return [f"conversation {row[0]}: its counters are not those of its messages" for row in _first(_WRONG, url)]


def broken_rules(url: str) -> list[str]:
    """Conversations that break a rule which a trigger holds: pg_restore puts rows in before there are triggers."""
    return [f"conversation {row[0]}: breaks {row[1]}" for row in _first(_BROKEN, url)]


def _first(query: str, url: str) -> list[tuple[Any, ...]]:
    """As many as somebody reads."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(query, (WRONG_SHOWN,))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    connection.close()
    return found
