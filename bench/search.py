"""`python -m bench.search`: a million messages of one reader, sealed and indexed, and how long searches in them take.

The time is that of the service: hashes, statements, opening and excerpts. The set stays in its folder for the next run.
"""

import argparse
import asyncio
import base64
import hashlib
import itertools
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2

from bench.data.target import connected, own_cluster
from repositories import array_literals
from repositories.search import BLOCK_BITS
from repositories.unit_of_work import Database
from server.postgres.migrations import migrate
from server.security.blind_index import HmacBlindIndexKeys, HmacReaderHashes
from server.security.cipher import AesContentCipher
from server.security.master_keys import parse_master_keys
from services.access import Access
from services.message_view import MessageOpener
from services.principal import DOCTOR, Principal
from services.search import Search
from services.search_secret import SearchSecret
from services.search_terms import block_of, conversation_term
from services.search_words import index_terms
from services.security_ports import DataKey, WrappedKey
from services.trail_ports import NullTrail
from services.unreadable import Unreadable

READER, CONVERSATIONS, VOCABULARY, TIMES, WARM = 1, 200, 5_000, 100, 10
AT_ONCE, GOAL_MS = 20_000, 50.0
# One key for all runs: the set stays, and nothing of it is worth a secret.
KEYS = parse_master_keys("bench:" + base64.b64encode(hashlib.sha256(b"bench").digest()).decode())
CIPHER, BLIND = AesContentCipher(KEYS), HmacBlindIndexKeys(KEYS)
SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "la",
    "me",
    "ni",
    "po",
    "ra",
    "se",
    "ti",
    "cha",
    "dre",
    "fla",
    "gri",
    "plo",
    "tra",
)
DICE = random.Random(7)
# One was in a third of all messages and is not said any more, the other came after it: the worst that can be asked for.
OLD_WORD, NEW_WORD = "ancienterme", "nouveauterme"
PEOPLE = """
TRUNCATE users, conversations, participants, messages, message_versions, marks, search_secrets, search_entries,
         search_positions CASCADE;
INSERT INTO search_secrets (key_id, secret) VALUES (%(secret_id)s, %(secret)s);
INSERT INTO users (id, username, first_name, last_name, role)
SELECT g, 'u' || g, 'F', 'L', CASE g WHEN 1 THEN 'medecin' ELSE 'patient' END FROM generate_series(1, %(n)s + 1) AS g;
INSERT INTO conversations (id, kind, first_user_id, second_user_id, last_seq, last_change, key_id, data_key)
OVERRIDING SYSTEM VALUE
SELECT g, 'care', g + 1, 1, 10000000, 10000000, (%(ids)s::text[])[g], (%(keys)s::bytea[])[g]
FROM generate_series(1, %(n)s) AS g;
INSERT INTO participants (conversation_id, user_id) SELECT id, unnest(ARRAY[first_user_id, 1]) FROM conversations"""
MESSAGES = """
INSERT INTO messages (id, conversation_id, seq, change, sender_id, message_key, type, content) OVERRIDING SYSTEM VALUE
SELECT i, c, s, s, 1, k, 'text', b
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::uuid[], %s::bytea[]) AS m (i, c, s, k, b)"""
ENTRIES = """
INSERT INTO search_entries (message_id, reader_id, tokens)
SELECT i, 1, t::bigint[] FROM unnest(%s::bigint[], %s::text[]) AS e (i, t)"""
INDEX = "CREATE INDEX search_entries_tokens ON search_entries USING gin (tokens) WITH (gin_pending_list_limit = 512)"
BACKEND = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
STATE = "SELECT COALESCE(max(message_id), 0), to_regclass('search_entries_tokens') IS NULL FROM search_entries"


def vocabulary() -> list[str]:
    dice = random.Random(1)
    return ["".join(dice.choices(SYLLABLES, k=dice.randint(2, 5))) + str(n % 10) for n in range(VOCABULARY)]


