"""Fills a database fast: rows first, without indexes and keys; those are made again from their definitions after."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench.data.sizes import Size
from bench.data.target import connected, set_mark

STEPS = Path(__file__).parent / "fill.sql"
# Told of each step and the seconds that it took.
Say = Callable[[str, float], None]
TABLES = ("users", "sessions", "care_links", "conversations", "participants", "messages", "message_versions", "marks")
NAMES = {
    "first_names": "Anaïs Bastien Chloé Damien Élodie Fabrice Gaëlle Hugo Inès Jérôme Karim Léa Maëlys Noël Océane Paul "
    "Quentin René Sébastien Thaïs Ursule Valérie William Xavier Yasmine Zoé Amélie Benoît Cécile Denis Émile Françoise",
    "stems": "Bar Ber Bon Cas Char Clé Cour Da Del Du Fau Fer Gar Gi Guil Hen La Le Mar Mer Mor Nau Pas Per Pi Ram Ri "
    "Rou Sau Tho Vas Vi",
    "middles": "ba bi de do gue la le li ma mi ne no ra ri so ti",
    "endings": "ard aud eau elle er et eux ier in ine is on ot oux rd ville",
}
PACE = (
    "SET synchronous_commit = off",
    "SET work_mem = '512MB'",
    "SET maintenance_work_mem = '1GB'",
    "SET max_parallel_maintenance_workers = 2",
    "SET statement_timeout = 0",
)


class Taken(NamedTuple):
    """What was dropped, and the statement that brings it back."""

    drop: str
    restore: str


def fill(url: str, size: Size, say: Say) -> None:
    """Empties the database first."""
    parameters: dict[str, Any] = {
        "users": size.users,
        "conversations": size.conversations,
        **size.skew(),
        **{key: words.split() for key, words in NAMES.items()},
        "all_bits": 2**63 - 1,
        "noise": random.Random(1).randbytes(1_000),
    }
    set_mark(url, "")
    with connected(url) as connection, connection.cursor() as cursor:
        for setting in PACE:
            cursor.execute(setting)
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY CASCADE")
        taken = _taken(cursor)
        for item in taken:
            cursor.execute(item.drop)
        for label, text in steps():
            with timed(label, say):
                cursor.execute(text, parameters)
        for item in reversed(taken):
            with timed(item.restore, say):
                cursor.execute(item.restore)
        # Nobody is notified of these.
        cursor.execute("UPDATE notification_cursor SET message_id = (SELECT COALESCE(max(id), 0) FROM messages)")
        with timed("vacuum and analyze", say):
            cursor.execute("VACUUM (ANALYZE)")
    set_mark(url, str(size))


def steps() -> list[tuple[str, str]]:
    """(label, statements) as fill.sql has them."""
    _, *parts = STEPS.read_text("utf-8").split("-- step: ")
    return [(part.split("\n", 1)[0], part.split("\n", 1)[1]) for part in parts]


@contextmanager
def timed(label: str, say: Say) -> Iterator[None]:
    started = time.monotonic()
    yield
    say(label, time.monotonic() - started)


def _taken(cursor: Any) -> list[Taken]:
    """Every key, index and foreign key of the tables or to them, in the order in which they can be dropped."""
    cursor.execute(
        "SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', r.relname, k.conname),"
        "       format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', r.relname, k.conname, pg_get_constraintdef(k.oid))"
        " FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid"
        " LEFT JOIN pg_class t ON t.oid = k.confrelid"
        " WHERE (r.relname = ANY (%s) OR t.relname = ANY (%s)) AND k.contype IN ('f', 'p', 'u')"
        " ORDER BY k.contype = 'f' DESC, r.relname, k.conname",
        (list(TABLES), list(TABLES)),
    )
    constraints = [Taken(*row) for row in cursor.fetchall()]
    cursor.execute(
        "SELECT format('DROP INDEX %%I', x.relname), pg_get_indexdef(i.indexrelid)"
        " FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class r ON r.oid = i.indrelid"
        " WHERE r.relname = ANY (%s) AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)",
        (list(TABLES),),
    )
    return constraints + [Taken(*row) for row in cursor.fetchall()]
