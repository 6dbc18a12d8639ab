"""PostgreSQL's own programs for dump and restore, and what only the tables' owner can look at or set."""

import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg2

from server.backup.contents import BackupError
from server.postgres.binaries import find_binaries
from server.postgres.errors import EmbeddedPostgresError
from services.epoch import ENTRY, new_epoch

WRONG_SHOWN = 20
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
    _run("pg_dump", url, "--format=custom", f"--file={file}")


def restore(url: str, file: Path) -> None:
    """Into a database without people. Raises BackupError."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM users)")
        if cursor.fetchone() != (False,):
            raise BackupError("There are people in this database. Restore into an empty one: nothing was changed.")
    connection.close()
    _run("pg_restore", url, "--clean", "--if-exists", "--no-owner", "--no-privileges", "--exit-on-error", str(file))


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


def _run(program: str, url: str, *arguments: str) -> None:
    """The password goes by the environment: arguments can be seen by every user of the machine."""
    try:
        path = find_binaries().program(program)
    except EmbeddedPostgresError as error:
        raise BackupError(str(error)) from error
    if not Path(path).exists():
        raise BackupError(f"{program} is not beside PostgreSQL's other programs ({path}): install its client package.")
    parts = urlsplit(url)
    environment = {**os.environ, **({"PGPASSWORD": unquote(parts.password)} if parts.password else {})}
    place = parts.netloc.rpartition("@")[2]
    shown = urlunsplit(parts._replace(netloc=f"{parts.username}@{place}" if parts.username else place))
    done = subprocess.run(  # noqa: S603  # our own arguments
        [path, *arguments, f"--dbname={shown}"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BackupError(f"{program} failed: {done.stderr.strip()}")