class Filler:
    """Makes messages of fifteen words, as frequent as Zipf found, and their rows."""

    def __init__(self, hashes: HmacReaderHashes, keys: list[DataKey], total: int) -> None:
        self._hashes, self._keys, self._total = hashes, keys, total
        self._words = vocabulary()
        self._weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
        self._block, self._known = -1, dict[bytes, int]()

    def rows(self, first: int, count: int) -> Iterator[tuple[int, int, int, Any, bytes, str]]:
        for number in range(first, first + count):
            conversation = 1 + number % CONVERSATIONS
            words = DICE.choices(self._words, cum_weights=self._weights, k=15)
            if DICE.random() < 0.3:
                words[0] = OLD_WORD if number < self._total // 2 else NEW_WORD
            text, key = " ".join(words), CIPHER.new_message_key()
            bound: dict[str, Any] = {"conversation_id": conversation, "sender_id": READER, "message_key": key}
            sealed = CIPHER.encrypt(self._keys[conversation - 1], **bound, version=1, text=text)
            terms = index_terms(text) | {conversation_term(conversation)}
            yield number, conversation, (number - 1) // CONVERSATIONS + 1, key, sealed, self._tokens(number, terms)

    def _tokens(self, number: int, terms: set[bytes]) -> str:
        if (block := block_of(number)) != self._block:
            self._block, self._known = block, {}
        for term in terms:
            if term not in self._known:
                [self._known[term]] = self._hashes.of(block, [term])
        return array_literals.integers(self._known[term] for term in terms)


def fill(url: str, have: int, messages: int, seconds: float) -> bool:
    """Goes on behind the last message that is there; False when the time was over before."""
    ends = time.monotonic() + seconds
    with connected(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET statement_timeout = 0")
        if not have:
            _people(cursor)
        cursor.execute("DROP INDEX IF EXISTS search_entries_tokens")
        cursor.execute("SELECT key_id, secret FROM search_secrets")
        [secret] = _wrapped(cursor)
        cursor.execute("SELECT key_id, data_key FROM conversations ORDER BY id")
        filler = Filler(BLIND.reader(secret, READER), [CIPHER.unwrap(*one) for one in _wrapped(cursor)], messages)
        for first in range(have + 1, messages + 1, AT_ONCE):
            if time.monotonic() > ends:
                print(f"{first - 1:,} of {messages:,} messages; start it again to go on")
                return False
            _insert(cursor, list(filler.rows(first, min(AT_ONCE, messages + 1 - first))))
        cursor.execute(INDEX)
        cursor.execute("VACUUM ANALYZE")
    return True


def _people(cursor: Any) -> None:
    secret, wrapped = BLIND.new_secret(), [CIPHER.new_data_key() for _ in range(CONVERSATIONS)]
    keys = {"ids": [key_id for key_id, _ in wrapped], "keys": array_literals.blobs(blob for _, blob in wrapped)}
    sealed = {"secret_id": secret.key_id, "secret": psycopg2.Binary(secret.blob)}
    cursor.execute(PEOPLE, {"n": CONVERSATIONS, **keys, **sealed})


def _wrapped(cursor: Any) -> list[WrappedKey]:
    return [WrappedKey(key_id, bytes(blob)) for key_id, blob in cursor.fetchall()]


def _insert(cursor: Any, rows: list[tuple[int, int, int, Any, bytes, str]]) -> None:
    ids, conversations, seqs, keys, sealed, tokens = zip(*rows, strict=True)
    numbers = [array_literals.integers(column) for column in (ids, conversations, seqs)]
    cursor.execute(MESSAGES, (*numbers, array_literals.uuids(keys), array_literals.blobs(sealed)))
    cursor.execute(ENTRIES, (numbers[0], array_literals.texts(tokens)))


def questions(messages: int) -> dict[str, Callable[[], dict[str, Any]]]:
    words = vocabulary()

    def some(first: int, last: int) -> str:
        return DICE.choice(words[first:last])

    return {
        "a frequent word": lambda: {"q": some(0, 20)},
        "a usual word": lambda: {"q": some(100, 1000)},
        "a rare word": lambda: {"q": some(4000, 5000)},
        "a word nobody wrote": lambda: {"q": "inconnu" + some(0, 5000)},
        "two frequent words": lambda: {"q": f"{some(0, 20)} {some(0, 20)}"},
        "three usual words": lambda: {"q": f"{some(0, 300)} {some(0, 300)} {some(0, 300)}"},
        "two frequent words, never together": lambda: {"q": f"{OLD_WORD} {NEW_WORD}"},
        "a word that was frequent long ago": lambda: {"q": OLD_WORD},
        "two letters": lambda: {"q": some(0, 5000)[:2]},
        "four letters": lambda: {"q": some(0, 5000)[:4]},
        "a usual word, deep": lambda: {"q": some(100, 1000), "before": DICE.randint(1, messages)},
        "a rare word in one conversation": lambda: {
            "q": some(4000, 5000),
            "conversation_id": DICE.randint(1, CONVERSATIONS),
        },
    }


class Busy:
    """Milliseconds of CPU of this process and of the one backend that it has: what a search takes on a machine of its own."""

    def __init__(self, url: str) -> None:
        with connected(url) as connection, connection.cursor() as cursor:
            cursor.execute(BACKEND)
            [(pid,)] = cursor.fetchall()
        self._backend = Path(f"/proc/{pid}/schedstat")

    def __call__(self) -> float:
        return (time.process_time_ns() + int(self._backend.read_text("ascii").split()[0])) / 1e6


async def measure(url: str, messages: int) -> list[tuple[str, float, float, float]]:
    """(question, p50, p99, p99 of the CPU) in ms."""
    database = Database(url=url, pool_size=1, patience=10.0, observe=lambda _, taken: None)
    await database.open()
    search = Search(
        unit_of_work=database,
        secret=SearchSecret(unit_of_work=database, keys=BLIND),
        opener=MessageOpener(cipher=CIPHER, unreadable=Unreadable()),
        access=Access(kinds=frozenset({"care"})),
        trail=NullTrail(),
    )
    me, answers = Principal(READER, DOCTOR, None, 2e9), []
    async with database.reading() as repositories:
        await repositories.search.secret()
    busy = Busy(url)
    for name, ask in questions(messages).items():
        taken, worked = [], []
        for _ in range(WARM + TIMES):
            question, before, began = ask(), busy(), time.perf_counter()
            await search.find(me, limit=20, **question)
            taken.append(1000 * (time.perf_counter() - began))
            worked.append(busy() - before)
        ordered = sorted(taken[WARM:])
        answers.append((name, statistics.median(ordered), ordered[TIMES - 2], sorted(worked[WARM:])[TIMES - 2]))
    await database.close()
    return answers


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("var/bench-search"))
    parser.add_argument("--refill", action="store_true", help="make the set anew")
    parser.add_argument("--seconds", type=float, default=3600.0, help="fill for so long at most; the next run goes on")
    args = parser.parse_args()
    with own_cluster(args.folder) as url:
        migrate(url)
        with connected(url) as connection, connection.cursor() as cursor:
            cursor.execute(STATE)
            have, unfinished = cursor.fetchone() or (0, True)
        have = have if have <= args.messages and not args.refill else 0
        if (have < args.messages or unfinished) and not fill(url, have, args.messages, args.seconds):
            return 2
        answers = asyncio.run(measure(url, args.messages))
    print(f"{args.messages:,} messages of one reader, in blocks of {2**BLOCK_BITS:,}")
    for name, p50, p99, busy in answers:
        print(f"{name:40} p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   CPU p99 {busy:6.1f} ms")
    return 0 if all(p99 <= GOAL_MS for _, _, p99, _ in answers) else 1


if __name__ == "__main__":
    sys.exit(main())
